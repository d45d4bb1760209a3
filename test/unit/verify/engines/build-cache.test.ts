import { describe, expect, it } from 'vitest';
import { commandOf, readContainerfile } from '../../../../src/verify/containerfile.ts';
import { buildxCache, listRecords, readRecords } from '../../../../src/verify/engines/build-cache.ts';
import type { ContainerCli } from '../../../../src/verify/engines/cli.ts';

const record = (ID: string, Description: string, Type = 'regular') => JSON.stringify({ ID, Type, Description });

/** A builder with a cache: lists it, and removes what the filter names. */
function builder(records: string[], { obeys = true, says = true } = {}) {
  const commands: string[][] = [];
  let lines = records;
  const cli: ContainerCli = {
    program: 'docker',
    start: () => {
      throw new Error('nothing is started here');
    },
    run: async (args) => {
      commands.push([...args]);
      if (args[1] === 'prune' && obeys) {
        const filter = new RegExp(args.at(-1)?.replace('id~=', '') ?? '');
        const removed = lines.filter((line) => filter.test(JSON.parse(line).ID));
        lines = lines.filter((line) => !removed.includes(line));
        const rows = removed.map((line) => `${JSON.parse(line).ID}*  \ttrue \t4.096kB  \t2 minutes ago`);
        const stdout = ['ID\tRECLAIMABLE\tSIZE\tLAST ACCESSED', ...(says ? rows : []), 'Total:\t4.096kB'].join('\n');
        return { ok: true, stdout, stderr: '', notStarted: null, exitCode: 0 };
      }
      return { ok: true, stdout: lines.join('\n'), stderr: '', notStarted: null, exitCode: 0 };
    },
  };
  return { cli, cache: buildxCache(cli, 'mine'), left: () => lines.map((line) => JSON.parse(line).ID), commands };
}

const own = { names: new Set(['[build 2/4] COPY . .']), commands: ['make all', ''] };

describe('the build cache', () => {
  it('loses what a run added, and nothing that was there or that others added', async () => {
    const { cache, left } = builder([
      record('old', '[build 2/4] COPY . .'),
      record('copy', '[build 2/4] COPY . .'),
      record('run', 'mount / from exec /bin/sh -euc make  all\n--fast'),
      record('other', 'mount / from exec /bin/sh -c make install'),
      record('context', 'local source for context', 'source.local'),
      record('mounted', 'cached mount /root/.cache from exec /bin/sh -euc make all', 'exec.cachemount'),
    ]);
    expect(await cache.removeNew(new Set(['old']), own)).toBe(true);
    expect(left()).toEqual(['old', 'other', 'mounted']);
  });

  it('is looked at again when the builder does not say what it removed', async () => {
    const { cache, left } = builder([record('copy', '[build 2/4] COPY . .')], { says: false });
    expect(await cache.removeNew(new Set(), own)).toBe(true);
    expect(left()).toEqual([]);
  });

  it('is not asked for twice before a build', async () => {
    const { cli, commands } = builder([record('copy', '[build 2/4] COPY . .')]);
    const cache = buildxCache(cli, 'mine', await listRecords(cli));
    expect(await cache.ids(new AbortController().signal)).toEqual(new Set(['copy']));
    expect(commands).toEqual([['buildx', 'du', '--format', 'json']]);
  });

  it('says when a step stays', async () => {
    const { cache } = builder([record('copy', '[build 2/4] COPY . .')], { obeys: false });
    expect(await cache.removeNew(new Set(), own)).toBe(false);
  });

  it('asks in batches, and never with an id that could be something else in an expression', async () => {
    const many = Array.from({ length: 250 }, (_, index) => record(`id${index}`, '[build 2/4] COPY . .'));
    const { cache, left, commands } = builder([...many, record('.*', '[build 2/4] COPY . .')]);
    await cache.removeNew(new Set(), own);
    expect(commands.filter(([, word]) => word === 'prune')).toHaveLength(3);
    expect(left()).toEqual(['.*']);
    expect(readRecords('\nnot json\n{"ID":1}\nnull')).toEqual([]);
  });
});

describe('the beginning of a command', () => {
  it.each([
    ['RUN make all', 'make all'],
    ['RUN --network=none --mount=type=cache,target=/x make \\\n  all', 'make all'],
    ['RUN <<EOF\nset -eu\nmake all\nEOF', 'set -eu make all EOF'],
    ['COPY . .', ''],
  ])('of %j is %j', (line, expected) => {
    const step = readContainerfile(`FROM x\n${line}`).stages[0]?.steps[0];
    expect(step && commandOf(step)).toBe(expected);
  });
});
