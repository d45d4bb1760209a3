import type { Project } from '../language.ts';
import { fromOf } from '../place.ts';
import { lineAt, literal, type Sighting, withoutLongLines } from '../scan.ts';
import { withoutComments } from './comments.ts';
import { isRecord, readManifest } from './manifest.ts';
import { importTarget } from './source.ts';

/** Longer object literals are not looked through: no settings that a person keeps are. */
const longest = 20_000;

/**
 * The number that a constant object has at a path of keys: `config.server.port`, where `config` is an object literal of
 * this file, or of the one that it is imported from.
 * @param keys names of properties, the number's own last.
 * @returns null where it is anything but a number written down.
 */
export function constantNumber(project: Project, file: string, name: string, keys: readonly string[]): Sighting | null {
  const code = codeOf(project, file);
  const own = numberIn(code, file, [declared(name)], keys);
  if (own !== null) return own;
  const imported = importOf(code, name);
  const target = imported === null ? null : importTarget(project, file, imported.from);
  if (target === null) return null;
  if (target.endsWith('.json')) return jsonNumber(project, target, keys);
  const there = codeOf(project, target);
  if (imported?.named === true) return numberIn(there, target, [declared(name)], keys);
  const exported = /(?:\bexport\s{1,20}default\s|\bmodule\.exports\s{0,20}=)\s{0,20}([A-Za-z_$][\w$]*)/.exec(
    there,
  )?.[1];
  const starts = [exportedLiteral, ...(exported === undefined ? [] : [declared(exported)])];
  return numberIn(there, target, starts, keys) ?? exportedNumber(there, target, keys);
}

const exportedLiteral = String.raw`(?:\bexport\s{1,20}default|\bmodule\.exports\s{0,20}=)\s{0,20}\{`;

const declared = (name: string) =>
  String.raw`\b(?:const|let|var)\s{1,20}${literal(name)}\s{0,20}(?::[^=\n]{0,80})?=\s{0,20}\{`;

function codeOf(project: Project, file: string): string {
  return withoutComments(withoutLongLines(project.read(file) ?? ''));
}

/** Where a name is imported from: by itself, as all of a module, or by name. */
function importOf(code: string, name: string): { from: string; named: boolean } | null {
  const own = literal(name);
  const whole = new RegExp(
    String.raw`(?:\bimport\s{1,20}(?:\*\s{1,20}as\s{1,20})?${own}\s{1,20}from\s{0,20}|\b(?:const|let|var)\s{1,20}${own}\s{0,20}=\s{0,20}require\s{0,20}\(\s{0,20})['"](\.[^'"\n]{1,300})['"]`,
  ).exec(code)?.[1];
  if (whole !== undefined) return { from: whole, named: false };
  const named = new RegExp(
    String.raw`\{[^{}]{0,300}?\b${own}\b[^{}]{0,300}?\}\s{0,20}(?:from\s{0,20}|=\s{0,20}require\s{0,20}\(\s{0,20})['"](\.[^'"\n]{1,300})['"]`,
  ).exec(code)?.[1];
  return named === undefined ? null : { from: named, named: true };
}

/** The number at a path of keys in the first object literal that begins so. */
function numberIn(code: string, file: string, starts: readonly string[], keys: readonly string[]): Sighting | null {
  for (const start of starts) {
    const match = new RegExp(start).exec(code);
    let at = match === null ? -1 : match.index + match[0].length;
    for (const [index, key] of keys.entries()) {
      if (at < 0) break;
      const value = index < keys.length - 1 ? '\\{' : `['"]?(\\d{2,5})['"]?\\s{0,20}(?:[,}\\n]|$)`;
      const own = new RegExp(String.raw`(?:^|[,{\n])\s{0,200}['"]?${literal(key)}['"]?\s{0,20}:\s{0,20}${value}`, 'd');
      const found = own.exec(ownText(code, at));
      const number = found?.[1];
      if (number !== undefined)
        return { value: number, from: fromOf(file, lineAt(code, at + (found?.indices?.[1]?.[0] ?? 0))) };
      at = found === null ? -1 : at + found.index + found[0].length;
    }
  }
  return null;
}

/** What stands directly in the object literal that has been entered; what is nested in it is blank. */
function ownText(code: string, start: number): string {
  let own = '';
  let depth = 0;
  for (let at = start; at < code.length && at < start + longest; at += 1) {
    const char = code.charAt(at);
    if (/[}\])]/.test(char)) depth -= 1;
    if (depth < 0) return own;
    own += depth === 0 || char === '\n' ? char : ' ';
    if (/[{[(]/.test(char)) depth += 1;
  }
  return own;
}

/** `export const port = 3000`, `exports.port = 3000`. */
function exportedNumber(code: string, file: string, keys: readonly string[]): Sighting | null {
  const [key, ...deeper] = keys;
  if (key === undefined || deeper.length > 0) return null;
  const match = new RegExp(
    String.raw`^(?:export\s{1,20}const\s{1,20}|(?:module\.)?exports\.)${literal(key)}\s{0,20}=\s{0,20}(\d{2,5})\b`,
    'm',
  ).exec(code);
  return match?.[1] === undefined ? null : { value: match[1], from: fromOf(file, lineAt(code, match.index)) };
}

function jsonNumber(project: Project, file: string, keys: readonly string[]): Sighting | null {
  const manifest = readManifest(project.read(file) ?? '');
  if ('reason' in manifest) return null;
  const value = keys.reduce<unknown>(
    (at, key) => (isRecord(at) && Object.hasOwn(at, key) ? at[key] : undefined),
    manifest.value,
  );
  return typeof value === 'number' ? { value: String(value), from: fromOf(file, manifest.lineOf(keys)) } : null;
}
