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

const maxTraits = 200;

/**
 * Holds the members of two archives against each other.
 * @param step how coarse the format's times are, in milliseconds.
 */
export function compareMembers(
  a: readonly ArchiveMember[],
  b: readonly ArchiveMember[],
  step: number,
  scope: Scope,
): Trait[] {
  const traits: Trait[] = [];
  const others = new Map(b.map((member) => [member.name, member]));
  const names = new Set(a.map(({ name }) => name));
  const only = [...a.filter(({ name }) => !others.has(name)), ...b.filter(({ name }) => !names.has(name))];
  if (only.length > 0) {
    const missing = [a.filter(({ name }) => !others.has(name)), b.filter(({ name }) => !names.has(name))];
    const [left, right] = missing.map((members) => members.map(({ name }) => name).join('\n'));
    traits.push({ kind: 'texts', where: 'names of members', a: left ?? '', b: right ?? '', whole: true });
  } else if (a.some(({ name }, index) => b[index]?.name !== name)) {
    traits.push({
      kind: 'order',
      where: 'members',
      items: a.map(({ name }) => name),
      other: b.map(({ name }) => name),
    });
  }
  for (const member of a) {
    const other = others.get(member.name);
    if (other && traits.length < maxTraits)
      traits.push(...within(member.name, compareMember(member, other, step, scope)));
  }
  return traits;
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
