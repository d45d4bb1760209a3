import type { PortRange } from '../configuration.ts';
import { joined } from '../ranges.ts';
import { isSame, nameOf } from './pieces.ts';
import type { AttributePiece, BlockPiece } from './print.ts';
import type { Block } from './tree.ts';

/** What becomes of blocks that may be there more than once. */
export interface Replacements {
  /** Blocks that stay, and say something else. */
  changed: { block: Block; from: BlockPiece; to: BlockPiece }[];
  removed: { block: Block; from: BlockPiece }[];
  added: BlockPiece[];
}

/** Blocks whose order counts: those at the beginning and the end that say the same stay. Null when they are others than said. */
export function inOrder(
  blocks: readonly Block[],
  from: readonly BlockPiece[],
  to: readonly BlockPiece[],
): Replacements | null {
  if (blocks.length !== from.length) return null;
  const most = Math.min(from.length, to.length);
  const same = (a: BlockPiece | undefined, b: BlockPiece | undefined) =>
    a !== undefined && b !== undefined && isSame(a, b);
  let first = 0;
  while (first < most && same(from[first], to[first])) first += 1;
  let last = 0;
  // What is added comes behind all that is there: those at the end stay only where nothing is.
  while (to.length <= from.length && last < most - first && same(from.at(-1 - last), to.at(-1 - last))) last += 1;
  const gone = blocks
    .slice(first, blocks.length - last)
    .map((block, index) => ({ block, from: from[first + index] as BlockPiece }));
  return paired(gone, to.slice(first, to.length - last));
}

/** Blocks of ports: those that are part of what is wanted stay, in any order. @param piece that says a range. */
export function byPorts(
  blocks: readonly Block[],
  wanted: readonly PortRange[],
  piece: (ports: PortRange) => BlockPiece,
): Replacements {
  const known = blocks.flatMap((block) => {
    const ports = portsOf(block);
    return ports ? { block, ports, from: piece(ports) } : [];
  });
  const parts = new Map<PortRange, PortRange[]>(wanted.map((range) => [range, []]));
  const wholes = known.map(({ ports }) => wholeOf(wanted, ports));
  for (const [index, { ports }] of known.entries()) parts.get(wholes[index] as PortRange)?.push(ports);
  const lacking = wanted.filter((range) => {
    const [sum, more] = joined(parts.get(range) ?? []);
    return more !== undefined || sum?.first !== range.first || sum.last !== range.last;
  });
  const incomplete = new Set<PortRange | null>(lacking);
  const gone = known.filter((_, index) => wholes[index] === null || incomplete.has(wholes[index] as PortRange));
  return paired(gone, lacking.map(piece));
}

/** The range that a part is within; null when there is none. @param ranges in order, apart from each other. */
function wholeOf(ranges: readonly PortRange[], part: PortRange): PortRange | null {
  let low = 0;
  let high = ranges.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((ranges[middle]?.first ?? 0) <= part.first) low = middle;
    else high = middle;
  }
  const found = ranges[low];
  return found && found.first <= part.first && part.last <= found.last ? found : null;
}

function paired(gone: readonly { block: Block; from: BlockPiece }[], come: readonly BlockPiece[]): Replacements {
  return {
    changed: gone
      .slice(0, come.length)
      .map(({ block, from }, index) => ({ block, from: asWritten(block, from), to: come[index] as BlockPiece })),
    removed: gone.slice(come.length),
    added: come.slice(gone.length),
  };
}

const portNames = ['port', 'start_port', 'end_port'];

/** A piece with the names that a block has for its ports, so that no other ones are left in it. */
function asWritten({ body }: Block, piece: BlockPiece): BlockPiece {
  const written = body.items.flatMap((item): AttributePiece[] =>
    item.kind === 'attribute' && portNames.includes(item.name)
      ? [{ kind: 'attribute', name: item.name, value: [] }]
      : [],
  );
  return { ...piece, items: [...piece.items.filter((one) => !portNames.includes(nameOf(one))), ...written] };
}

/** The ports of a block, as far as they are plain numbers. */
function portsOf({ body }: Block): PortRange | null {
  const number = (name: string) => {
    const item = body.items.findLast((one) => one.kind === 'attribute' && one.name === name);
    const value = item?.kind === 'attribute' && item.value.kind === 'number' ? item.value.value : null;
    return value === null ? null : Number(value);
  };
  const [first, last, port] = [number('start_port'), number('end_port'), number('port')];
  if (first !== null && last !== null) return { first, last };
  return port === null ? null : { first: port, last: port };
}
