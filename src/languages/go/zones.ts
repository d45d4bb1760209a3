import type { Finding } from '../../app.ts';
import { lineOf } from '../scan.ts';
import type { Reached } from './packages.ts';

/** A time zone that is loaded by its name, in a program that has no zones of its own. */
export function zoneFindings({ packages, imported }: Reached, tags: readonly string[]): Finding[] {
  if (imported.has('time/tzdata') || tags.includes('timetzdata')) return [];
  for (const { path, text } of packages.flatMap(({ files }) => files)) {
    const line = lineOf(text, /\btime\.LoadLocation\((?!\s*"(?:UTC|Local)?"\s*\))/);
    if (line === undefined) continue;
    return [
      {
        id: 'go-time-zones',
        level: 'warning',
        path,
        line,
        message: 'A time zone is loaded by its name, and the image has no zone files.',
        why: 'LoadLocation then fails for all but UTC and Local.',
        source: 'https://pkg.go.dev/time/tzdata',
        mend: 'Add `import _ "time/tzdata"` to package main: it puts the zones into the binary (450 KB).',
      },
    ];
  }
  return [];
}
