/** Contents of which a part differs, as byte strings. */
export interface Texts {
  kind: 'texts';
  /** Where inside the file: `config.json in the archive`; `''` for the file itself. */
  where: string;
  a: string;
  b: string;
  /** Whether all of the contents is here, or only what lies around the differences. */
  whole: boolean;
  /** What it comes from when nothing in it is certain. */
  otherwise?: { cause: string; because: string };
}

/** A time that a format keeps in a field of its own. Milliseconds since 1970, as if the writer's zone were UTC. */
export interface Times {
  kind: 'times';
  where: string;
  a: number;
  b: number;
  /** How coarse the field is, in milliseconds. */
  step: number;
}

/** Permission bits that an archive keeps, with those of the type where it keeps these as well. */
export interface Modes {
  kind: 'modes';
  where: string;
  a: number;
  b: number;
  directory: boolean;
}

/** Something that names its own origin. */
export interface Mark {
  kind: 'mark';
  where: string;
  cause: string;
  because: string;
}

/** The same members, keys or items in another order. */
export interface Order {
  kind: 'order';
  where: string;
  items: readonly string[];
  /** The items in the second's order. */
  other: readonly string[];
}

/** One way in which two contents differ. */
export type Trait = Texts | Times | Modes | Mark | Order;

/** What a reader may spend, and how it has contents inside its format looked at. */
export interface Scope {
  /** How deep in other formats the contents lie. */
  depth: number;
  /** Bytes that may still be unpacked, in all formats together: small archives can hold very much. */
  budget: { bytes: number };
  /** Takes what lies inside apart, one level deeper. */
  dissect: (a: Buffer, b: Buffer) => Trait[];
}

/** What a reader makes of two contents: how they differ, as far as the format says; null when it is not its format. */
export type Reader = (a: Buffer, b: Buffer, scope: Scope) => Trait[] | null;

/** The traits of something inside, named by where it is. */
export function within(where: string, traits: readonly Trait[]): Trait[] {
  return traits.map((trait) => ({ ...trait, where: trait.where === '' ? where : `${trait.where}, ${where}` }));
}
