import type { Aspect, PathDifference } from '../image/compare.ts';
import { displayPath } from '../image/tree.ts';
import { printableLine } from '../output.ts';
import type { Difference } from '../verify/types.ts';
import { type Inside, lookInside } from './content.ts';
import { maskTimes } from './times.ts';
import type { BuildFacts, ExplainContext, Explanation } from './types.ts';

type Origin = Pick<Difference, 'cause' | 'certain' | 'carrier'> & { mend: string; because: string };

const mends = {
  'wall-clock':
    'Take the time from SOURCE_DATE_EPOCH (the tool may honour it when the Containerfile sets it with ENV), or leave the time out.',
  'file-time': 'Set the times of the sources first: find . -exec touch -hd @0 {} +',
  hostname: 'Leave the host name out, or write a constant in its place.',
  'build-path':
    'Use a fixed WORKDIR, and the compiler option that maps paths (--remap-path-prefix, -trimpath, -ffile-prefix-map).',
  umask:
    'Fix the mode where the file is copied: COPY --chmod=644 (755 for programs and folders), or chmod in a build stage.',
  bytecode:
    'Compile with: python3 -m compileall --invalidation-mode unchecked-hash, or leave .pyc files out (PYTHONDONTWRITEBYTECODE=1).',
  unknown:
    'Compare the two contents; run the step that makes this file twice and look for times, random values and orders.',
} as const;

/** Explains one difference: cause only with evidence for it, and `certain` only when nothing else is left to explain. */
export async function explain(difference: PathDifference, context: ExplainContext): Promise<Explanation> {
  const inside = await lookInside(difference);
  const { cause, certain, carrier, mend, because } = findOrigin(difference, inside, context.facts);
  const evidence = [describe(difference, inside, context.names), because].filter(Boolean).join('; ');
  return { cause, certain, ...(carrier ? { carrier } : {}), evidence, mend };
}

function findOrigin(difference: PathDifference, inside: Inside | null, [a, b]: ExplainContext['facts']): Origin {
  const unknown: Origin = { cause: 'unknown', certain: false, mend: mends.unknown, because: '' };
  if (!a || !b) return unknown;
  if (difference.aspects.every((aspect) => aspect === 'mode')) return fromUmask(difference, a, b) ?? unknown;
  if (!inside) return unknown;
  return fromBytecode(difference, inside) ?? fromGzip(inside, a, b) ?? fromText(inside, a, b) ?? unknown;
}

function fromUmask({ entries: [x, y] }: PathDifference, a: BuildFacts, b: BuildFacts): Origin | null {
  if (!x || !y || a.umask === b.umask) return null;
  const base = x.mode & 0o111 || x.type === 'directory' ? 0o777 : 0o666;
  if (x.mode !== (base & ~a.umask) || y.mode !== (base & ~b.umask)) return null;
  return {
    cause: 'umask',
    certain: true,
    carrier: 'mode',
    mend: mends.umask,
    because: 'these are the modes that the two checkouts had',
  };
}

/** A `.pyc` records its source's time at bytes 8 to 11, when its flags (bytes 4 to 7) are 0. Source: PEP 552. */
function fromBytecode({ path }: PathDifference, { offset, texts, whole }: Inside): Origin | null {
  if (!path.endsWith('.pyc') || !whole || offset === null || offset < 8 || offset > 11) return null;
  if (texts.some((text) => text.slice(4, 8) !== '\0\0\0\0')) return null;
  const rest = texts.map((text) => text.slice(0, 8) + text.slice(12));
  return {
    cause: 'bytecode',
    certain: rest[0] === rest[1],
    carrier: 'pyc',
    mend: mends.bytecode,
    because: 'the header records the time of the source file',
  };
}

/** A gzip header holds a time at bytes 4 to 7. Source: RFC 1952. */
function fromGzip({ offset, texts, whole }: Inside, a: BuildFacts, b: BuildFacts): Origin | null {
  if (!whole || offset === null || offset < 4 || offset > 7 || !texts.every((text) => text.startsWith('\x1f\x8b')))
    return null;
  const times = texts.map((text) => Buffer.from(text.slice(4, 8), 'latin1').readUInt32LE() * 1000);
  const rest = texts.map((text) => text.slice(0, 4) + text.slice(8));
  const base = { certain: rest[0] === rest[1], carrier: 'gzip' };
  if (onlyDuring(times[0], a, b) && onlyDuring(times[1], b, a)) {
    return {
      ...base,
      cause: 'wall-clock',
      mend: 'Compress with gzip -n.',
      because: "the gzip header holds each build's own time",
    };
  }
  if (times[0] === seconds(a.fileTime) && times[1] === seconds(b.fileTime)) {
    return {
      ...base,
      cause: 'file-time',
      mend: 'Compress with gzip -n.',
      because: "the gzip header holds the source file's time",
    };
  }
  return null;
}

function seconds(time: Date): number {
  return Math.floor(time.getTime() / 1000) * 1000;
}

/** What a time in whole seconds may stand for: the second that it begins. */
const secondMs = 999;

/** Whether a time tells which build it comes from: it touches its own, and does not lie whole in the other one. */
function onlyDuring(at: number | undefined, own: BuildFacts, other: BuildFacts): boolean {
  if (at === undefined) return false;
  const touchesOwn = at + secondMs >= own.began && at <= own.ended;
  return touchesOwn && !(at >= other.began && at + secondMs <= other.ended);
}

type Clue = 'hostname' | 'build-path' | 'wall-clock' | 'file-time';

const because: Record<Clue, string> = {
  hostname: "each build's own host name stands in it",
  'build-path': "each build's own path stands in it",
  'wall-clock': "each build's own time stands in it",
  'file-time': "the times of each checkout's files stand in it",
};

/**
 * Looks for what was varied. Each kind of clue is masked in both contents: when they are then the same, it alone makes
 * the difference.
 */
function fromText({ texts, whole }: Inside, a: BuildFacts, b: BuildFacts): Origin | null {
  const carrier = texts.every(isText) ? 'text' : undefined;
  let masked: [string, string] = texts;
  const present: Clue[] = [];
  for (const clue of ['hostname', 'build-path', 'wall-clock', 'file-time'] as const) {
    const next: [string, string] = [mask(masked[0], clue, a, b), mask(masked[1], clue, b, a)];
    if (next[0] !== masked[0] && next[1] !== masked[1]) present.push(clue);
    else continue;
    masked = next;
  }
  const [clue, ...more] = present;
  if (!clue) return null;
  return {
    cause: clue,
    certain: whole && more.length === 0 && masked[0] === masked[1],
    ...(carrier ? { carrier } : {}),
    mend: mends[clue],
    because: present.map((one) => because[one]).join(', and '),
  };
}

function mask(text: string, clue: Clue, facts: BuildFacts, other: BuildFacts): string {
  if (clue === 'hostname') return text.replaceAll(facts.hostname, '<host>');
  if (clue === 'build-path') return text.replaceAll(facts.context, '<path>');
  if (clue === 'wall-clock') return maskTimes(text, (at) => onlyDuring(at, facts, other));
  return maskTimes(text, (at) => Math.floor(at / 1000) * 1000 === seconds(facts.fileTime));
}

function isText(bytes: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return !/[\x00-\x08\x0e-\x1a\x1c-\x1f]/.test(bytes);
}

/** What differs, in words. */
function describe(
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
