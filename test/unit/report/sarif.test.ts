import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { check } from '../../../src/check/check.ts';
import { rules } from '../../../src/check/rules.ts';
import { viewOf } from '../../../src/check/view.ts';
import { isSarif, sarifLog } from '../../../src/report/sarif.ts';
import { containerfileCases } from '../check/cases/containerfile.ts';
import { procfileCases } from '../check/cases/procfile.ts';
import { repositoryCases } from '../check/cases/repository.ts';
import { base, type Files, gitOf, procfile, removed, setupOf } from '../check/setup.ts';
import { sarifShape } from './sarif-shape.ts';

const valid = new Ajv({ strict: false }).compile(sarifShape);

interface Log {
  runs: {
    results: { ruleId: string; ruleIndex: number; level: string; suppressions?: unknown[]; locations: unknown[] }[];
  }[];
}

function logOf(files: Files): Log {
  const contents = Object.fromEntries(Object.entries({ ...base, ...files }).filter(([, text]) => text !== removed));
  return sarifLog(check(viewOf(contents, { git: gitOf(contents) })), rules, '1.2.3') as Log;
}

/** Set to the official schema's file, the logs are held against that as well. It is not part of this repository. */
const official = process.env.SARIF_SCHEMA;

describe('a SARIF log', () => {
  it.each([...containerfileCases, ...procfileCases, ...repositoryCases].map((one) => [one.rule, one.at, one] as const))(
    'is valid with %s at %s',
    (_, __, { bad }) => {
      const log = logOf(setupOf(bad).files);
      expect(valid(log), JSON.stringify(valid.errors)).toBe(true);
      for (const { ruleId, ruleIndex } of log.runs[0]?.results ?? []) expect(rules[ruleIndex]?.id).toBe(ruleId);
    },
  );

  it('names every rule, also when nothing was found', () => {
    const log = logOf({});
    expect(log.runs[0]?.results).toEqual([]);
    expect(JSON.stringify(log)).toContain('"id":"debug-on"');
    expect(isSarif(JSON.stringify(log, null, 2))).toBe(true);
  });

  it('keeps what is suppressed, with the reason', () => {
    const [result] = logOf(procfile('# caution-ignore: debug-on for a day', 'debug: true')).runs[0]?.results ?? [];
    expect(result?.suppressions).toEqual([{ kind: 'inSource', justification: 'for a day' }]);
  });

  it('writes paths as addresses', () => {
    const log = logOf({ 'a b/é%.env': '', 'a b/#/.env': 'A_TOKEN=abcdefgh1234' });
    expect(valid(log), JSON.stringify(valid.errors)).toBe(true);
    expect(JSON.stringify(log)).toContain('"uri":"a%20b/%23/.env"');
  });

  it.skipIf(official === undefined)('is valid by the official schema', () => {
    // Of draft 04, which Ajv reads as well but for its names of itself.
    const { $schema: _, id: __, ...schema } = JSON.parse(readFileSync(official ?? '', 'utf8'));
    const byOfficial = new Ajv({ strict: false, validateFormats: false }).compile(schema);
    const files = [...containerfileCases, ...procfileCases].map(({ bad }) => setupOf(bad).files);
    for (const each of files) expect(byOfficial(logOf(each)), JSON.stringify(byOfficial.errors)).toBe(true);
  });
});
