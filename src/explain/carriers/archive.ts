import { type Scope, type Trait, within } from '../trait.ts';

/** A member of an archive, whatever the archive's format. */
export interface ArchiveMember {
  name: string;
  /** Milliseconds since 1970; null where the format keeps none. */
  time: number | null;
  mode: number | null;
  owner: string;
  directory: boolean;
  /** As the archive holds it: equal bytes are not unpacked. */
  stored: Buffer;
  /** The content itself. */
  open: () => Buffer;
}

export interface Archive {
  members: readonly ArchiveMember[];
  /** All bytes that the members do not tell: what differs there, differs as well. */
  rest: Buffer;
}

/** Bytes from one place up to another. */
export type Range = readonly [from: number, to: number];

/** What is left of bytes without ranges. */
export function without(bytes: Buffer, ranges: readonly Range[]): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  for (const [from, to] of [...ranges].sort(([one], [other]) => one - other)) {
    if (from > at) parts.push(bytes.subarray(at, from));
    at = Math.max(at, to);
  }
  parts.push(bytes.subarray(at));
  return Buffer.concat(parts);
}

/** Contents of members that are taken apart, and traits of all kinds. */
const maxOpened = 200;
const maxTraits = 50_000;

/** Some of what differs was not looked at: nothing can be certain. */
export const more: Trait = { kind: 'mark', where: '', cause: 'unknown', because: 'more differs than is looked at' };

/**
 * Holds the members of two archives against each other.
 * @param step how coarse the format's times are, in milliseconds.
 */
export function compareMembers(a: Archive, b: Archive, step: number, scope: Scope): Trait[] {
  const traits: Trait[] = [];
  const [left, right] = [numbered(a.members), numbered(b.members)];
  const onlyA = a.members.filter((_, index) => !right.has(left.keys[index] ?? ''));
  const onlyB = b.members.filter((_, index) => !left.has(right.keys[index] ?? ''));
  const reordered = onlyA.length + onlyB.length === 0 && left.keys.some((key, index) => right.keys[index] !== key);
  if (onlyA.length + onlyB.length > 0) {
    const [namesA, namesB] = [onlyA, onlyB].map((members) => members.map(({ name }) => name).join('\n'));
    traits.push({ kind: 'texts', where: 'names of members', a: namesA ?? '', b: namesB ?? '', whole: true });
    if (onlyA.length !== onlyB.length) traits.push(more);
  } else if (reordered) {
    const [items, other] = [a, b].map(({ members }) => members.map(({ name }) => name));
    traits.push({ kind: 'order', where: 'members', items: items ?? [], other: other ?? [] });
  }
  // Members that only their names tell apart stand in each other's place.
  const others = new Map(onlyA.map((member, index) => [member, onlyB[index]]));
  const pairs = a.members.flatMap((member, index): [ArchiveMember, ArchiveMember][] => {
    const other = others.get(member) ?? right.get(left.keys[index] ?? '');
    return other ? [[member, other]] : [];
  });
  traits.push(...comparePairs(pairs, step, scope));
  if (!reordered && !a.rest.equals(b.rest)) traits.push(rests(a.rest, b.rest));
  return traits;
}

function comparePairs(pairs: readonly [ArchiveMember, ArchiveMember][], step: number, scope: Scope): Trait[] {
  const traits: Trait[] = [];
  let opened = 0;
  for (const [member, other] of pairs) {
    if (!member.stored.equals(other.stored)) opened += 1;
    if (opened > maxOpened || traits.length > maxTraits) return [...traits, more];
    traits.push(...within(member.name, compareMember(member, other, step, scope)));
  }
  return traits;
}

function rests(a: Buffer, b: Buffer): Trait {
  const because = 'fields beside the contents of its members differ';
  const otherwise = { cause: 'archive-metadata', because };
  return { kind: 'texts', where: 'headers', a: a.toString('latin1'), b: b.toString('latin1'), whole: true, otherwise };
}

/** Members by their name, and by how many of that name come before: archives may hold one name twice. */
function numbered(members: readonly ArchiveMember[]) {
  const counts = new Map<string, number>();
  const keys = members.map(({ name }) => {
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    return `${count} ${name}`;
  });
  const found = new Map(members.map((member, index) => [keys[index] ?? '', member]));
  return { keys, get: (key: string) => found.get(key), has: (key: string) => found.has(key) };
}

function compareMember(a: ArchiveMember, b: ArchiveMember, step: number, scope: Scope): Trait[] {
  const traits: Trait[] = [];
  if (a.time !== null && b.time !== null && a.time !== b.time)
    traits.push({ kind: 'times', where: 'time', a: a.time, b: b.time, step });
  if (a.mode !== null && b.mode !== null && a.mode !== b.mode)
    traits.push({ kind: 'modes', where: 'mode', a: a.mode, b: b.mode, directory: a.directory });
  if (a.owner !== b.owner)
    traits.push({ kind: 'mark', where: '', cause: 'archive-metadata', because: `owner ${a.owner} and ${b.owner}` });
  if (!a.stored.equals(b.stored)) traits.push(...compareContents(a.open(), b.open(), scope));
  return traits;
}

function compareContents(a: Buffer, b: Buffer, scope: Scope): Trait[] {
  if (!a.equals(b)) return scope.dissect(a, b);
  return [{ kind: 'mark', where: '', cause: 'archive-metadata', because: 'the same content is packed otherwise' }];
}
