import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { type App, languageIds } from '../../../../src/app.ts';
import { decide } from '../../../../src/commands/create/decide.ts';
import { createCommand } from '../../../../src/commands/create/index.ts';
import type { Io } from '../../../../src/commands/io.ts';
import { UserError } from '../../../../src/errors.ts';
import { loadDetection } from '../../../../src/languages/index.ts';
import type { Detection } from '../../../../src/languages/language.ts';
import { openProject } from '../../../../src/languages/project.ts';
import { printable } from '../../../../src/output.ts';
import { parseArguments } from '../../../../src/settings/flags.ts';
import type { Resolved } from '../../../../src/settings/resolve.ts';
import type { Spoilt } from './mutations.ts';

/** A spoilt service, and how the tool is called on it. */
export interface Trial {
  service: Spoilt;
  /** The service's folder below the context; `''` for the context itself. */
  folder: string;
  /** Whether the context is a repository: then git lists the files. */
  repository: boolean;
  overwrite: boolean;
  /** Which of the choices that are offered is taken. */
  choice: number;
}

/** What a run did. */
export interface Outcome {
  /** What the run wrote to a terminal. */
  printed: string;
  /** The service as it was decided on; null when something was missing. */
  app: App | null;
  /** The context's files before and after, links as what they lead to. */
  before: Map<string, string>;
  after: Map<string, string>;
  /** Files beside the context, before and after. */
  outside: [before: Map<string, string>, after: Map<string, string>];
  /** The longest of the runs. */
  ms: number;
}

/** Lays a service out on the disk, runs the tool on it as a person would, with the questions answered, and looks. */
export async function attempt(trial: Trial): Promise<Outcome> {
  const base = mkdtempSync(path.join(tmpdir(), 'caution-hostile-'));
  try {
    const context = path.join(base, 'context');
    layOut(base, context, trial);
    const cwd = path.join(context, trial.folder);
    const [before, outsideBefore] = [treeOf(context), treeOf(path.join(base, 'outside'))];
    const times: number[] = [];
    const timed = async <T>(work: () => Promise<T>): Promise<T> => {
      const begun = performance.now();
      const value = await work();
      times.push(performance.now() - begun);
      return value;
    };
    const given = ['--yes', '--no-verify', '--no-git', ...(trial.overwrite ? ['--overwrite'] : [])];
    let resolved = await timed(() => resolvedBy(given, cwd));
    const answers = resolved === null ? [] : await answersTo(resolved.missing, cwd, trial);
    if (answers.length > 0) resolved = await resolvedBy([...given, ...answers], cwd);
    const run = await timed(() => create([...given, ...answers], cwd));
    return {
      printed: run.stdout + run.stderr,
      app: resolved?.app ?? null,
      before,
      after: treeOf(context),
      outside: [outsideBefore, treeOf(path.join(base, 'outside'))],
      ms: Math.max(...times),
    };
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}

function layOut(base: string, context: string, { service, folder, repository }: Trial): void {
  mkdirSync(path.join(base, 'outside'), { recursive: true });
  writeFileSync(path.join(base, 'outside', 'secret'), 'flask==1 --hash=sha256:00\n{"name":"secret"}\n');
  const at = path.join(context, folder);
  mkdirSync(at, { recursive: true });
  for (const [name, content] of service.files) {
    unlessImpossible(() => {
      mkdirSync(path.join(at, path.dirname(name)), { recursive: true });
      writeFileSync(path.join(at, name), content);
    });
  }
  for (const [name, to] of service.links) {
    unlessImpossible(() => {
      rmSync(path.join(at, name), { recursive: true, force: true });
      mkdirSync(path.join(at, path.dirname(name)), { recursive: true });
      symlinkSync(to === 'loop' ? path.basename(name) : to, path.join(at, name));
    });
  }
  if (repository) {
    unlessImpossible(() => execFileSync('git', ['init', '--quiet', context], { stdio: 'ignore' }));
    unlessImpossible(() => execFileSync('git', ['-C', context, 'add', '-A'], { stdio: 'ignore' }));
  }
}

/** A name that no file can have, or that is taken by a folder, is left out. */
function unlessImpossible(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
}

function treeOf(folder: string): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (relative: string): void => {
    for (const entry of readdirSync(path.join(folder, relative), { withFileTypes: true })) {
      const at = path.join(relative, entry.name);
      if (at === '.git' && lstatSync(path.join(folder, at)).isDirectory()) continue;
      if (entry.isSymbolicLink()) found.set(at, `→ ${readlinkSync(path.join(folder, at))}`);
      else if (entry.isDirectory()) visit(at);
      else found.set(at, readFileSync(path.join(folder, at)).toString('latin1'));
    }
  };
  if (existsSync(folder)) visit('');
  return found;
}

function ioFor(cwd: string): { io: Io; printed: () => { stdout: string; stderr: string } } {
  const streams = { stdout: new PassThrough(), stderr: new PassThrough() };
  const chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  for (const name of ['stdout', 'stderr'] as const)
    streams[name].on('data', (chunk: Buffer) => chunks[name].push(chunk));
  const output = { ...streams, color: false, resultColor: false };
  const signal = new AbortController().signal;
  return {
    io: { output, input: new PassThrough(), env: {}, cwd, signal, version: '0.0.0' },
    printed: () => ({ stdout: `${Buffer.concat(chunks.stdout)}`, stderr: `${Buffer.concat(chunks.stderr)}` }),
  };
}

const flagsOf = (words: readonly string[]) => {
  const invocation = parseArguments(['create', '.', ...words], {}, '0.0.0');
  if (invocation.command !== 'create') throw new Error('not create');
  return invocation.flags;
};

/** One run in this process. A mistake of the user's ends it with a sentence, which is printed; all else is a crash. */
async function create(words: readonly string[], cwd: string): Promise<{ stdout: string; stderr: string }> {
  const { io, printed } = ioFor(cwd);
  try {
    await createCommand(flagsOf(words), io);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { stdout, stderr } = printed();
    // As the process's edge shows a message.
    return { stdout, stderr: `${stderr}${printable(`${error.message}\n${error.next ?? ''}`)}\n` };
  }
  return printed();
}

async function resolvedBy(words: readonly string[], cwd: string): Promise<Resolved | null> {
  try {
    return (await decide(flagsOf(words), ioFor(cwd).io)).resolved;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return null;
  }
}

/** What a person would answer: one of the choices that detection offers, however odd. */
async function answersTo(missing: readonly string[], cwd: string, { folder, choice }: Trial): Promise<string[]> {
  if (missing.length === 0) return [];
  const project = await openProject(cwd, folder);
  const found: Detection[] = [];
  for (const id of languageIds) {
    const detection = await (await loadDetection(id))(project, {});
    if (detection !== null) found.push(detection);
  }
  const detection = found[choice % Math.max(found.length, 1)];
  const entry = detection?.entries[choice % Math.max(detection.entries.length, 1)];
  return [
    ...(missing.includes('--language') && detection ? [`--language=${detection.language}`] : []),
    ...(missing.includes('--entry') && entry !== undefined ? [`--entry=${entry}`] : []),
    ...(missing.includes('--port') ? ['--port=8080'] : []),
  ];
}
