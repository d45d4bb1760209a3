import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Finding } from '../../app.ts';
import { busyboxLinks, type MeasuredTree } from '../../caution/measure.ts';
import { UserError } from '../../errors.ts';
import type { Inode } from '../../image/tree.ts';
import { printableLine } from '../../output.ts';
import { overrides, stagexName, stagexRelease } from '../../stagex/references.ts';
import { defaultRegistry, defaultRelease, digestsOf, imageReference } from '../../stagex/releases.ts';
import { Images, imageIn } from '../build/images.ts';
import { type Containerfile, readContainerfile } from '../containerfile.ts';
import type { Engine } from '../engines/engine.ts';
import { naming } from '../naming.ts';

/** What Caution lays over an image before it starts it, as far as public images have it. */
export interface Overlay {
  busybox: Inode;
  loader: Inode;
  certificates: Inode;
  /** What stood in for StageX's own images: `<image>: <reference>`. */
  standIns: string[];
}

const parts = {
  'core-busybox': '/bin/busybox',
  'core-musl': '/lib/ld-musl-x86_64.so.1',
  'core-ca-certificates': '/etc/ssl/certs/ca-certificates.crt',
} as const;

/** Caution's own files that no public image has: where they stand, nothing of the image's is left, and here nothing. */
export const cautionsOwn = [
  ...['init', 'run.sh', 'bootproofd', 'manifest.json'],
  ...['bin/socat', 'bin/udhcpc-script', 'usr/bin/socat', 'usr/bin/udhcpc-script'],
];

/** Names of the image that Caution's own files replace, and that the start here had neither of. */
export function notLaid({ replaced }: Pick<MeasuredTree, 'replaced'>): Finding[] {
  const names = replaced.filter((name) => cautionsOwn.includes(name));
  if (names.length === 0) return [];
  return [
    {
      id: 'overlay-incomplete',
      level: 'note',
      message: `Caution replaces ${naming(names.map((name) => `/${name}`))} of the image by its own; the start here had neither.`,
      why: "Caution's own files are not published: of what it lays over an image, musl, busybox and the CA bundle can be had.",
      source: 'https://github.com/CautionHosting/platform',
      mend: 'Give these files other names: what the image has there never runs in the enclave.',
    },
  ];
}

/** The Containerfile that gathers the overlay's files from StageX's images of a release. */
export function overlayContainerfile(file: Containerfile): string {
  const named = stagexRelease(file);
  const known = named !== null && isKnown(named) ? named : defaultRelease;
  const reference = file.images.map((image) => image.reference).find((one) => stagexName(one) !== null);
  const registry = reference?.slice(0, reference.lastIndexOf('/')) ?? defaultRegistry;
  const lines = Object.entries(parts).map(
    ([name, source]) =>
      `COPY --from=${imageReference(name, { release: known, registry })} ${source} /${path.posix.basename(source)}`,
  );
  return `FROM scratch\n${lines.join('\n')}\n`;
}

function isKnown(release: string): boolean {
  try {
    return digestsOf(release).size > 0;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

/** An engine that builds, and starts nothing. */
export function noContainers({ name }: Pick<Engine, 'name'>): UserError {
  return new UserError('no-containers', `${name} builds images and starts none, and podman is not here to start it.`, {
    next: 'Install Podman, verify with --engine docker, or leave the start out with --no-start.',
  });
}

/**
 * Fetches the overlay's files, by a build.
 * @param folder an existing temporary folder; takes the files.
 * @throws UserError when the engine cannot have them.
 */
export async function fetchOverlay(
  engine: Engine,
  { file, images, folder }: { file: Containerfile; images: Readonly<Record<string, string>>; folder: string },
  signal: AbortSignal,
): Promise<Overlay> {
  const text = overlayContainerfile(file);
  // The base name is the run's own: engines keep contexts by it.
  const context = path.join(folder, `overlay-${path.basename(folder)}`);
  const home = path.join(folder, 'overlay');
  await mkdir(context, { recursive: true });
  await mkdir(home);
  const containerfile = path.join(context, 'Containerfile');
  const output = imageIn(home, engine);
  await writeFile(containerfile, text);
  const replaced = overrides(readContainerfile(text), images);
  const { ok, progress } = await engine.build({
    ...{ context, containerfile, output, overrides: replaced, exports: engine.exports, cache: 'own' },
    ...{ hostname: 'overlay', cacheNamespace: null, arguments: {} },
    signal,
    onChange: () => undefined,
  });
  if (!ok) {
    const said = [...[...progress.vertices.values()].map(({ error }) => error), ...progress.words.slice(-4)];
    throw new UserError(
      'no-overlay',
      `What Caution lays over the image cannot be fetched: ${printableLine(said.filter(Boolean).join(' '), 400)}`,
      {
        next: 'See that the StageX images core-busybox, core-musl and core-ca-certificates can be pulled, or verify with --no-start.',
      },
    );
  }
  const { tree } = await new Images().read(output, engine, { spool: folder, signal });
  const get = (name: string): Inode => {
    const inode = tree.get(name);
    if (inode?.type !== 'file')
      throw new UserError('no-overlay', `StageX's ${name} is not the file that was expected.`);
    return inode;
  };
  return {
    busybox: get('busybox'),
    loader: get('ld-musl-x86_64.so.1'),
    certificates: get('ca-certificates.crt'),
    standIns: replaced.map(({ image, replacement }) => `${image}: ${replacement}`),
  };
}

/** One name of the file system that is started. */
export interface RootEntry {
  /** Byte string without a leading `/`. */
  path: string;
  type: 'file' | 'link' | 'directory' | 'hard-link';
  mode: number;
  link: string;
  source: Inode | null;
}

/** The file system as the enclave has it: the measured tree, Caution's modes, and the overlay over it. */
export function startedRoot(measured: MeasuredTree, overlay: Overlay): RootEntry[] {
  const root = new Map<string, RootEntry>();
  const firstNames = new Map<number, string>();
  for (const entry of measured.entries) {
    if (entry.path === '') continue;
    const first = entry.type === 'file' ? firstNames.get(entry.inode) : undefined;
    firstNames.set(entry.inode, first ?? entry.path);
    const mode = entry.type === 'directory' || entry.executable ? 0o755 : 0o644;
    root.set(
      entry.path,
      first === undefined
        ? {
            path: entry.path,
            type: entry.type,
            mode,
            link: entry.link,
            source: entry.type === 'file' ? entry.source : null,
          }
        : { path: entry.path, type: 'hard-link', mode, link: first, source: null },
    );
  }
  const bin = root.get('bin')?.type === 'link' ? 'usr/bin' : 'bin';
  const lib = root.get('lib')?.type === 'link' ? 'usr/lib' : 'lib';
  const lay = (name: string, source: Inode, mode: number) => {
    addParents(root, name);
    root.set(name, { path: name, type: 'file', mode, link: '', source });
  };
  lay(`${bin}/busybox`, overlay.busybox, 0o755);
  for (const name of busyboxLinks)
    root.set(`${bin}/${name}`, {
      path: `${bin}/${name}`,
      type: 'link',
      mode: 0o777,
      link: '/bin/busybox',
      source: null,
    });
  lay(`${lib}/ld-musl-x86_64.so.1`, overlay.loader, 0o755);
  lay('etc/ssl/certs/ca-certificates.crt', overlay.certificates, 0o644);
  return [...root.values()];
}

function addParents(root: Map<string, RootEntry>, name: string): void {
  const words = name.split('/').slice(0, -1);
  words.forEach((_, index) => {
    const folder = words.slice(0, index + 1).join('/');
    if (!root.has(folder)) root.set(folder, { path: folder, type: 'directory', mode: 0o755, link: '', source: null });
  });
}
