import { lstat, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { ContainerCli } from '../engines/cli.ts';
import { keptMark } from './folder.ts';
import { isDead, nameOfProcess, processOf, processVariable, runLabel } from './identity.ts';

/** How long a program may take to end after it was asked to. */
const patienceMs = 3000;
/** An engine that does not answer is not waited for. */
const engineTimeoutMs = 15_000;

/**
 * Removes what runs of this user on this machine left that were killed: temporary folders, programs that still run for
 * them, and containers and images in the engine. Never what belongs to a run that lives, to another user, or to another
 * machine or container; nor a folder that was to be kept. Never throws: what cannot be removed now stays for the next run.
 * @param cli the engine to look into; null for none. Asking it takes longer than the rest: wait for the answer at the end.
 * @param cancelled ends the wait for the engine.
 * @returns what was removed, a line each, for a person.
 */
export async function removeLeftovers(cli: ContainerCli | null, cancelled?: AbortSignal): Promise<string[]> {
  const removed: string[] = [];
  await quietly(async () => removed.push(...(await removeFolders())));
  if (cli) await quietly(async () => removed.push(...(await removeObjects(cli, cancelled))));
  return removed;
}

/** Cleaning up after others must not break this run. */
async function quietly(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch {
    // The next run tries again.
  }
}

async function removeFolders(): Promise<string[]> {
  const removed: string[] = [];
  const dead: { at: string; owner: string }[] = [];
  for (const name of await readdir(os.tmpdir())) {
    const owner = processOf(name);
    if (!owner || !(await isDead(owner))) continue;
    const at = path.join(os.tmpdir(), name);
    if (await isOurs(at)) dead.push({ at, owner: nameOfProcess(owner) });
  }
  if (dead.length === 0) return removed;
  // First those who may still write there.
  await quietly(async () => removed.push(...(await endPrograms(new Set(dead.map(({ owner }) => owner))))));
  for (const { at } of dead) {
    await quietly(async () => {
      await rm(at, { recursive: true, force: true, maxRetries: 3 });
      removed.push(`the folder ${at}`);
    });
  }
  return removed;
}

/** A folder of our own, no link to elsewhere, that nobody asked to keep. */
async function isOurs(at: string): Promise<boolean> {
  const info = await lstat(at).catch(() => null);
  if (!info?.isDirectory() || (process.getuid && info.uid !== process.getuid())) return false;
  return lstat(path.join(at, keptMark)).then(
    () => false,
    () => true,
  );
}

/** Ends what killed runs had started: docker goes on with a silent step although nobody listens. Linux only. */
async function endPrograms(owners: ReadonlySet<string>): Promise<string[]> {
  if (process.platform !== 'linux') return [];
  const find = async () => {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const owned = await Promise.all(pids.map(async (pid) => ((await isStartedBy(pid, owners)) ? [Number(pid)] : [])));
    return owned.flat();
  };
  const found = await find();
  if (found.length === 0) return [];
  signal(found, 'SIGTERM');
  const deadline = Date.now() + patienceMs;
  let left = found;
  while (left.length > 0 && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    left = await find();
  }
  signal(left, 'SIGKILL');
  return [`${found.length} ${found.length === 1 ? 'program' : 'programs'} still running for it`];
}

/** Other users' environments cannot be read: their programs are never found. */
async function isStartedBy(pid: string, owners: ReadonlySet<string>): Promise<boolean> {
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  const entry = environment.split('\0').find((one) => one.startsWith(`${processVariable}=`));
  return entry !== undefined && owners.has(entry.slice(processVariable.length + 1));
}

function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // It has ended meanwhile.
    }
  }
}

interface Labelled {
  id: string;
  run: string;
}

async function removeObjects(cli: ContainerCli, cancelled?: AbortSignal): Promise<string[]> {
  const ask = (...args: string[]) => cli.run(args, cancelled, engineTimeoutMs);
  const filter = ['--filter', `label=${runLabel}`];
  const [containers, images] = await Promise.all([
    ask('ps', '--all', ...filter, '--format', `{{.ID}} {{.Label "${runLabel}"}}`),
    ask('images', '--all', '--quiet', '--no-trunc', ...filter),
  ]);
  const removed: string[] = [];
  const deadContainers = await dead(containers.stdout);
  if (deadContainers.length > 0 && (await ask('rm', '--force', '--volumes', ...deadContainers)).ok)
    removed.push(`${deadContainers.length} ${deadContainers.length === 1 ? 'container' : 'containers'}`);
  const ids = [...new Set(images.stdout.split('\n').filter(Boolean))];
  if (ids.length === 0) return removed;
  const labels = `{{.Id}} {{index .Config.Labels "${runLabel}"}}`;
  // One that has gone meanwhile fails the command, and does not keep the others from being named.
  const inspected = await ask('image', 'inspect', '--format', labels, ...ids);
  const deadImages = await dead(inspected.stdout);
  if (deadImages.length > 0 && (await ask('rmi', '--force', ...deadImages)).ok)
    removed.push(`${deadImages.length} ${deadImages.length === 1 ? 'image' : 'images'}`);
  return removed;
}

/** @param lines `<id> <name of a run>` each. */
async function dead(lines: string): Promise<string[]> {
  const all = lines.split('\n').flatMap((line): Labelled[] => {
    const [id, run] = line.trim().split(' ');
    return id && run ? [{ id, run }] : [];
  });
  const found: string[] = [];
  for (const { id, run } of all) {
    const owner = processOf(run);
    if (owner && (await isDead(owner))) found.push(id);
  }
  return found;
}
