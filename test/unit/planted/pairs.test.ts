import { describe, expect, it } from 'vitest';
import { measuredTree } from '../../../src/caution/measure.ts';
import { explain } from '../../../src/explain/explain.ts';
import { compareTrees } from '../../../src/image/compare.ts';
import { readImage } from '../../../src/image/image.ts';
import { writePair } from '../../planted/archives.mjs';
import { makePairs, type Pair } from '../../planted/pairs.mjs';
import { type Found, judgeDifferences, namedWellEnough } from '../../planted/run.mjs';
import { temporary } from '../image/layers.ts';

const pairs = await makePairs();

async function compare(pair: Pair): Promise<Found[]> {
  const read = async (archive: string) => {
    const image = await readImage(archive, { spool: temporary() });
    return { image, measured: measuredTree(image.tree) };
  };
  const [a, b] = await writePair(pair, temporary());
  const found: Found[] = [];
  for (const difference of compareTrees([await read(a), await read(b)])) {
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
    const { found, problems } = judgeDifferences(pair, differences);
    expect(problems, JSON.stringify(found)).toEqual([]);
  });

  it('is named right in nine of ten pairs', async () => {
    const judged = [];
    for (const pair of pairs) judged.push({ name: pair.name, ...judgeDifferences(pair, await compare(pair)) });
    const others = judged.filter(({ verdict }) => verdict !== 'right').map(({ name, found }) => [name, found?.cause]);
    expect(namedWellEnough(judged), JSON.stringify(others)).toBe(true);
  });
});
