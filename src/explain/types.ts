import type { Difference } from '../verify/types.ts';

/** The conditions of one build: what in a result could come from them. */
export interface BuildFacts {
  hostname: string;
  /** Absolute path of the checkout. */
  context: string;
  umask: number;
  /** Value of Caution's CACHEBUST argument; null when there was none. */
  cacheBust?: string | null;
  /** Time of the checkout's files. */
  fileTime: Date;
  /** When the build ran, by the engine's clock; milliseconds since 1970. */
  began: number;
  ended: number;
}

/** A condition that builds can share, or differ in. */
export type Condition = 'path' | 'hostname' | 'mtime' | 'umask';

/** A further build, some of whose conditions were the first build's, all others the second's; and what became of the path. */
export interface Experiment {
  /** The conditions that were the first build's. */
  held: readonly Condition[];
  /** Whether the path came out as in the first build. */
  same: boolean;
  /** Whether it came out as in the second. */
  asSecond: boolean;
}

/** What is known beside the two images. */
export interface ExplainContext {
  /** What the two sides are called: `build 1`, or an archive's name. */
  names: readonly [string, string];
  /** Null for an image of which nobody knows how it was built. */
  facts: readonly [BuildFacts | null, BuildFacts | null];
  /** The instruction that brought the path in, heredocs included; null when it is not known. */
  script: string | null;
  /** Sources that the instruction names, as far as they are known: hints, never proof. */
  sources?: string;
  experiments: readonly Experiment[];
}

/** Where a difference comes from. */
export type Explanation = Pick<Difference, 'cause' | 'certain' | 'carrier' | 'evidence' | 'mend'>;
