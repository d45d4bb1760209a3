import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/errors.ts';
import { type Image, readImage } from '../../../src/image/image.ts';
import { archiveOf, rawHeader, tarOf, temporary } from './layers.ts';

/** More of them on request: `FUZZ_RUNS=20000 npx vitest run --project unit test/unit/image/fuzz.test.ts`. */
const runs = Number(process.env.FUZZ_RUNS ?? 300);
const timeout = 30_000 + 30 * runs;

/** A spool folder in a folder that holds nothing else, so that whatever is written beside it is seen. */
async function readAlone(archive: string): Promise<{ read: Image | UserError; beside: string[] }> {
  const parent = temporary();
  const spool = path.join(parent, 'spool');
  mkdirSync(spool);
  const read = await readImage(archive, { spool }).catch((error: unknown) => {
    if (error instanceof UserError) return error;
    throw error;
  });
  return { read, beside: readdirSync(parent) };
}

/** What holds of every tree, whatever the layers say. */
function expectSound(read: Image | UserError): void {
  if (read instanceof UserError) {
    expect(read.code).toBe('bad-image');
    return;
  }
  const paths = [...read.tree.keys()];
  expect(paths).toEqual([...paths].sort());
  for (const [at, inode] of read.tree) {
    if (at === '') continue;
    expect(at.split('/').filter((part) => part === '' || part === '.' || part === '..')).toEqual([]);
    expect(at).not.toMatch(/(^|\/)\.wh\./);
    expect(read.tree.get(at.slice(0, Math.max(0, at.lastIndexOf('/'))))?.type).toBe('directory');
    expect(inode.sha256).toMatch(inode.type === 'file' ? /^[0-9a-f]{64}$/ : /^$/);
  }
}

/** Mostly what could be; then what is odd; then anything. */
const names = fc.oneof(
  { weight: 30, arbitrary: fc.constantFrom('a', 'b', 'a/b', 'b/a/c', './a', '/b', 'a/', 'l', 'l/x', 'h', 'a/b/h') },
  { weight: 5, arbitrary: fc.constantFrom('.wh.a', 'a/.wh.b', 'a/.wh..wh..opq', '.wh..wh..opq', 'l/.wh.x') },
  { weight: 1, arbitrary: fc.constantFrom('.', '..', 'a/../b', '../b', '', 'a//b', '.wh.') },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
);
const entry = fc.record({
  name: names,
  type: fc.oneof(
    { weight: 40, arbitrary: fc.constantFrom(...'0001225'.split('')) },
    { weight: 1, arbitrary: fc.constantFrom(...'346gxKLSV7Z'.split(''), '\0') },
  ),
  /** Where a link leads to a whiteout's name, engines make a folder of that name. */
  link: names.filter((name) => !name.includes('.wh.')),
  size: fc.oneof({ weight: 40, arbitrary: fc.nat(600) }, { weight: 1, arbitrary: fc.constant(2 ** 33 - 1) }),
  /** What really follows, where it is not what the header says. */
  content: fc.oneof(
    { weight: 40, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 1100 }) },
  ),
});

function layerOf(entries: readonly { name: string; type: string; link: string; size: number; content: unknown }[]) {
  const parts = entries.flatMap(({ content, ...header }) => {
    const empty = '1257'.includes(header.type) || header.name.endsWith('/');
    const bytes =
      content instanceof Uint8Array ? Buffer.from(content) : Buffer.alloc(empty ? 0 : Math.min(header.size, 4096), 'x');
    return [rawHeader({ ...header, size: empty ? 0 : header.size }), bytes, Buffer.alloc(-bytes.length & 511)];
  });
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

describe('a fuzzed image', () => {
  it('is a sound tree or a bad image, whatever entries its layers have', { timeout }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(entry, { maxLength: 8 }), { minLength: 1, maxLength: 3 }), async (layers) => {
        const { read, beside } = await readAlone(
          await archiveOf(layers.map(layerOf), { pack: (layer) => gzipSync(layer) }),
        );
        expectSound(read);
        expect(beside).toEqual(['spool']);
      }),
      { numRuns: runs },
    );
  });

  it('is a sound tree or a bad image, wherever its archive is cut, altered, doubled or shifted', {
    timeout,
  }, async () => {
    const layers = [
      await tarOf([
        { name: 'a/b', content: 'text' },
        { name: 'l', type: 'symlink', linkname: 'a' },
      ]),
      await tarOf([
        { name: 'a/.wh.b' },
        { name: 'l/x', content: 'y'.repeat(700) },
        { name: 'h', type: 'link', linkname: 'l/x' },
      ]),
    ];
    const sound = readFileSync(await archiveOf(layers, { pack: (layer) => gzipSync(layer) }));
    const place = fc.nat(sound.length - 1);
    const change = fc.oneof(
      fc.record({ kind: fc.constant('alter'), at: place, bytes: fc.uint8Array({ minLength: 1, maxLength: 4 }) }),
      fc.record({ kind: fc.constant('cut'), at: place, bytes: fc.constant(new Uint8Array()) }),
      fc.record({ kind: fc.constant('shift'), at: place, bytes: fc.uint8Array({ maxLength: 512 }) }),
      fc.record({ kind: fc.constant('double'), at: place, bytes: fc.constant(new Uint8Array()) }),
    );
    const apply = (archive: Buffer, { kind, at, bytes }: { kind: string; at: number; bytes: Uint8Array }): Buffer => {
      const [before, after] = [archive.subarray(0, at), archive.subarray(at)];
      if (kind === 'cut') return before;
      if (kind === 'shift') return Buffer.concat([before, bytes, after]);
      if (kind === 'double') return Buffer.concat([archive, after]);
      return Buffer.concat([before, bytes, after.subarray(bytes.length)]);
    };
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const archive = path.join(temporary(), 'image.tar');
        writeFileSync(archive, changes.reduce(apply, sound));
        const { read, beside } = await readAlone(archive);
        expectSound(read);
        expect(beside).toEqual(['spool']);
      }),
      { numRuns: runs },
    );
  });
});
