import { describe, expect, it } from 'vitest';
import { measuredTree } from '../../../src/caution/measure.ts';
import { explain } from '../../../src/explain/explain.ts';
import { compareTrees } from '../../../src/image/compare.ts';
import { readImage } from '../../../src/image/image.ts';
import { type TarMember, writeTar } from '../../../src/image/tar-writer.ts';
import { makePairs, type Pair } from '../../planted/pairs.ts';
import { type Found, judgeDifferences } from '../../planted/run.mjs';
import { archiveOf, temporary } from '../image/layers.ts';

const pairs = await makePairs();

/** An archive of an image with one file, and one that never differs. */
async function imageOf(file: string, content: string | Buffer | null): Promise<string> {
  const members = [member('app/same', 'same\n'), ...(content === null ? [] : [member(file.slice(1), content)])];
  const parts: Buffer[] = [];
  for await (const part of writeTar(members)) parts.push(part);
  return archiveOf([Buffer.concat(parts)]);
}

function member(name: string, content: string | Buffer): TarMember {
  const body = Buffer.from(content);
  return { path: name, type: 'file', mode: 0o644, link: '', size: body.length, content: once(body) };
}

async function* once(body: Buffer): AsyncGenerator<Buffer> {
  yield body;
}

async function compare({ path: file, contents }: Pair): Promise<Found[]> {
  const read = async (content: string | Buffer | null) => {
    const image = await readImage(await imageOf(file, content), { spool: temporary() });
    return { image, measured: measuredTree(image.tree) };
  };
  const found: Found[] = [];
  for (const difference of compareTrees([await read(contents[0]), await read(contents[1])])) {
    const { carrier, ...explained } = await explain(difference, {
      names: ['a.tar', 'b.tar'],
      facts: [null, null],
      script: null,
      experiments: [],
    });
    const { path, inEnclave } = difference;
    found.push({ path: `/${path}`, inEnclave, ...explained, ...(carrier ? { carrier } : {}) });
  }
  return found;
}

describe('what two machines make of one source', () => {
  it('is prepared for every cause that one machine cannot provoke', () => {
    const causes = ['kernel', 'cpu', 'user', 'locale', 'timezone', 'build-path', 'directory-order', 'codegen-units'];
    causes.push('vcs-stamp', 'database-order', 'unlocked-dependency', 'network', 'environment', 'archive-metadata');
    expect(pairs.map(({ plants }) => plants)).toEqual(expect.arrayContaining(causes));
    expect(new Set(pairs.map(({ name }) => name)).size).toBe(pairs.length);
  });

  it.each(pairs)('is never given a wrong cause with certainty: $name ($plants)', async (pair) => {
    const differences = (await compare(pair)).filter(({ inEnclave, path }) => inEnclave && path === pair.path);
    expect(differences).toHaveLength(1);
    const { found, verdict, problems } = judgeDifferences(pair, differences);
    expect(problems, JSON.stringify(found)).toEqual([]);
    if (process.env.SHOW_PAIRS) process.stdout.write(`${JSON.stringify([pair.name, pair.plants, verdict, found])}\n`);
  });
});
