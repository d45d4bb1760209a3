import type { WordPair } from './differing.ts';
import type { Hints } from './hints.ts';

/** What a pair of differing words looks like. */
export interface Look {
  cause: string;
  because: string;
}

/** What is known beside the words. */
export interface Around {
  hints: Hints;
  /** Whether it is known when each build ran: then a time that belongs to neither is no build's clock. */
  timed: boolean;
}

/** Says what a pair of words looks like, by one kind of origin; null when it looks like nothing of that kind. */
export type Classify = (pair: WordPair, around: Around) => Look | null;
