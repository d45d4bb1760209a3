import type { Finding } from '../../app.ts';
import { naming } from '../naming.ts';

/** Folders that take files for a while, and those that the engine mounts. */
const temporary = ['/tmp', '/dev', '/proc', '/sys'];
/** What engines make in every container. */
const engineFiles = [
  ...['/etc/hosts', '/etc/hostname', '/etc/resolv.conf', '/etc/mtab', '/.dockerenv'],
  ...['/run/.containerenv', '/run/secrets'],
];

/**
 * Paths outside /tmp that a container's processes made, changed or removed.
 * @param diff what `docker diff` or `podman diff` says: a letter and a path a line.
 */
export function writtenPaths(diff: string): string[] {
  const changed = diff.split('\n').flatMap((line) => /^[ACD] (\/.+)$/.exec(line)?.[1] ?? []);
  // A folder stands there as well when something in it has changed.
  const folders = new Set(changed.flatMap(parents));
  const below = (path: string, places: readonly string[]) =>
    places.some((place) => path === place || path.startsWith(`${place}/`));
  return changed.filter((path) => !folders.has(path) && !below(path, temporary) && !below(path, engineFiles)).sort();
}

function parents(path: string): string[] {
  const words = path.split('/').slice(1, -1);
  return words.map((_, index) => `/${words.slice(0, index + 1).join('/')}`);
}

/** @param diff null when the engine could not say it. */
export function writesOutside(diff: string | null): Finding[] {
  if (diff === null) {
    return [
      {
        id: 'writes-unknown',
        level: 'note',
        message: 'The engine could not say which files the service wrote.',
        why: "The enclave's file system is its memory: what a service writes takes memory.",
        mend: 'Look yourself whether the service writes outside /tmp.',
      },
    ];
  }
  const paths = writtenPaths(diff);
  const [first] = paths;
  if (first === undefined) return [];
  return [
    {
      id: 'writes-outside-tmp',
      level: 'note',
      message: `The service wrote outside /tmp: ${naming(paths)}.`,
      why: "The enclave's file system is its memory: what is written takes memory, and is gone when the enclave stops.",
      mend: first.endsWith('.pyc')
        ? 'Compile the byte-code at build time (unchecked-hash), or set PYTHONDONTWRITEBYTECODE=1 in run.'
        : 'Let the service write under /tmp, or keep its state outside the enclave.',
    },
  ];
}
