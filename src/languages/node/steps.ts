import type { Finding } from '../../app.ts';
import { quoteWord } from '../../caution/words.ts';
import { printableLine } from '../../output.ts';
import type { Entry } from './entry.ts';
import type { Lock } from './lock.ts';
import { recordAt, textAt } from './manifest.ts';
import type { Member, Workspace } from './workspace.ts';

/** The commands that build a service, and what keeps them from working where there is no network. */

/** The scripts that build, the one to believe first. The last ones count only when what runs is not there yet. */
const buildScripts = ['build', 'build:prod', 'build:production', 'compile', 'build:server', 'build:ts', 'bundle'];

/** Work that a build step cannot be: it needs another machine, or goes on for ever. */
const noBuild = /^\s*(docker|podman|echo)\b|--watch\b/;

/** The script that builds a member; null when there is none. */
export function buildScript({ manifest }: Member, entryMissing: boolean): string | null {
  const scripts = recordAt(manifest.value, 'scripts');
  const listed = entryMissing ? buildScripts : buildScripts.slice(0, 1);
  return listed.find((name) => !noBuild.test(textAt(scripts, name) ?? 'echo')) ?? null;
}

export function stepsOf(workspace: Workspace, entry: Entry, members: readonly Member[], lock: Lock): string[] {
  const missing = entry.file !== null && !entry.member.project.has(entry.file);
  const steps = members.flatMap((member) => {
    const script = buildScript(member, missing && member === entry.member);
    return script === null || (member.dir === '' && entry.member.dir !== '')
      ? []
      : [runScript(workspace, member, script, lock)];
  });
  if (steps.length > 0) return steps;
  const top = workspace.members.get('');
  const script = top && missing ? buildScript(top, true) : null;
  if (top && script !== null) return [runScript(workspace, top, script, lock)];
  return missing ? (entry.start?.before ?? []).flatMap((line) => directStep(line)) : [];
}

/** A compiler that the start script calls before it runs what comes out. */
function directStep(line: string): string[] {
  const words = line.replace(/^npx\s+/, '').split(' ');
  const safe = words.every((word) => /^[A-Za-z0-9_@%+=:,./-]+$/.test(word));
  return safe && /^(tsc|nest|swc|tsup|esbuild)$/.test(words[0] ?? '') ? [`node_modules/.bin/${words.join(' ')}`] : [];
}

function runScript(workspace: Workspace, { dir, name }: Member, script: string, lock: Lock): string {
  const word = quoteWord(script);
  const member = workspace.several && dir !== '';
  switch (lock.manager) {
    case 'pnpm':
      return `pnpm ${dir === '' ? '' : `--dir ${dir} `}run ${word}`;
    case 'yarn':
      return member && name !== null ? `yarn workspace ${quoteWord(name)} run ${word}` : `yarn run ${word}`;
    case 'berry': {
      const yarn = lock.ownYarn === null ? 'yarn' : `node ${lock.ownYarn}`;
      return member && name !== null ? `${yarn} workspace ${quoteWord(name)} run ${word}` : `${yarn} run ${word}`;
    }
    default:
      return `npm run ${word}${dir === '' ? '' : member ? ` --workspace=${dir}` : ` --prefix ${dir}`}`;
  }
}

/** What a build script calls that needs the network, or a program that the image lacks. */
const unbuildable: readonly [RegExp, string, string][] = [
  [
    /\b(npm|pnpm|yarn|bun) (ci|install|i|add)\b|\byarn\s*(&&|$)|&&\s*yarn\s*$/,
    'installs packages',
    'Make the folder a member of the workspace, so that the one lock file covers it.',
  ],
  [/\b(curl|wget)\b/, 'fetches from the network', 'Commit what it fetches, or fetch it before the build.'],
  [/(^|[\s(`"])git\s/, 'calls git', 'Take the version from package.json: the commit is no part of what is built.'],
  [/\b(docker|podman)\b/, 'calls a container engine', 'Leave that out of the script.'],
  [
    /\b(python3?|make|cmake|gcc|clang)\s/,
    'calls a program that the image lacks',
    'Do it in JavaScript, or commit what comes out.',
  ],
];

/** The first build script of the members that cannot run where there is no network. */
export function buildFindings(
  members: readonly Member[],
  pathOf: (member: Member) => string,
  entryMissing: boolean,
): Finding[] {
  for (const member of members) {
    const script = buildScript(member, entryMissing);
    const line = script === null ? null : textAt(recordAt(member.manifest.value, 'scripts'), script);
    const found = unbuildable.find(([pattern]) => pattern.test(line ?? ''));
    if (script === null || found === undefined) continue;
    const at = member.manifest.lineOf(['scripts', script]);
    return [
      {
        id: 'node-build-step',
        level: 'error',
        path: pathOf(member),
        ...(at === undefined ? {} : { line: at }),
        message: `The script ${printableLine(`"${script}"`, 60)} ${found[1]}.`,
        why: 'What is built runs without a network, in an image with Node.js and little else.',
        mend: found[2],
      },
    ];
  }
  return [];
}
