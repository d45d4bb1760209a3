import { DockerfileParser, type Env } from 'dockerfile-ast';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type App, languageIds } from '../../../src/app.ts';
import { readHcl } from '../../../src/caution/hcl/read.ts';
import { parseProcfile } from '../../../src/caution/procfile.ts';
import { configurationOfProcfile } from '../../../src/caution/procfile-configuration.ts';
import { procfileLines } from '../../../src/caution/procfile-edit.ts';
import { languages } from '../../../src/languages/index.ts';
import { configurationOf } from '../../../src/scaffold/configuration.ts';
import { render } from '../../../src/scaffold/render.ts';
import { contradictions } from '../../../src/settings/further.ts';
import { checkAnswers, resolve } from '../../../src/settings/resolve.ts';
import { type Answers, isSwitch, type Known, type Setting } from '../../../src/settings/setting.ts';
import { settings } from '../../../src/settings/table/index.ts';
import { languageOptions } from '../../../src/settings/table/service.ts';
import { nasty } from '../caution/configurations.ts';

/** How many are tried: as many as `SETTINGS_RUNS` says, 100,000 where every suite runs whole, else a few. */
const numRuns = Number(process.env.SETTINGS_RUNS ?? (process.env.ALL === '1' ? 100_000 : 1_000));

/** Values that each setting takes, for what a hostile part is put into. */
const good: Partial<Record<keyof Answers, readonly string[]>> = {
  language: languageIds,
  name: ['app', 'my-app_1'],
  run: ['/app/server --flag', 'A=1 /usr/bin/node /app/x.js'],
  port: ['8080', '65535', '1'],
  httpPort: ['8080'],
  memory: ['512', '391168'],
  cpus: ['2', '46'],
  source: ['https://example.com/a.git', 'https://example.com/$' + '{COMMIT}.tgz'],
  env: ['A=b', "GREETING=it's", 'B=x y', 'C=$' + '{HOME}', 'D=%{if}', 'E="'],
  domain: ['a.example'],
  upstreamProtocol: ['http', 'h2c'],
  secret: ['TOKEN', 'DB'],
  egress: ['0.0.0.0/0', '203.0.113.0/24:443'],
  e2e: ['steve', 'tls'],
  e2eKeyExchange: ['xwing-draft10'],
  corsOrigin: ['https://a.example'],
  debug: ['true', 'false'],
  sshKey: ['ssh-ed25519 AAAA me'],
  awsRegion: ['eu-central-1'],
  awsVpcId: ['vpc-0123abcd'],
  awsSubnetId: ['subnet-0123abcd', 'subnet-0123abce'],
  format: ['procfile', 'hcl', 'both'],
  containerfile: ['Containerfile', 'deploy/api.Containerfile'],
};

function valueFor({ key }: Setting): fc.Arbitrary<string> {
  const known = fc.constantFrom(...(good[key] ?? ['x']));
  const spoilt = fc
    .tuple(known, nasty, fc.nat(20))
    .map(([value, evil, at]) => value.slice(0, at) + evil + value.slice(at));
  return fc.oneof({ weight: 6, arbitrary: known }, { weight: 1, arbitrary: nasty }, { weight: 2, arbitrary: spoilt });
}

const told = settings.filter(({ key }) => !['language', 'entry', 'release', 'stagexRegistry'].includes(key));

function answerTo(setting: Setting): fc.Arbitrary<[string, string | string[]]> {
  const value = isSwitch(setting) ? fc.constantFrom('true', 'false') : valueFor(setting);
  const given = setting.repeatable ? fc.array(value, { minLength: 1, maxLength: 2 }) : value;
  return given.map((one) => [setting.key, one]);
}

/** A few settings of a service, some of whose values are hostile. */
const answers: fc.Arbitrary<Answers> = fc
  .subarray(told, { minLength: 1, maxLength: 6 })
  .chain((some) => fc.tuple(fc.constantFrom(...languageIds), fc.tuple(...some.map(answerTo))))
  .map(([language, given]) => ({ ...Object.fromEntries(given), language }));

const known = (given: Answers): Known => ({
  ...{ answers: given, written: {}, detection: null, folderName: 'app', origin: null },
  ...{ language: languageIds.find((id) => id === given.language) ?? null, languageMemoryMb: 512 },
  ...{ languageChoices: languageOptions, undecided: false },
});

function appFrom(given: Answers): App | null {
  const of = known(given);
  return resolve(of, { dir: '' }, of.language === null ? null : languages[of.language]).app;
}

/** In double quotes a backslash escapes what follows. Source: https://docs.docker.com/reference/dockerfile/#env */
function unquoted(value: string): string {
  return value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value;
}

/** Keywords, and what of the answers stands in the Containerfile, as Docker reads it. */
function readBack(text: string): { keywords: string[]; env: Record<string, string>; entrypoint: unknown } {
  const instructions = DockerfileParser.parse(text).getInstructions();
  const final = instructions.slice(instructions.findLastIndex((one) => one.getKeyword() === 'FROM'));
  const last = (keyword: string) => final.find((one) => one.getKeyword() === keyword);
  const env = last('ENV') as Env | undefined;
  return {
    // The final stage's ENV is there when there are variables.
    keywords: instructions.filter((one) => one !== env).map((one) => one.getKeyword()),
    env: Object.fromEntries(
      (env?.getProperties() ?? []).map((one) => [one.getName(), unquoted(one.getUnescapedValue() ?? '')]),
    ),
    entrypoint: JSON.parse(last('ENTRYPOINT')?.getArgumentsContent() ?? 'null'),
  };
}

/** A Procfile, caution.hcl and Containerfile say what the app is, and nothing else. */
async function expectAsMeant(app: App, calm: App): Promise<void> {
  const meant = configurationOf(app);
  const calmed = new Map((await render(calm)).map((file) => [file.path, file.content]));
  for (const { path, content } of await render(app)) {
    if (path === 'Procfile') {
      expect(procfileLines(configurationOfProcfile(parseProcfile(content)))).toEqual(procfileLines(meant));
      expect(parseProcfile(content).unknown).toEqual([]);
    } else if (path === 'caution.hcl') {
      expect(readHcl(content)).toMatchObject({ configuration: meant, problems: [] });
    } else if (path === app.containerfile) {
      const { keywords, env, entrypoint } = readBack(content);
      expect(keywords).toEqual(readBack(calmed.get(calm.containerfile) ?? '').keywords);
      expect(entrypoint).toEqual(app.command);
      expect(env).toEqual(app.env);
    }
  }
}

describe('a hostile answer', () => {
  it('is refused with a message, or stands in the files as what it is and changes nothing else', {
    timeout: 3_600_000,
  }, async () => {
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(answers, async (given) => {
        const wrong = [
          ...checkAnswers(given),
          ...(checkAnswers(given).length === 0 ? contradictions(known(given)) : []),
        ];
        for (const { flag, reason } of wrong) {
          expect(flag).toMatch(/^--[a-z0-9-]+$/);
          expect(reason).toMatch(/[.:]?$/);
        }
        if (wrong.length > 0) return;
        const app = appFrom(given);
        const { env, run, name, containerfile, ...rest } = given;
        const calm = appFrom({ ...rest, ...(env ? { env: ['CALM=1'] } : {}) });
        expect(app).not.toBeNull();
        if (app === null || calm === null) return;
        taken += 1;
        await expectAsMeant(app, calm);
      }),
      { numRuns },
    );
    // Most answers are refused; a good part must not be, or nothing was shown.
    expect(taken).toBeGreaterThan(numRuns / 100);
  });
});
