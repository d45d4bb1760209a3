/**
 * Starting other programs: argument arrays, never a shell line, and no child outlives this process: each asks the kernel to be killed with its
 * parent (`setpriv --pdeathsig`), so that even `kill -9` leaves nobody writing into a folder that the next run tidies up.
 */
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';

/** Something that whoever started the set-up can act on: shown without a stack trace. */
export class EngineError extends Error {
  /** @override */
  name = 'EngineError';
}

/**
 * @typedef {object} RunOptions
 * @property {AbortSignal | undefined} [signal] kills the child when it fires
 * @property {string} [logFile] all output is appended to it
 * @property {NodeJS.ProcessEnv} [env] default: {@link hostEnv}
 * @property {number} [timeoutMs] kills the child after so many milliseconds
 */

/** @typedef {{ code: number | null, stdout: string, tail: string }} Ended exit code (null: killed), output, last lines of both streams */

/** Arguments of `unshare` for a program that starts others: they all end when it is killed. */
export const OWN_PROCESSES = ['--pid', '--fork', '--kill-child=KILL', '--'];

/** The environment for programs of the host: administrators' folders are searched too, which a user's PATH often lacks. */
export function hostEnv() {
  return { ...process.env, PATH: `${process.env.PATH ?? '/usr/bin:/bin'}:/usr/sbin:/sbin`, LC_ALL: 'C.UTF-8' };
}

const KEPT_OUTPUT = 1 << 20;

/**
 * Runs a program to its end. Does not throw on a non-zero exit.
 * @param {string} file
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<Ended>}
 */
export async function tryRun(file, args, options = {}) {
  options.signal?.throwIfAborted();
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', file, ...args], {
    env: options.env ?? hostEnv(),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // Ctrl-C reaches this process alone, which ends its children itself
  });
  const log = options.logFile === undefined ? undefined : createWriteStream(options.logFile, { flags: 'a' });
  const kept = { stdout: '', both: '' };
  for (const [name, stream] of /** @type {const} */ ([
    ['stdout', child.stdout],
    ['stderr', child.stderr],
  ])) {
    stream.setEncoding('utf8');
    stream.on('data', (/** @type {string} */ text) => {
      if (name === 'stdout') kept.stdout = (kept.stdout + text).slice(-KEPT_OUTPUT);
      kept.both = (kept.both + text).slice(-8192);
      log?.write(text);
    });
  }
  const kill = () => child.kill('SIGKILL');
  options.signal?.addEventListener('abort', kill, { once: true });
  const timer = options.timeoutMs === undefined ? undefined : setTimeout(kill, options.timeoutMs);
  try {
    const code = await exitOf(child, file);
    options.signal?.throwIfAborted();
    return { code, stdout: kept.stdout, tail: lastLines(kept.both) };
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', kill);
    if (log !== undefined) await finished(log.end());
  }
}

/**
 * Runs a program that has to succeed, and returns its standard output.
 * @param {string} file
 * @param {readonly string[]} args
 * @param {RunOptions & { what?: string }} [options] what: said in the error instead of the program's name
 */
export async function run(file, args, options = {}) {
  const ended = await tryRun(file, args, options);
  if (ended.code === 0) return ended.stdout;
  throw new EngineError(failure(options.what ?? [file, ...args].join(' '), ended, options.logFile));
}

/**
 * Starts a program whose output is read as a stream.
 * @param {readonly [string, ...string[]]} command
 * @param {RunOptions} options
 * @returns {{ stream: import('node:stream').Readable, succeeded: () => Promise<void> }} succeeded: throws unless the program ended with 0
 */
export function output(command, options) {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', ...command], {
    env: hostEnv(),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    signal: options.signal,
    killSignal: 'SIGKILL',
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
    said = (said + text).slice(-8192);
  });
  const ended = exitOf(child, command[0]).then(
    (code) => ({ code, error: undefined }),
    (/** @type {unknown} */ error) => ({ code: null, error }),
  );
  return {
    stream: child.stdout,
    succeeded: async () => {
      const { code, error } = await ended;
      options.signal?.throwIfAborted();
      if (error !== undefined) throw error;
      if (code !== 0) throw new EngineError(failure(command.join(' '), { code, stdout: '', tail: lastLines(said) }));
    },
  };
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {string} file
 * @returns {Promise<number | null>}
 */
function exitOf(child, file) {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new EngineError(`${file} could not be started: ${error.message}`)));
    child.once('close', resolve);
  });
}

/**
 * @param {string} what
 * @param {Ended} ended
 * @param {string} [logFile]
 */
function failure(what, ended, logFile) {
  const how = ended.code === null ? 'was killed' : `failed (exit ${ended.code})`;
  return [`${what} ${how}`, ended.tail, logFile === undefined ? '' : `All its output: ${logFile}`]
    .filter(Boolean)
    .join('\n');
}

/** @param {string} text */
function lastLines(text) {
  return (
    text
      .replace(/\r\n?/g, '\n')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not reach a terminal
      .replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, '')
      .trimEnd()
      .split('\n')
      .slice(-12)
      .join('\n')
  );
}
