import type { Piece } from './print.ts';
import type { Body } from './tree.ts';

/** The name of an attribute, or the type of a block; empty for a comment. */
export function nameOf(item: Body['items'][number] | Piece): string {
  if (item.kind === 'attribute') return item.name;
  return item.kind === 'block' ? item.type : '';
}

/** Whether two pieces say the same; comments are not compared. */
export function isSame(a: Piece | null, b: Piece): boolean {
  return bare(a) === bare(b);
}

function bare(piece: Piece | null): string {
  return JSON.stringify(piece, (key, value) => (key === 'note' || value?.kind === 'note' ? undefined : value));
}
