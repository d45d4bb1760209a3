import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { spawn } from '@lydell/node-pty';
import { execa } from 'execa';
import { onTestFinished } from 'vitest';

export const cli = path.resolve(import.meta.dirname, '../../dist/cli.js');

/** Environment of a child: ours without what would make it behave as under npm, in colour, or as another git user. */
export function childEnv(extra: Record<string, string | undefined> = {}): NodeJS.ProcessEnv {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm_|GIT_|VITEST|FORCE_COLOR)/.test(name)),
  );
  return {
    ...env,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_SYSTEM: '/dev/null',
    GIT_AUTHOR_NAME: 'Test',
    GIT_AUTHOR_EMAIL: 'test@example.com',
    GIT_COMMITTER_NAME: 'Test',
    GIT_COMMITTER_EMAIL: 'test@example.com',
    ...extra,
  };
}

/** A new folder with these files in it, removed after the test. */
export function scratch(files: Record<string, string> = {}): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'caution-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
  return folder;
}

export interface CliResult {
  exitCode: number | undefined;
  stdout: string;
  stderr: string;
}

/** Runs the built command without a terminal. */
export async function runCli(
  args: string[],
  cwd: string,
  env: Record<string, string | undefined> = {},
): Promise<CliResult> {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [cli, ...args], {
    cwd,
    env: childEnv(env),
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
  });
  return { exitCode, stdout, stderr };
}

/** All files below a folder but git's own, with their content. */
export function treeOf(folder: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const at = path.join(entry.parentPath, entry.name);
    const relative = path.relative(folder, at);
    if (entry.isFile() && !relative.split(path.sep).includes('.git')) files[relative] = readFileSync(at, 'utf8');
  }
  return files;
}

/** The command in a real pseudo-terminal, driven by keystrokes. */
export interface TerminalRun {
  /** Waits until the screen's text, without escapes, matches. */
  until(pattern: RegExp): Promise<void>;
  type(keys: string): void;
  kill(signal: string): void;
  text(): string;
  pid: number;
  exit: Promise<number>;
}

export const keys = { enter: '\r', down: '\u001b[B', ctrlC: '\u0003', escape: '\u001b' } as const;

export function runInTerminal(args: string[], cwd: string, env: Record<string, string | undefined> = {}): TerminalRun {
  const terminal = spawn(process.execPath, [cli, ...args], {
    cwd,
    cols: 100,
    rows: 40,
    name: 'xterm-256color',
    env: childEnv({ TERM: 'xterm-256color', CI: undefined, ...env }) as Record<string, string>,
  });
  let seen = '';
  let wake = () => {};
  terminal.onData((data) => {
    seen += data;
    wake();
  });
  const exit = new Promise<number>((resolve) =>
    terminal.onExit(({ exitCode, signal }) => {
      resolve(signal ? 128 + signal : exitCode);
      wake();
    }),
  );
  let ended = false;
  exit.then(() => {
    ended = true;
  });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminal escapes are what is removed
  const text = () => seen.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '');
  return {
    text,
    pid: terminal.pid,
    exit,
    type: (typed) => terminal.write(typed),
    kill: (signal) => terminal.kill(signal),
    async until(pattern) {
      const deadline = Date.now() + 60_000;
      while (!pattern.test(text())) {
        if (ended || Date.now() > deadline) throw new Error(`Never saw ${pattern}; the screen was:\n${text()}`);
        await new Promise<void>((resolve) => {
          wake = resolve;
          setTimeout(resolve, 250);
        });
      }
    },
  };
}
