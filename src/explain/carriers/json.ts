import type { Trait } from '../trait.ts';
import { more } from './archive.ts';

const maxTraits = 100;
const maxDepth = 40;

/** JSON: which values differ, and whether only an order does. */
export function readJson(a: Buffer, b: Buffer): Trait[] | null {
  const [left, right] = [parse(a), parse(b)];
  if (left === undefined || right === undefined) return null;
  const traits: Trait[] = [];
  compare(left, right, '', 0, traits);
  const [keys, other] = [keyOrder(left, ''), keyOrder(right, '')];
  const [all, others] = [new Set(keys), new Set(other)];
  const [common, same] = [keys.filter((key) => others.has(key)), other.filter((key) => all.has(key))];
  if (common.join('\n') !== same.join('\n')) traits.push({ kind: 'order', where: 'keys', items: common, other: same });
  else if (traits.length > 0 && frameOf(a) !== frameOf(b))
    traits.push({ kind: 'mark', where: '', cause: 'unknown', because: 'it is written otherwise' });
  return traits;
}

/** @returns undefined for what is no object or list. */
function parse(bytes: Buffer): object | undefined {
  const text = bytes.toString('utf8').trim();
  if (!/^[[{]/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** All but the values and keys: blanks, and how it is built. Linear in the text. */
function frameOf(bytes: Buffer): string {
  return bytes.toString('latin1').replace(/"(?:[^"\\]|\\.)*"|[-+.\w]+/g, '_');
}

function compare(a: unknown, b: unknown, where: string, depth: number, traits: Trait[]): void {
  if (Object.is(a, b) || traits.at(-1) === more) return;
  if (traits.length >= maxTraits || depth > maxDepth) {
    traits.push(more);
    return;
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    compareLists(a, b, where, depth, traits);
  } else if (isObject(a) && isObject(b)) {
    const names = new Set([...Object.keys(a), ...Object.keys(b)]);
    for (const name of names) compare(a[name], b[name], where === '' ? name : `${where}.${name}`, depth + 1, traits);
  } else {
    traits.push({ kind: 'texts', where: `key ${where || '.'}`, a: textOf(a), b: textOf(b), whole: true });
  }
}

function compareLists(a: unknown[], b: unknown[], where: string, depth: number, traits: Trait[]): void {
  const [left, right] = [a.map((item) => JSON.stringify(item)), b.map((item) => JSON.stringify(item))];
  if (left.join() === right.join()) return;
  if (left.length === right.length && [...left].sort().join() === [...right].sort().join()) {
    traits.push({ kind: 'order', where: `list ${where || '.'}`, items: left, other: right });
    return;
  }
  for (let index = 0; index < Math.max(a.length, b.length); index += 1)
    compare(a[index], b[index], `${where}[${index}]`, depth + 1, traits);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  return Buffer.from(text, 'utf8').toString('latin1');
}

function keyOrder(value: unknown, where: string, depth = 0): string[] {
  if (depth > maxDepth || typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const path = `${where}.${name}`;
    return [path, ...keyOrder(inner, path, depth + 1)];
  });
}
