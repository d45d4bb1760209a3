import { isDeepStrictEqual } from 'node:util';
import type { Configuration } from '../configuration.ts';
import { Changes } from './changes.ts';
import { documentOf, unnamed } from './document.ts';
import { editBody } from './edit-body.ts';
import type { BlockPiece, Piece } from './print.ts';
import { readHcl } from './read.ts';
import type { Body } from './tree.ts';
import { checked, writeHcl } from './write.ts';

/**
 * A caution.hcl that says something else: only what differs is changed; comments, order, line endings and what is no part
 * of a configuration stay as they are. A file that says it already comes back byte for byte.
 * One whose form leaves no other way, such as an enclave that is an attribute, is written anew.
 * @param text that the platform accepts.
 * @param to what reading the result gives; without a name the enclave keeps the one that it has.
 * @throws Error for a text that the platform refuses, and for what `writeHcl` refuses.
 */
export function editHcl(text: string, to: Configuration): string {
  const { configuration: from, syntax } = readHcl(text);
  if (from === null || syntax.body === null) throw new Error('not to be edited: the platform refuses it');
  const wanted = checked({ ...to, name: to.name ?? from.name });
  if (isSame(from, wanted)) return text;
  const changes = new Changes(text);
  editBody(changes, syntax.body, null, piecesOf(syntax.body, from, wanted), documentOf(wanted));
  const edited = changes.apply();
  const { configuration } = readHcl(edited);
  const isAsWanted =
    configuration !== null &&
    isSame(
      { ...configuration, name: wanted.name ?? configuration.name },
      { ...wanted, name: wanted.name ?? configuration.name },
    );
  return isAsWanted ? edited : writeHcl(wanted);
}

/** Whatever the prototypes of its records are. */
function isSame<T>(a: T, b: T): boolean {
  return isDeepStrictEqual(structuredClone(a), structuredClone(b));
}

/** What a file says; where it has to say it in another form, something that equals nothing. */
function piecesOf(body: Body, from: Configuration, to: Configuration): BlockPiece[] {
  const pieces = documentOf(from);
  // A machine without a provider is no part of a configuration, with one it is.
  if (from.aws === null && to.aws !== null) pieces.push(unknown('caution', ['machine_type']));
  // So is what stands in a block of encryption that is off, or is TLS.
  if (from.http && from.http.encryption?.mode !== 'steve' && to.http?.encryption?.mode === 'steve')
    setIn(pieces, ['enclave', 'network', 'http'], unknown('e2e_encryption', steveKeys));
  if (assigns(body) && !isSame([from.command, from.env, from.secrets], [to.command, to.env, to.secrets]))
    setIn(pieces, ['enclave'], { ...unknown('unit', ['command', 'args', 'env']), label: unnamed });
  return pieces;
}

const steveKeys = ['enabled', 'mode', 'key_exchange', 'cors_origins', 'allow_plaintext_fallback'];

function unknown(type: string, names: readonly string[]): BlockPiece {
  return { kind: 'block', type, items: names.map((name) => ({ kind: 'attribute', name, value: [] })) };
}

/** Puts a block into others, in the place of one of its kind. */
function setIn(pieces: Piece[], [type, ...inner]: readonly string[], block: BlockPiece): void {
  const found = pieces.find((piece): piece is BlockPiece => piece.kind === 'block' && piece.type === type);
  if (!found) return;
  if (inner.length > 0) setIn(found.items, inner, block);
  else found.items = [...found.items.filter((piece) => piece.kind !== 'block' || piece.type !== block.type), block];
}

/** Whether command and args set variables before the program. */
function assigns(body: Body): boolean {
  return body.items.some((item) => {
    if (item.kind === 'block') return assigns(item.body);
    return item.name === 'command' && item.value.kind === 'string' && /^[A-Za-z_]\w*=/.test(item.value.value);
  });
}
