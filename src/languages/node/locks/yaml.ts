import { load } from 'js-yaml';
import { isRecord } from '../manifest.ts';

/**
 * A mapping from YAML (or JSON) that a program wrote. Lock files have megabytes, which this parser reads several times
 * faster than one that keeps places; it is pnpm's own.
 * @returns null when there is no text, no YAML, or no mapping.
 */
export function readYaml(text: string | null): Record<string, unknown> | null {
  if (text === null) return null;
  try {
    const value = load(text);
    return isRecord(value) ? value : null;
  } catch {
    return null; // a YAMLException, or a stack that nesting has used up
  }
}
