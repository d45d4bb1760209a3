import { existsSync } from 'node:fs';
import path from 'node:path';
import { ExitCode, UserError } from '../errors.ts';
import { printableLine } from '../output.ts';
import { dockerCli } from '../verify/engines/cli.ts';

/** What an image's name in the engine can look like. Source: https://pkg.go.dev/github.com/distribution/reference */
const reference =
  /^(?:[A-Za-z0-9.-]+(?::\d+)?\/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*(?::[\w][\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$|^(?:sha256:)?[0-9a-f]{12,64}$/;

/**
 * Finds an image: an archive or layout of that path, else what the engine has under that name, which it is told to
 * write. Nothing is pulled.
 * @param folder an existing folder of this image's own.
 * @returns the path of an archive or layout.
 * @throws UserError when there is no such image (exit 1), or no engine to ask (exit 4).
 */
export async function findImage(name: string, cwd: string, folder: string, signal: AbortSignal): Promise<string> {
  const at = path.resolve(cwd, name);
  if (existsSync(at)) return at;
  const looksLikePath = /^[.~]?\/|\.(?:tar|oci)(?:\.\w+)?$/.test(name) || !reference.test(name);
  if (looksLikePath) throw noImage(name, 'There is no such file or folder.');
  return save(name, folder, signal);
}

/** Has the engine write one of its images. @returns the archive's path. */
async function save(name: string, folder: string, signal: AbortSignal): Promise<string> {
  const found = await dockerCli.run(['image', 'inspect', '--format', '{{.Id}}', name], signal);
  if (found.notStarted !== null)
    throw new UserError(
      'no-engine',
      `There is no file ${printableLine(name)}, and no Docker to ask for an image of that name.`,
      {
        exitCode: ExitCode.NoEngine,
        next: 'Name an archive or a layout, or install Docker.',
      },
    );
  if (/cannot connect|is the docker daemon running|error during connect/i.test(found.stderr))
    throw new UserError('no-engine', `There is no file ${printableLine(name)}, and Docker's engine does not answer.`, {
      exitCode: ExitCode.NoEngine,
      next: 'Name an archive or a layout, or start the engine.',
    });
  if (!found.ok) throw noImage(name, 'There is no such file, and the engine has no image of that name.');
  const archive = path.join(folder, 'saved.tar');
  const saved = await dockerCli.run(['image', 'save', '--output', archive, name], signal, 600_000);
  if (saved.ok) return archive;
  throw new UserError(
    'no-image',
    `The engine did not write ${printableLine(name)}: ${printableLine(saved.stderr, 300)}`,
    {
      next: 'Export it with docker save, and name the file.',
    },
  );
}

function noImage(name: string, why: string): UserError {
  return new UserError('no-image', `${printableLine(name)} cannot be compared. ${why}`, {
    next: 'Name an OCI archive or layout, a docker save archive, or an image that the engine has; nothing is pulled.',
  });
}
