import type { PortRange } from './configuration.ts';

/** Ranges in order, those that overlap as one. Neighbours stay two; what is no range (its first after its last) is left out. */
export function portRanges(ranges: Iterable<PortRange>): PortRange[] {
  const found: PortRange[] = [];
  for (const { first, last } of [...ranges].sort((a, b) => a.first - b.first || a.last - b.last)) {
    const before = found.at(-1);
    if (first > last) continue;
    if (before !== undefined && first <= before.last) before.last = Math.max(before.last, last);
    else found.push({ first, last });
  }
  return found;
}

/** Whether a port is in one of some ranges. */
export function covers(ranges: readonly PortRange[], port: number): boolean {
  return ranges.some(({ first, last }) => first <= port && port <= last);
}
