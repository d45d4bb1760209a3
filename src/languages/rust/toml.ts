import { parse, TomlError } from 'smol-toml';
import type { Finding } from '../../app.ts';
import type { Project } from '../language.ts';

/** A TOML table; its keys are the file's own, so they are read with care. */
export type Table = Record<string, unknown>;

/** A parsed TOML file, or the finding that says why it is none. */
export function readToml(project: Project, path: string): { table: Table; text: string } | Finding {
  const text = project.read(path);
  if (text === null) {
    return { ...broken(path), message: `${path} cannot be read as text (5 MB at most, UTF-8).` };
  }
  try {
    return { table: parse(text), text };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const reason = error.message.split('\n')[0] ?? '';
    return { ...broken(path), line: error.line, message: `${path} is not valid TOML: ${reason}` };
  }
}

function broken(path: string): Omit<Finding, 'message'> {
  return {
    id: 'rust-manifest-broken',
    level: 'error',
    path,
    why: 'Cargo refuses it, so nothing can be built.',
    mend: 'Correct the file: `cargo metadata` names the same place.',
  };
}

/** A value as a table; an empty one for anything else. */
export function tableOf(value: unknown): Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Table) : {};
}

/** A value as text; null for anything else. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** The texts of a list; none of anything else. */
export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
