import path from 'node:path';
import { throwIfCancelled, UserError } from '../errors.ts';
import { type TarMember, writeTar } from '../image/tar-writer.ts';
import { borrowedFolder, type LockRecipe } from '../languages/recipe.ts';
import { printable, printableLine } from '../output.ts';
import type { ContainerCli } from '../verify/engines/cli.ts';
import { nameOfRun, ownIdentity, runLabel } from '../verify/leftovers/identity.ts';
import { removeLabelled } from '../verify/start/start.ts';
import { largestLock, readLockArchive } from './result.ts';

export interface LockOrder {
  recipe: LockRecipe;
  cli: ContainerCli;
  /** The reference that stands for a StageX image. */
  reference(image: string): string;
  signal: AbortSignal;
}

/** In the container: what the tool sees of the repository, and its own home. */
const contextFolder = '/lock/context';
const homeFolder = '/lock/home';

/** Images may have to be pulled, and a tool may have much to download. */
const pullTimeoutMs = 30 * 60_000;
const toolTimeoutMs = 15 * 60_000;

/**
 * Makes a lock file as its recipe says, in a container that has a copy of the recipe's inputs and nothing else of this
 * machine. Whatever happens, no container stays.
 * @returns the text, which is as trustworthy as where it was downloaded from.
 * @throws UserError `lock-not-made` with the reason; CancelledError.
 */
export async function makeLock(order: LockOrder): Promise<string> {
  const { recipe, cli, signal } = order;
  const label = `${runLabel}=${nameOfRun(ownIdentity())}`;
  try {
    const tool = await createTool(order, label);
    await copyIn(cli, writeTar(membersOf(recipe)), `${tool}:/`, signal);
    for (const { image, file } of recipe.borrows) {
      const lender = await create(order, label, image, ['--network', 'none', '--entrypoint', '/none']);
      await borrow(cli, `${lender}:${file}`, `${tool}:${borrowedFolder}`, signal);
    }
    await runTool(cli, tool, signal);
    return await copyOut(cli, `${tool}:${contextFolder}/${recipe.makes}`, signal);
  } finally {
    await removeLabelled(cli, label);
  }
}

/** @returns the container's id. */
async function create(
  { cli, reference, signal }: LockOrder,
  label: string,
  image: string,
  options: readonly string[],
  args: readonly string[] = [],
): Promise<string> {
  const common = ['--label', label, '--quiet', '--platform', 'linux/amd64'];
  return must(cli, ['create', ...common, ...options, reference(image), ...args], signal, pullTimeoutMs);
}

/** A container for the tool, without any of root's powers over the machine. */
function createTool(order: LockOrder, label: string): Promise<string> {
  const { command, borrows, env, folder, image } = order.recipe;
  const isBorrowed = borrows.some(({ file }) => path.posix.basename(file) === command.file);
  const variables = { HOME: homeFolder, ...env };
  return create(
    order,
    label,
    image,
    [
      ...['--user', '0:0', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--pids-limit', '2048'],
      ...['--log-driver', 'local', '--log-opt', 'max-size=1m'],
      ...Object.entries(variables).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
      ...['--workdir', path.posix.join(contextFolder, folder)],
      ...['--entrypoint', isBorrowed ? `${borrowedFolder}/${command.file}` : command.file],
    ],
    command.args,
  );
}

/** The folders of the container, and the inputs in theirs. */
function membersOf({ inputs, folder }: LockRecipe): TarMember[] {
  const files = Object.entries(inputs).map(([file, text]) => ({ at: `${contextFolder}/${file}`, text }));
  const own = [homeFolder, borrowedFolder, path.posix.join(contextFolder, folder)];
  const folders = new Set([...own, ...files.map(({ at }) => path.posix.dirname(at))].flatMap(withParents));
  return [
    ...[...folders].sort().map((at) => memberOf(at, 'directory', null)),
    ...files.map(({ at, text }) => memberOf(at, 'file', Buffer.from(text))),
  ];
}

/** A folder and those that it lies in, without the root. */
function withParents(folder: string): string[] {
  return folder === '/' ? [] : [...withParents(path.posix.dirname(folder)), folder];
}

function memberOf(at: string, type: 'directory' | 'file', content: Buffer | null): TarMember {
  // Names in an archive are bytes.
  const name = Buffer.from(at.slice(1)).toString('latin1');
  return {
    path: name,
    type,
    mode: type === 'file' ? 0o644 : 0o755,
    link: '',
    size: content?.length ?? 0,
    content: once(content),
  };
}

async function* once(content: Buffer | null): AsyncGenerator<Uint8Array> {
  if (content) yield content;
}

async function copyIn(
  cli: ContainerCli,
  archive: AsyncIterable<Uint8Array>,
  to: string,
  signal: AbortSignal,
): Promise<void> {
  const copied = await cli.start(['cp', '-', to], { stdin: archive, cancelSignal: signal });
  throwIfCancelled(signal);
  if (copied.failed) throw notMade(`the engine took no files: ${lastLine(String(copied.stderr ?? ''))}`);
}

/** Copies one file from a container to another, past this machine's disk. */
async function borrow(cli: ContainerCli, from: string, to: string, signal: AbortSignal): Promise<void> {
  const giving = cli.start(['cp', '--follow-link', from, '-'], {
    encoding: 'buffer',
    buffer: false,
    stderr: 'ignore',
    cancelSignal: signal,
  });
  const taking = copyIn(cli, giving.iterable({ binary: true }), to, signal).catch((error: unknown) => error);
  const [taken, given] = await Promise.all([taking, giving]);
  throwIfCancelled(signal);
  if (given.failed) throw notMade(`${from.replace(/^\w+:/, '')} cannot be read from its image`);
  if (taken instanceof Error) throw taken;
}

/** Runs the tool to its end. */
async function runTool(cli: ContainerCli, tool: string, signal: AbortSignal): Promise<void> {
  await must(cli, ['start', tool], signal);
  const code = await must(cli, ['wait', tool], signal, toolTimeoutMs);
  if (code === '0') return;
  const { stdout, stderr } = await cli.run(['logs', '--tail', '60', tool], signal);
  throw notMade(`exit code ${printableLine(code, 20)}: ${tellingLines(`${stdout}\n${stderr}`)}`);
}

/** What a tool said of its failure: the first lines that name an error, else its last one. */
export function tellingLines(log: string): string {
  const lines = printable(log)
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  const errors = lines.filter((line) => /\berr(or)?\b/i.test(line));
  return (
    printableLine((errors.length > 0 ? errors.slice(0, 3) : lines.slice(-1)).join(' / '), 300) || 'it said nothing'
  );
}

/** Reads the made file, and no more than one may have. */
async function copyOut(cli: ContainerCli, from: string, signal: AbortSignal): Promise<string> {
  const copied = await cli.start(['cp', from, '-'], {
    encoding: 'buffer',
    // With the archive's own blocks.
    maxBuffer: largestLock + 16 * 1024,
    cancelSignal: signal,
  });
  throwIfCancelled(signal);
  const archive = copied.stdout as unknown as Uint8Array | undefined;
  if (copied.failed && !copied.isMaxBuffer) throw notMade('there is no such file after its tool has run');
  const read = readLockArchive(archive ?? new Uint8Array(), path.posix.basename(from));
  if ('reason' in read) throw notMade(read.reason);
  return read.text;
}

async function must(
  cli: ContainerCli,
  args: readonly string[],
  signal: AbortSignal,
  timeoutMs?: number,
): Promise<string> {
  const result = await cli.run(args, signal, timeoutMs);
  if (!result.ok) throw notMade(`${cli.program} ${args[0]}: ${lastLine(result.stderr) || 'no answer in time'}`);
  return result.stdout.trim();
}

function lastLine(text: string): string {
  return printableLine(printable(text).trim().split('\n').at(-1) ?? '', 300);
}

function notMade(reason: string): UserError {
  return new UserError('lock-not-made', reason);
}
