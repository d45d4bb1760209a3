import semver from 'semver';
import type { Finding } from '../../app.ts';
import { printableLine } from '../../output.ts';
import type { Project } from '../language.ts';
import { lineOf } from '../scan.ts';
import type { Entry } from './entry.ts';
import { type Manifest, recordAt, textAt } from './manifest.ts';
import { typeScriptFinding } from './source.ts';
import { type Start, scriptName } from './start.ts';
import type { Member } from './workspace.ts';

/** The Node.js of pallet-nodejs. Source: StageX 2026.03.0, packages/core/nodejs. */
const imageNode = '24.9.0';

/** What a package.json and the .npmrc beside it say that the build cannot do. */
export function manifestFindings({ project, manifest }: Member): Finding[] {
  return [...engineFindings(manifest), ...lifecycleFindings(manifest), ...npmrcFindings(project)];
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

/** Scripts of the service's own that `npm ci --ignore-scripts` leaves out. Setting up git hooks is no loss. */
function lifecycleFindings(manifest: Manifest): Finding[] {
  const scripts = recordAt(manifest.value, 'scripts');
  const lost = ['preinstall', 'install', 'postinstall', 'prepare'].find((name) => {
    const line = textAt(scripts, name);
    return line !== null && !/\b(husky|lefthook|simple-git-hooks|only-allow)\b/.test(line);
  });
  if (lost === undefined) return [];
  const line = manifest.lineOf(['scripts', lost]);
  const patches = /\bpatch-package\b/.test(textAt(scripts, lost) ?? '');
  if (patches) {
    return [
      {
        id: 'node-patch-package',
        level: 'error',
        path: 'package.json',
        ...(line === undefined ? {} : { line }),
        message: `The script "${lost}" patches packages, and is not run when dependencies are installed.`,
        why: 'The dependency step runs no scripts, so the service would run with packages that are not patched.',
        mend: 'Let the package manager patch (pnpm patch, yarn patch), or publish the patched packages.',
      },
    ];
  }
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

/** What is wrong with what runs. Paths are relative to the member that runs. */
export function entryFindings({ member, file, start, loader, obstacle, several }: Entry, built: boolean): Finding[] {
  const { project, manifest } = member;
  const findings: Finding[] = [];
  const say = (id: string, level: Finding['level'], text: Pick<Finding, 'message' | 'why' | 'mend'>, line?: number) =>
    findings.push({ id, level, path: 'package.json', ...(line === undefined ? {} : { line }), ...text });
  const inPackages = file?.startsWith('node_modules/') === true;
  if (file !== null && !inPackages && !project.has(file) && !built) {
    say('node-entry-missing', 'error', {
      message: `${printableLine(file, 100)} does not exist, and there is no "build" script that would make it.`,
      why: 'The start script runs it.',
      mend: 'Commit the file, or add a "build" script.',
    });
  }
  if (obstacle !== null) findings.push(typeScriptFinding(obstacle));
  if (several.length > 1) findings.push(severalFinding(several));
  if (start === null) return findings;
  const line = start.from.member === member ? manifest.lineOf(['scripts', start.from.script]) : undefined;
  if (start.placeholder) {
    say(
      'node-start-placeholder',
      'error',
      {
        message: `The script ${scriptName(start)} passes a word with {port} or {{, which is a placeholder here.`,
        why: 'The run command would hold the port in its place.',
        mend: 'Word the argument otherwise in the start script, or read it from the environment.',
      },
      line,
    );
  }
  if (start.envFiles.length > 0) {
    say('node-env-file', 'warning', {
      message: `The start script reads variables from ${printableLine(start.envFiles.join(', '), 100)}; the run command does not.`,
      why: 'Such files hold settings and secrets of one machine: the image leaves them out.',
      mend: 'Name public settings with --env NAME=VALUE; secrets belong to Locksmith.',
    });
  }
  if (start.bun) {
    say('node-bun', 'error', {
      message: 'The start script runs Bun.',
      why: "Bun's program needs the library libstdc++.so.6, which StageX's Node.js image does not have.",
      mend: 'Start the service with node; what only Bun has (Bun.serve, bun:sqlite) has a counterpart there.',
    });
  }
  const lost = start.before.find((words) => !isBuildStep(words));
  if (lost !== undefined) {
    say(
      'node-start-step',
      'warning',
      {
        message: `The script ${scriptName(start)} first calls ${printableLine(lost, 80)}; the run command does not.`,
        why: 'Caution starts one program, without a shell around it.',
        mend: 'Do it in the service itself before it listens, or from outside (migrations of a database).',
      },
      line,
    );
  }
  if (loader !== null) {
    say(
      'node-loader',
      'note',
      {
        message: `${loader} compiles the service each time that it starts.`,
        why: 'The compiler lies in the enclave’s memory, and is part of what is measured.',
        mend: 'Add a "build" script that compiles, and a "start" script that runs its output.',
      },
      line,
    );
  }
  return findings;
}

/** What the build does anyway, or what only empties folders. */
function isBuildStep(words: string): boolean {
  return /^(npx )?(tsc|nest build|rimraf|tsup|swc|next build|nuxt build|prisma generate|del-cli|mkdirp)\b|^(npm|pnpm|yarn)( run)? [\w:-]*(build|compile|clean|generate)/.test(
    words,
  );
}

function severalFinding(several: readonly Start[]): Finding {
  const files = several.map(({ file }) => printableLine(file, 60));
  return {
    id: 'node-several-processes',
    level: 'error',
    path: 'package.json',
    message: `The start script runs several programs side by side: ${files.slice(0, 4).join(', ')}.`,
    why: 'An enclave runs one program, and stops when it ends.',
    source: 'https://docs.caution.co',
    mend: 'Name the one that is the service with --entry, and give the others enclaves of their own.',
  };
}
