import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { enclaveDigest, measuredTree } from '../../src/caution/measure.ts';
import { imagesFrom } from '../../src/commands/images.ts';
import { readInode } from '../../src/image/content.ts';
import { readImage } from '../../src/image/image.ts';
import { overrides } from '../../src/stagex/references.ts';
import { readContainerfile } from '../../src/verify/containerfile.ts';

/** How a program ended, and what it said. */
export interface Ran {
  exitCode: number | undefined;
  stdout: string;
  stderr: string;
}

/** The docker command line, with the environment that the engine's set-up gave. */
export async function docker(args: string[], cwd: string): Promise<Ran> {
  const { exitCode, stdout, stderr } = await execa('docker', args, { cwd, reject: false, stdin: 'ignore' });
  return { exitCode, stdout, stderr };
}

/** A command line as a reader of the README would type it. */
export async function shell(command: string, cwd: string): Promise<Ran> {
  const { exitCode, stdout, stderr } = await execa('sh', ['-euc', command], { cwd, reject: false, stdin: 'ignore' });
  return { exitCode, stdout, stderr };
}

/** What puts the stand-ins in the place of pinned images; nothing where StageX itself can be pulled. */
export function buildContexts(folder: string, containerfile = 'Containerfile'): string[] {
  const file = readContainerfile(readFileSync(path.join(folder, containerfile), 'utf8'));
  const images = imagesFrom(undefined, { env: process.env, cwd: folder });
  const every = { ...file, images: [...file.images, ...unneeded(file)] };
  return overrides(every, images).flatMap(({ reference, replacement }) => [
    '--build-context',
    `${reference}=docker-image://${replacement}`,
  ]);
}

/** Images of stages that the final image does not need: tests are such a stage. */
function unneeded(file: ReturnType<typeof readContainerfile>): { reference: string; line: number }[] {
  return file.stages
    .filter((stage) => !file.needed.includes(stage))
    .map(({ base, line }) => ({ reference: base, line }));
}

/** The digest of the enclave that one build of a folder gives, from whatever the engine has cached. */
export async function enclaveOf(folder: string, scratch: string): Promise<string> {
  const spool = mkdtempSync(path.join(scratch, 'measure-'));
  const archive = path.join(spool, 'image.tar');
  const built = await docker(
    [
      'buildx',
      'build',
      '--provenance=false',
      '--output',
      `type=oci,dest=${archive}`,
      ...buildContexts(folder),
      '-f',
      'Containerfile',
      '.',
    ],
    folder,
  );
  if (built.exitCode !== 0) throw new Error(built.stderr);
  const { tree } = await readImage(archive, { spool });
  const sha256 = await enclaveDigest(measuredTree(tree), readInode);
  rmSync(spool, { recursive: true, force: true });
  return sha256;
}
