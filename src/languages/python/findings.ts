import type { Finding } from '../../app.ts';
import { printableLine } from '../../output.ts';
import { placeOf } from '../place.ts';
import type { StartCommand } from './commands.ts';
import { neverMusl } from './locks/findings.ts';
import type { Requirements } from './requirements.ts';
import type { Run } from './run.ts';
import { pythonVersion } from './target.ts';

export function serverFindings(run: Run, packages: { has(name: string): boolean }): Finding[] {
  const { entry, server } = run;
  if (entry === null || run.script || (!entry.includes(':') && run.develops !== true)) return [];
  if (server !== null && packages.has(server)) return [];
  return [
    {
      id: 'python-no-server',
      level: 'error',
      ...(run.from === null ? {} : placeOf(run.from)),
      message: `No server for ${printableLine(entry, 80)} is among the requirements.`,
      why: "The app is called by a server (uvicorn or hypercorn for ASGI, gunicorn or waitress for WSGI); a framework's own is for developing.",
      mend: 'Add one (such as gunicorn) to the requirements, and lock them again.',
    },
  ];
}

export function commandFindings(command: StartCommand | null): Finding[] {
  if (command === null || command.left.length === 0) return [];
  return [
    {
      id: 'python-start-command',
      level: 'warning',
      ...placeOf(command.from),
      message: `Not taken over from this command: ${printableLine(command.left.join(' '), 80)}.`,
      why: 'It may name files and workers of another machine, or what a shell fills in; an enclave has neither.',
      mend: 'Give the whole command with --run when the service needs it.',
    },
  ];
}

/** Widely used packages with native parts: whether a wheel for musl is among the hashes is seen when they are installed. */
const nativePackages = new Set(
  'numpy pandas scipy cryptography pydantic-core uvloop httptools orjson lxml pillow psycopg-binary psycopg2-binary psycopg2 psycopg-c mysqlclient grpcio asyncpg bcrypt cffi greenlet aiohttp pyyaml msgpack ujson zstandard brotli pyarrow scikit-learn torch tensorflow tokenizers tiktoken'.split(
    ' ',
  ),
);

/** What can be said of native parts by the names of packages, where no lock says which wheels there are. */
export function nativeFindings({ packages, lock }: Requirements): Finding[] {
  if (lock?.namesFiles) return [];
  const findings: Finding[] = [];
  for (const [name, instead] of neverMusl) {
    const from = packages.get(name);
    if (from === undefined) continue;
    findings.push({
      id: 'python-no-musl-wheel',
      level: 'error',
      ...placeOf(from),
      message: `${name} is not published as a wheel for musl.`,
      why: 'The image is built on musl, and the build compiles nothing.',
      mend: instead === null ? 'Do without it in the enclave.' : `Take ${instead}, and lock again.`,
    });
  }
  const native = [...packages.keys()].filter((name) => nativePackages.has(name) && !neverMusl.has(name));
  if (native.length > 0) {
    findings.push({
      id: 'python-native-wheels',
      level: 'note',
      ...placeOf(packages.get(native[0] ?? '') ?? 'requirements.txt'),
      message: `Native parts: ${native.slice(0, 6).join(', ')}${native.length > 6 ? ' …' : ''}.`,
      why: `Their wheels must be for musl (musllinux) and Python ${pythonVersion}, with their hashes in what is installed.`,
      mend: 'When the build stops at one of them, take a version that has such a wheel, and lock again.',
    });
  }
  return findings;
}
