import semver from 'semver';
import type { Finding } from '../../app.ts';
import { printableLine } from '../../output.ts';
import type { Project } from '../language.ts';
import { lineOf } from '../scan.ts';
import { type Manifest, recordAt, textAt } from './manifest.ts';
import { type Obstacle, typeScriptFinding, typeScriptObstacle } from './source.ts';
import type { Start } from './start.ts';

/** The Node.js of pallet-nodejs. Source: StageX 2026.03.0, packages/core/nodejs. */
const imageNode = '24.9.0';

/** What package.json and .npmrc say that the build cannot do. */
export function manifestFindings(project: Project, manifest: Manifest): Finding[] {
  return [
    ...engineFindings(manifest),
    ...workspaceFindings(manifest),
    ...lifecycleFindings(manifest),
    ...npmrcFindings(project),
  ];
}

/** What runs, as far as findings are about it. */
export interface Entry {
  entry: string | null;
  /** What could run, when it is not certain. */
  entries: string[];
  from: string | null;
  start: Start | null;
  /** A TypeScript file that would be what runs, could Node run it. */
  uncompiled: string | null;
}

function engineFindings(manifest: Manifest): Finding[] {
  const wanted = textAt(recordAt(manifest.value, 'engines'), 'node');
  if (wanted === null || semver.validRange(wanted) === null || semver.satisfies(imageNode, wanted)) return [];
  const line = manifest.lineOf(['engines', 'node']);
  return [
    {
      id: 'node-engine',
      level: 'error',
      path: 'package.json',
      ...(line === undefined ? {} : { line }),
      message: `engines.node asks for ${printableLine(wanted, 60)}; the image has Node.js ${imageNode}.`,
      why: 'A service runs on what it was tested with.',
      mend: `Test it with Node.js ${semver.major(imageNode)}, and widen engines.node.`,
    },
  ];
}

function workspaceFindings(manifest: Manifest): Finding[] {
  if (manifest.value.workspaces === undefined) return [];
  const line = manifest.lineOf(['workspaces']);
  return [
    {
      id: 'node-workspaces',
      level: 'error',
      path: 'package.json',
      ...(line === undefined ? {} : { line }),
      message: 'This package.json is the root of workspaces.',
      why: 'Their members are linked folders, which the dependency step, that sees manifests only, does not have.',
      mend: 'Give the service a folder with a package.json and package-lock.json of its own.',
    },
  ];
}

/** Scripts of the service's own that `npm ci --ignore-scripts` leaves out. Setting up git hooks is no loss. */
function lifecycleFindings(manifest: Manifest): Finding[] {
  const scripts = recordAt(manifest.value, 'scripts');
  const lost = ['preinstall', 'install', 'postinstall', 'prepare'].find((name) => {
    const line = textAt(scripts, name);
    return line !== null && !/\b(husky|lefthook|simple-git-hooks|only-allow)\b/.test(line);
  });
  if (lost === undefined) return [];
  const line = manifest.lineOf(['scripts', lost]);
  return [
    {
      id: 'node-lifecycle-script',
      level: 'warning',
      path: 'package.json',
      ...(line === undefined ? {} : { line }),
      message: `The script "${lost}" is not run when dependencies are installed.`,
      why: 'The dependency step runs no scripts: neither those of packages, nor the sources for this one are there.',
      mend: 'When the service needs what it does, call it in the "build" script, which runs without a network.',
    },
  ];
}

function npmrcFindings(project: Project): Finding[] {
  const text = project.read('.npmrc');
  const line = text === null ? undefined : lineOf(text, /^[^#;\n]*:?_(?:authToken|auth|password)\s*=/m);
  if (line === undefined) return [];
  return [
    {
      id: 'node-npmrc-credentials',
      level: 'error',
      path: '.npmrc',
      line,
      message: '.npmrc names credentials of a registry.',
      why: 'Caution builds without them, and so does everyone who verifies.',
      mend: 'Take packages that anybody can fetch, and remove the line.',
    },
  ];
}

/** What is wrong with the file that runs. */
export function entryFindings(project: Project, manifest: Manifest, run: Entry, script: string | null): Finding[] {
  const findings: Finding[] = [];
  const { entry, start } = run;
  if (entry !== null && !project.has(entry) && script === null) {
    findings.push({
      id: 'node-entry-missing',
      level: 'error',
      path: 'package.json',
      message: `${printableLine(entry, 100)} does not exist, and there is no "build" script that would make it.`,
      why: 'The start script runs it.',
      mend: 'Commit the file, or add a "build" script.',
    });
  }
  const file = entry !== null && project.has(entry) ? entry : run.uncompiled;
  const obstacle = file === null ? null : obstacleOf(project, manifest, file);
  if (obstacle !== null) findings.push(typeScriptFinding(obstacle));
  if (start !== null && [...start.options, ...start.args].some((word) => /\{port\}|\{\{/.test(word))) {
    const line = manifest.lineOf(['scripts', start.script]);
    findings.push({
      id: 'node-start-placeholder',
      level: 'error',
      path: 'package.json',
      ...(line === undefined ? {} : { line }),
      message: `The script "${start.script}" passes a word with {port} or {{, which is a placeholder here.`,
      why: 'The run command would hold the port in its place.',
      mend: 'Word the argument otherwise in the start script, or read it from the environment.',
    });
  }
  if (start !== null && start.envFiles.length > 0) {
    findings.push({
      id: 'node-env-file',
      level: 'warning',
      path: 'package.json',
      message: `The start script reads variables from ${printableLine(start.envFiles.join(', '), 100)}; the run command does not.`,
      why: 'Such files hold settings and secrets of one machine: the image leaves them out.',
      mend: 'Name public settings with --env NAME=VALUE; secrets belong to Locksmith.',
    });
  }
  return findings;
}

/** What keeps Node from running a file as it stands; null for JavaScript. */
export function obstacleOf(project: Project, manifest: Manifest, file: string): Obstacle | null {
  if (!/\.[cm]?ts$/.test(file)) return null;
  const kinds = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];
  return typeScriptObstacle(
    project,
    file,
    new Set(kinds.flatMap((kind) => Object.keys(recordAt(manifest.value, kind)))),
  );
}
