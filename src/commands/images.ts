import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ExitCode, UserError } from '../errors.ts';
import type { Io } from './io.ts';

/** The variable that does the same as `--images`. */
const variable = 'CREATE_CAUTION_APP_IMAGES';

/**
 * The images to build with in place of StageX's own: from `--images FILE`, else from the environment.
 * @returns StageX image name (`pallet-rust`) to reference.
 * @throws UserError when the file is missing or is something else than one flat JSON object of strings.
 */
export function imagesFrom(file: string | undefined, io: Pick<Io, 'env' | 'cwd'>): Record<string, string> {
  const named = file ?? io.env[variable];
  if (named === undefined || named === '') return {};
  const from = file === undefined ? variable : '--images';
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path.resolve(io.cwd, named), 'utf8'));
  } catch (cause) {
    throw problem(`${from}: ${named} cannot be read as JSON.`, cause);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw problem(`${from}: ${named} is not a JSON object.`);
  }
  for (const [name, reference] of Object.entries(parsed)) {
    const ok = /^[a-z0-9][a-z0-9_.-]*$/.test(name) && typeof reference === 'string' && /^[\w.:/@-]+$/.test(reference);
    if (!ok) throw problem(`${from}: ${JSON.stringify(name)} in ${named} is not an image name with a reference.`);
  }
  return parsed as Record<string, string>;
}

function problem(message: string, cause?: unknown): UserError {
  return new UserError('bad-images', message, {
    exitCode: ExitCode.Usage,
    next: 'It maps StageX image names to references: { "pallet-rust": "registry.example/stagex/pallet-rust@sha256:…" }.',
    cause,
  });
}
