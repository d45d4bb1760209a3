import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import { run } from '../../exec.ts';

/**
 * Which process a run belongs to. Its text is the name of the run's temporary folder and the value of the label of
 * what it makes in an engine: whoever finds one of them knows whose it is, from the moment that it is there.
 */
export interface Identity {
  /** A machine, and on it a space of process numbers: containers have their own. */
  host: string;
  /** The user's number there. */
  user: string;
  /** The machine's start. */
  boot: string;
  pid: number;
  /** When the process began, so that a later one with its number is another one. */
  started: string;
}

const prefix = 'create-caution-app';
/** The label of containers and images; its value is a run's name. */
export const runLabel = `${prefix}.run`;
/** Set in the environment of each program that a run starts; its value is the run's process. */
export const processVariable = 'CREATE_CAUTION_APP_PROCESS';

const runName = new RegExp(`^${prefix}-([0-9a-f]{10})-([0-9]+)-([0-9a-f]{8})-([0-9]+)-([0-9]+)-[0-9a-f]{8}$`);

/** `create-caution-app-<host>-<user>-<boot>-<pid>-<start>`: letters, digits and `-` alone. */
export function nameOfProcess({ host, user, boot, pid, started }: Identity): string {
  return [prefix, host, user, boot, pid, started].join('-');
}

/** A new name for one run of a process. */
export function nameOfRun(identity: Identity): string {
  return `${nameOfProcess(identity)}-${randomBytes(4).toString('hex')}`;
}

/** The process that a run's name speaks of; null for any other text. */
export function processOf(run: string): Identity | null {
  const [, host, user, boot, pid, started] = runName.exec(run) ?? [];
  if (!host || !user || !boot || !pid || !started) return null;
  return { host, user, boot, pid: Number(pid), started };
}

let own: Identity | null = null;

/** This process. */
export function ownIdentity(): Identity {
  own ??= {
    host: hash([textOf('/etc/machine-id'), os.hostname(), linkOf('/proc/self/ns/pid')].join('\n'), 10),
    user: String(process.getuid?.() ?? 0),
    boot: hash(textOf('/proc/sys/kernel/random/boot_id'), 8),
    pid: process.pid,
    started: startOf(textOf('/proc/self/stat')) ?? String(Math.round(Date.now() / 1000 - process.uptime())),
  };
  return own;
}

function hash(text: string, length: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}

/** `''` where the system has no such file. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}

function linkOf(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return '';
  }
}

/**
 * When a process began, in clock ticks since the machine's start; `''` when it has ended and only waits for its parent.
 * @param stat the text of /proc/<pid>/stat; the program's name in it may hold blanks and brackets.
 * @returns null for another text. Source: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
 */
export function startOf(stat: string): string | null {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state] = fields;
  const started = fields[19];
  if (!stat.includes(')') || started === undefined || !/^\d+$/.test(started)) return null;
  return state === 'Z' || state === 'X' ? '' : started;
}

/** Whether a run of this machine and this user belongs to a process that no longer lives. Whoever cannot be seen lives. */
export async function isDead(identity: Identity): Promise<boolean> {
  const me = ownIdentity();
  if (identity.host !== me.host || identity.user !== me.user) return false;
  if (identity.boot !== me.boot) return true;
  if (identity.pid === me.pid) return identity.started !== me.started;
  if (process.platform !== 'linux') return isDeadByPs(identity);
  try {
    return startOf(await readFile(`/proc/${identity.pid}/stat`, 'utf8')) !== identity.started;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ESRCH';
  }
}

/** As `isDead` for a process of this machine, where there is no /proc: `ps` knows its start, to the second. */
export async function isDeadByPs({ pid, started }: Identity): Promise<boolean> {
  const { exitCode, stdout } = await run(
    { file: 'ps', args: ['-o', 'lstart=', '-p', String(pid)] },
    { env: { LC_ALL: 'C' } },
  );
  if (exitCode === 1) return true;
  const at = Date.parse(String(stdout)) / 1000;
  return Number.isFinite(at) && Math.abs(at - Number(started)) > 3;
}
