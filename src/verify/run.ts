import type { Override } from '../stagex/references.ts';
import type { Images } from './build/images.ts';
import type { CacheKeeper } from './cache-keeper.ts';
import type { Containerfile } from './containerfile.ts';
import type { Engine } from './engines/engine.ts';
import type { Source } from './source/checkout.ts';
import type { FindStep } from './step-names.ts';
import type { VerifyRequest } from './types.ts';

/** What one verification works with. */
export interface Run {
  request: VerifyRequest;
  /** In the order in which builds are given to them; at least one. */
  engines: readonly [Engine, ...Engine[]];
  /** How many builds are held against each other. */
  builds: number;
  source: Source;
  /** The Containerfile, as it stands and as it is read. */
  text: string;
  file: Containerfile;
  overrides: Override[];
  findStep: FindStep;
  /** Temporary folder; removed at the end. */
  folder: string;
  cache: CacheKeeper;
  images: Images;
  /** Label of containers and images that this run makes. */
  label: string;
}
