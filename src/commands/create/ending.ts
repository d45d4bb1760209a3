import path from 'node:path';
import type { App } from '../../app.ts';
import { printable as printableCommand } from '../../command.ts';
import type { FirstCommit } from '../../git.ts';
import { printable } from '../../output.ts';
import { type CreateFlags, commandWords } from '../../settings/flags.ts';
import { flagsOf } from '../../settings/resolve.ts';
import type { Target } from '../../target.ts';

/** The command that repeats this run, quoted for a shell, with the `--` that npm needs before flags. */
export function repeatCommand(app: App, target: Target, flags: CreateFlags, cwd: string, verify: boolean): string {
  const folder = dotted(path.relative(cwd, target.folder) || '.');
  const left = [
    ...(verify ? [] : ['--no-verify']),
    ...(flags.start ? [] : ['--no-start']),
    ...(flags.git ? [] : ['--no-git']),
  ];
  const images = flags.images === undefined ? [] : ['--images', flags.images];
  const args = [
    'create',
    'caution-app@latest',
    folder,
    '--',
    ...flagsOf(app, flags.answers),
    ...images,
    ...left,
    '--yes',
  ];
  return printable(printableCommand({ file: 'npm', args }));
}

/** What was done with git, in a sentence. */
export function gitSentence(commit: FirstCommit | null): string | null {
  switch (commit) {
    case 'committed':
      return 'A git repository was made, with a first commit.';
    case 'no-author':
      return 'A git repository was made; git does not know who you are, so the first commit is yours.';
    case 'failed':
      return 'A git repository was made, but the first commit failed: git commit says why.';
    case 'no-git':
      return 'git could not be run, so no repository was made: Caution builds what is committed.';
    case null:
      return null;
  }
}

/**
 * What comes next, a command a line. Only the files of this run are added: the folder may hold others.
 * @param state.secrets whether Locksmith's files are still to be made.
 */
export function nextSteps(
  target: Target,
  cwd: string,
  { commit, secrets }: { commit: FirstCommit | null; secrets: boolean },
  files: readonly string[],
): string[] {
  const folder = path.relative(cwd, target.root);
  const initialised = target.inRepository || (commit !== null && commit !== 'no-git');
  return [
    ...(folder === '' ? [] : [line(['cd', dotted(folder)])]),
    ...(initialised ? [] : ['git init']),
    ...(commit === 'committed'
      ? []
      : [`${line(['git', 'add', '--', ...files])} && git commit   # with your sources: Caution builds commits`]),
    ...(secrets ? secretSteps : []),
    'caution init                    # links this repository to Caution',
    'git push caution main           # deploys the commit',
    'caution verify                  # rebuilds it here, and compares with what runs',
  ];
}

/** Source: https://docs.caution.co (Locksmith) */
const secretSteps = [
  'caution secret new keyring.asc --threshold 2 --max 4   # who can open the secrets: a quorum of these keys',
  'caution secret encrypt          # once for each; then git add .caution && git commit',
  'npx create-caution-app verify   # builds it twice, and compares',
];

function line([file = '', ...args]: string[]): string {
  return printable(printableCommand({ file, args }));
}

/** A folder that reads as a flag, or as a command of ours, is written with `./` before it. */
export function dotted(folder: string): string {
  return folder.startsWith('-') || commandWords.includes(folder) ? `./${folder}` : folder;
}
