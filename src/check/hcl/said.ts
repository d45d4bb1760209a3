import type { Configuration } from '../../caution/configuration.ts';
import type { HclFile } from '../../caution/hcl/read.ts';
import type { Subject } from '../subject.ts';

/** What a caution.hcl says, and where. */
export interface Said {
  path: string;
  file: HclFile;
  configuration: Configuration;
  /** Whether a key is there, and where; `build.cache`, `unit.env.NAME` and so on. */
  has(key: string): boolean;
  at(key: string): { path: string; line?: number };
}

/** @returns null where there is no caution.hcl, or nothing can be read in it. */
export function saidBy({ hcl }: Subject): Said | null {
  if (hcl === null || hcl.link !== undefined || hcl.parsed.legible === null) return null;
  const { path, parsed } = hcl;
  const line = (key: string) => parsed.places.get(key)?.line;
  return {
    ...{ path, file: parsed, configuration: hcl.parsed.legible },
    has: (key) => parsed.places.has(key),
    at: (key) => {
      const found = line(key);
      return found === undefined ? { path } : { path, line: found };
    },
  };
}
