import type { Aspect, PathDifference } from '../image/compare.ts';
import { displayPath } from '../image/tree.ts';
import { printableLine } from '../output.ts';
import { isText } from './carriers/index.ts';
import type { Inside } from './content.ts';

/** What differs, in words. */
export function describe(
  { aspects, entries: [a, b] }: PathDifference,
  inside: Inside | null,
  [first, second]: readonly [string, string],
): string {
  if (!a || !b) return `only in ${a ? first : second}`;
  const words: Record<Aspect, () => string> = {
    presence: () => `only in ${first}`,
    type: () => `a ${a.type} in ${first}, a ${b.type} in ${second}`,
    content: () => describeContent(inside, a.size, b.size, [first, second]),
    link: () => `points to ${shown(a.link)} in ${first}, to ${shown(b.link)} in ${second}`,
    executable: () => `executable in ${a.mode & 0o111 ? first : second} only`,
    'hard-links': () => 'shares its content with other names differently (hard links)',
    mode: () => `mode ${octal(a.mode)} in ${first}, ${octal(b.mode)} in ${second}`,
    owner: () => `owner ${a.uid}:${a.gid} in ${first}, ${b.uid}:${b.gid} in ${second}`,
    time: () => `modification time ${a.mtime} in ${first}, ${b.mtime} in ${second}`,
    attributes: () => 'extended attributes differ',
  };
  return aspects.map((aspect) => words[aspect]()).join('; ');
}

function shown(bytes: string): string {
  return JSON.stringify(printableLine(displayPath(bytes), 120));
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}

function describeContent(
  inside: Inside | null,
  sizeA: number,
  sizeB: number,
  [first, second]: [string, string],
): string {
  if (!inside || inside.offset === null) return `contents differ (${sizeA} and ${sizeB} bytes)`;
  const at = `contents differ from byte ${inside.offset} on`;
  if (!inside.whole || !inside.texts.every(isText)) return `${at} (${sizeA} and ${sizeB} bytes)`;
  const [lineA, lineB] = inside.texts.map((text) => lineAround(text, inside.offset ?? 0));
  return `${at}: ${JSON.stringify(lineA)} in ${first}, ${JSON.stringify(lineB)} in ${second}`;
}

function lineAround(bytes: string, offset: number): string {
  const start = bytes.lastIndexOf('\n', offset - 1) + 1;
  const end = bytes.indexOf('\n', offset);
  const line = bytes.slice(Math.max(start, offset - 80), Math.min(end < 0 ? bytes.length : end, offset + 80));
  return printableLine(displayPath(line), 160);
}
