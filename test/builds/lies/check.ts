import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll } from 'vitest';
import { imagesFrom } from '../../../src/commands/images.ts';
import type { Verified, VerifyRequest } from '../../../src/verify/types.ts';
import { verify } from '../../../src/verify/verify.ts';
import { buildContexts } from '../harness.ts';
import { commitAll } from '../services.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'lies-test-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** The stand-ins by image name; empty where StageX itself can be pulled. */
export const images = imagesFrom(undefined, { env: process.env, cwd: scratch });

export type Files = Record<string, string | { text: string; mode?: number; time?: number }>;

/** Writes files into a new folder. @param name base name of the folder. */
export function checkout(files: Files, name = 'checkout'): string {
  const folder = path.join(mkdtempSync(path.join(scratch, 'case-')), name);
  mkdirSync(folder);
  for (const [file, content] of Object.entries(files)) {
    const { text, mode = 0o644, time = 1e9 } = typeof content === 'string' ? { text: content } : content;
    const at = path.join(folder, file);
    mkdirSync(path.dirname(at), { recursive: true });
    writeFileSync(at, text);
    chmodSync(at, mode);
    utimesSync(at, time, time);
  }
  return folder;
}

/** The same as a repository of one commit. */
export function repository(files: Files, name?: string): string {
  const folder = checkout(files, name);
  commitAll(folder);
  return folder;
}

/** A verification as the command makes it, without a start; `environment` is set while it runs. */
export async function ours(
  root: string,
  { environment = {}, ...more }: Partial<VerifyRequest> & { environment?: Record<string, string> } = {},
): Promise<Verified> {
  const before = Object.keys(environment).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, environment);
  try {
    return await verify({
      root,
      containerfile: 'Containerfile',
      written: [],
      run: null,
      ports: [],
      httpPort: null,
      memoryMb: 512,
      noCache: false,
      engine: 'docker',
      builders: [],
      builds: 2,
      images,
      start: false,
      startTimeoutSeconds: 20,
      keep: false,
      signal: new AbortController().signal,
      onEvent: () => undefined,
      ...more,
    });
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

export interface NaiveOptions {
  /** More arguments of `docker buildx build`. */
  arguments?: string[];
  environment?: Record<string, string>;
  /** Keys of the exporter, instead of those that hand-made checks use. */
  output?: string;
}

/**
 * One build as hand-made checks do it: nothing from the cache, times set back at export.
 * @returns SHA-256 of the archive; where the index has an attestation, that is part of it.
 */
export async function naiveBuild(folder: string, options: NaiveOptions = {}): Promise<string> {
  return (await naiveArchive(folder, options)).sha256;
}

/** The archive that such a build gives. */
export async function naiveArchive(
  folder: string,
  options: NaiveOptions = {},
): Promise<{ file: string; sha256: string }> {
  const file = path.join(mkdtempSync(path.join(scratch, 'naive-')), 'image.tar');
  const output = options.output ?? 'source-date-epoch=1,rewrite-timestamp=true';
  await dockerOrThrow(
    [
      ...['buildx', 'build', '--no-cache', '--progress=plain', ...buildContexts(folder)],
      ...(options.arguments ?? ['--provenance=false', '--sbom=false']),
      ...[
        '--output',
        `type=oci,dest=${file}${output === '' ? '' : `,${output}`}`,
        '--file',
        path.join(folder, 'Containerfile'),
        folder,
      ],
    ],
    options.environment,
  );
  return { file, sha256: createHash('sha256').update(readFileSync(file)).digest('hex') };
}

/** Builds a folder twice, one after the other; whether the archives are the same, as a hand-made check would ask. */
export async function naiveCheckPasses(folder: string, options: NaiveOptions = {}): Promise<boolean> {
  const first = await naiveBuild(folder, options);
  return first === (await naiveBuild(folder, options));
}

/** Runs docker. @returns what it said on both streams. */
export async function dockerOrThrow(args: string[], environment: Record<string, string> = {}): Promise<string> {
  const { exitCode, all } = await execa('docker', args, {
    env: environment,
    reject: false,
    stdin: 'ignore',
    all: true,
  });
  if (exitCode !== 0) throw new Error(`docker ${args.join(' ')}\n${all}`);
  return all;
}

/** Builds what needs no result but its output, without the cache of steps; ends with the lines that the steps printed. */
export async function plainBuild(folder: string, environment: Record<string, string> = {}, args: string[] = []) {
  return dockerOrThrow(
    [
      ...['buildx', 'build', '--progress=plain', '--output', 'type=cacheonly', ...buildContexts(folder), ...args],
      ...['--file', path.join(folder, 'Containerfile'), folder],
    ],
    environment,
  );
}

/** The paths that differ in what Caution measures. */
export function enclaveDifferences({ verification }: Verified) {
  return verification.differences.filter(({ inEnclave }) => inEnclave);
}
