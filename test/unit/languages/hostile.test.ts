import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseProcfile } from '../../../src/caution/procfile.ts';
import { parseRun } from '../../../src/caution/words.ts';
import { printable } from '../../../src/output.ts';
import { render } from '../../../src/scaffold/render.ts';
import { hostileWord, mutation, type Spoilt } from './hostile/mutations.ts';
import { calm, shapeOf } from './hostile/shape.ts';
import { attempt, type Outcome, type Trial } from './hostile/trial.ts';

/** How many are tried: so many as `HOSTILE_RUNS` says, 10,000 where every suite runs whole, else a few. */
const asked = process.env.HOSTILE_RUNS ?? (process.env.ALL === '1' ? '10000' : undefined);
const runs = Number(asked ?? 300);

/** Detection of a spoilt service may take this long; a busy machine is given a second chance. */
const longest = 1000;

const cases = path.join(import.meta.dirname, '../../goldens/cases');

/** The services of the goldens, which are what is spoilt. */
const seeds: ReadonlyMap<string, Buffer>[] = readdirSync(cases)
  .map((name) => path.join(cases, name, 'input'))
  .filter((folder) => statSync(folder, { throwIfNoEntry: false })?.isDirectory())
  .map(
    (folder) =>
      new Map(
        readdirSync(folder, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => path.join(entry.parentPath, entry.name))
          .map((at) => [path.relative(folder, at), readFileSync(at)]),
      ),
  );

const folderName = hostileWord().map((word) => word.replace(/[\0/]/g, '').slice(0, 40));

/** A service of the goldens with one to four things wrong with it. */
const trial: fc.Arbitrary<Trial> = fc
  .record({
    seed: fc.constantFrom(...seeds),
    mutations: fc.array(mutation(), { minLength: 1, maxLength: 4 }),
    folder: fc.oneof({ weight: 9, arbitrary: fc.constant('') }, { weight: 1, arbitrary: folderName }),
    repository: fc.nat(19).map((n) => n === 0),
    overwrite: fc.boolean(),
    choice: fc.nat(10),
  })
  .map(({ seed, mutations, folder, repository, ...rest }) => {
    const service: Spoilt = { files: new Map(seed), links: new Map() };
    for (const mutate of mutations) mutate(service);
    const below = folder.trim() === '' || folder === '.' || folder === '..' ? '' : folder;
    return { service, folder: below, repository: repository || below !== '', ...rest };
  });

/** Which files were made or changed. */
function changed({ before, after }: Outcome): string[] {
  return [...after].filter(([name, content]) => before.get(name) !== content).map(([name]) => name);
}

/** Nothing that was written means more than it should: what was decided says what must stand there. */
async function expectAsMeant(outcome: Outcome): Promise<void> {
  const { app, after } = outcome;
  const names = changed(outcome);
  if (app === null) {
    expect(names).toEqual([]);
    return;
  }
  const rendered = new Map((await render(app)).map(({ path: at, content }) => [at, content]));
  // Where the repository deploys another service, this one's Procfile stands in its own folder.
  const own = `${app.dir}/Procfile`;
  if (names.includes(own)) rendered.set(own, rendered.get('Procfile') ?? '');
  const calmApp = calm(app);
  const twin = new Map((await render(calmApp)).map(({ path: at, content }) => [at, content]));
  expect(names.filter((name) => !rendered.has(name) && !/dockerignore$/.test(name))).toEqual([]);
  for (const [at, content] of rendered) {
    if (after.get(at) !== Buffer.from(content).toString('latin1')) continue;
    const calmed = twin.get(at === app.containerfile ? calmApp.containerfile : at === own ? 'Procfile' : at) ?? '';
    if (at === app.containerfile) expect(shapeOf(content)).toEqual(shapeOf(calmed));
    if (at !== 'Procfile' && at !== own) continue;
    const { run, lines } = parseProcfile(content);
    expect(parseRun(run ?? '')).toEqual({ env: app.env, command: app.command });
    expect(Object.keys(lines)).toEqual(Object.keys(parseProcfile(calmed).lines));
  }
}

describe('the shape of a Containerfile', () => {
  it.each([
    ['RUN npm run INJ3CT', 'RUN npm run calm0', true],
    [`RUN npm run 'a; INJ3CT $(b)'`, 'RUN npm run calm0', true],
    ['RUN npm run a; INJ3CT', 'RUN npm run calm0', false],
    ['RUN npm run "$(INJ3CT)"', 'RUN npm run calm0', false],
    ['RUN npm run --INJ3CT', 'RUN npm run calm0', false],
    ['RUN go build -tags=INJ3CT', 'RUN go build -tags=calm0', true],
    ['RUN go build -tags=INJ3CT;x', 'RUN go build -tags=calm0', false],
    ['RUN go build --INJ3CT=x', 'RUN go build --calm0=x', false],
    ['RUN npm run a\nRUN INJ3CT', 'RUN npm run calm0', false],
    ['RUN <<-EOF\n\tcp INJ3CT b\nEOF', 'RUN <<-EOF\n\tcp calm0 b\nEOF', true],
    ['RUN <<-EOF\n\tcp INJ3CT\nEOF\nUSER b\n', 'RUN <<-EOF\n\tcp calm0\nEOF', false],
    ['ENV A="INJ3CT b"', 'ENV A=calm0', true],
    ['ENV A=--INJ3CT', 'ENV A=calm0', true],
    ['ENV A=INJ3CT b=c', 'ENV A=calm0', false],
    ['ENV A="$INJ3CT"', 'ENV A=calm0', false],
    ['COPY INJ3CT b', 'COPY calm0 b', true],
    ['COPY INJ3CT c b', 'COPY calm0 b', false],
    ['COPY --INJ3CT b', 'COPY calm0 b', false],
    ['ENTRYPOINT ["INJ3CT\\n"]', 'ENTRYPOINT ["calm0"]', true],
    ['ENTRYPOINT ["INJ3CT","b"]', 'ENTRYPOINT ["calm0"]', false],
  ])('%j is like %j: %s', (hostile, calmed, same) => {
    expect(JSON.stringify(shapeOf(hostile)) === JSON.stringify(shapeOf(calmed))).toBe(same);
  });
});

describe('a hostile service', () => {
  const plain = (): Map<string, Buffer> =>
    new Map([
      ['go.mod', Buffer.from('module example.com/team/orders\n\ngo 1.25.0\n')],
      ['main.go', Buffer.from('package main\n\nfunc main() {\n\thttp.ListenAndServe(":8080", nil)\n}\n')],
    ]);

  it('is not onboarded from a folder whose name reads as an option', async () => {
    const service: Spoilt = { files: plain(), links: new Map() };
    const outcome = await attempt({ service, folder: '--chmod', repository: true, overwrite: false, choice: 0 });
    expect(outcome.app).toBeNull();
    expect(outcome.printed).toContain('COPY would take it for an option');
  });

  it('may have a Procfile that is a link to something endless: it is not read', async () => {
    const service: Spoilt = { files: plain(), links: new Map([['Procfile', '/dev/zero']]) };
    const outcome = await attempt({ service, folder: '', repository: false, overwrite: true, choice: 0 });
    expect(outcome.printed).toContain('Procfile is a link');
  });

  it(
    'ends in an answer, in time, with nothing written but what was meant, and nothing outside',
    async () => {
      await fc.assert(
        fc.asyncProperty(trial, async (one) => {
          let outcome = await attempt(one);
          if (outcome.ms > longest) outcome = await attempt(one);
          expect(outcome.ms).toBeLessThan(longest);
          expect(outcome.printed).toBe(printable(outcome.printed));
          expect(outcome.outside[1]).toEqual(outcome.outside[0]);
          await expectAsMeant(outcome);
        }),
        {
          numRuns: runs,
          // On a busy machine fewer will do, unless their number was asked for.
          ...(asked ? {} : { interruptAfterTimeLimit: 45_000 }),
          ...(process.env.HOSTILE_SEED ? { seed: Number(process.env.HOSTILE_SEED) } : {}),
        },
      );
    },
    60_000 + runs * 250,
  );
});
