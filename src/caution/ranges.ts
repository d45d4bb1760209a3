import type { PortRange } from './configuration.ts';

/** Ports as ranges: sorted, neighbours joined, so that equal sets of ports are equal ranges. */
export function rangesOf(ports: readonly number[]): PortRange[] {
  return joined(ports.map((port) => ({ first: port, last: port })));
}

/** Ranges that overlap or touch as one; one that ends before it begins has no ports. */
export function joined(ranges: readonly PortRange[]): PortRange[] {
  const sums: PortRange[] = [];
  for (const { first, last } of [...ranges].sort((a, b) => a.first - b.first)) {
    const before = sums.at(-1);
    if (first > last) continue;
    if (before !== undefined && first <= before.last + 1) before.last = Math.max(before.last, last);
    else sums.push({ first, last });
  }
  return sums;
}

/** Every port of the ranges, in order. */
export function portsOf(ranges: readonly PortRange[]): number[] {
  return ranges.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, index) => first + index));
}

/** Whether a port is in one of some ranges. */
export function covers(ranges: readonly PortRange[], port: number): boolean {
  return ranges.some(({ first, last }) => first <= port && port <= last);
}
