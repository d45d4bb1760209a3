import path from 'node:path';
import type { App } from '../../app.ts';
import { printable as printableCommand } from '../../command.ts';
import type { FirstCommit } from '../../git.ts';
import { printable } from '../../output.ts';
import type { CreateFlags } from '../../settings/flags.ts';
import { flagsOf } from '../../settings/resolve.ts';
import type { Target } from '../../target.ts';

/** The command that repeats this run, quoted for a shell, with the `--` that npm needs before flags. */
export function repeatCommand(app: App, target: Target, flags: CreateFlags, cwd: string, verify: boolean): string {
  const folder = path.relative(cwd, target.folder) || '.';
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
      return 'A git repository was made; git does not know who you are, so the first commit is yours: git add --all && git commit';
    case 'failed':
      return 'A git repository was made, but the first commit failed: git add --all && git commit says why.';
    case 'no-git':
      return 'git could not be run, so no repository was made: Caution builds what is committed.';
    case null:
      return null;
  }
}

/** What comes next, a command a line. */
export function nextSteps(target: Target, cwd: string, committed: boolean): string[] {
  const folder = path.relative(cwd, target.root);
  return [
    ...(folder === '' ? [] : [printableCommand({ file: 'cd', args: [folder] })]),
    ...(committed ? [] : ['git add --all && git commit     # Caution builds what is committed']),
    'caution init                    # links this repository to Caution',
    'git push caution main           # deploys the commit',
    'caution verify                  # rebuilds it here, and compares with what runs',
  ];
}
