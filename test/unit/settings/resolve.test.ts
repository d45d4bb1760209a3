import { describe, expect, it } from 'vitest';
import type { Detection, Language } from '../../../src/languages/language.ts';
import { checkAnswers, flagsOf, resolve, unansweredSettings } from '../../../src/settings/resolve.ts';
import { type Answers, flagName, type Known } from '../../../src/settings/setting.ts';
import { settings } from '../../../src/settings/table/index.ts';
import { languageOptions } from '../../../src/settings/table/service.ts';

const language: Language = {
  id: 'go',
  label: 'Go',
  hint: '',
  memoryMb: 512,
  images: [],
  starter: { manager: 'go', entry: '.', env: { PORT: '' }, build: { binary: 'server' } },
  runnable: ({ entry }) => ({ command: ['/app/server', entry], env: {}, build: { package: entry } }),
  checkEntry: (entry) => (entry === 'bad' ? 'It is bad.' : null),
};

const detection: Detection = {
  language: 'go',
  manager: 'go',
  name: 'Found Name',
  entry: './cmd/api',
  entries: ['./cmd/api'],
  port: 3000,
  env: { PORT: '' },
  evidence: [{ setting: 'port', value: 3000, from: 'main.go:7' }],
  findings: [],
  blocked: false,
  build: {},
};

const known = (answers: Answers, found: Detection | null = null): Known => ({
  answers,
  detection: found,
  folderName: 'my folder',
  written: {},
  origin: null,
  language: 'go',
  languageMemoryMb: 512,
  languageChoices: languageOptions,
  undecided: false,
});

describe('resolving', () => {
  it('a starter needs its language alone; everything else has a default', () => {
    const { app, outcome } = resolve(known({ language: 'go' }), { dir: '' }, language);
    expect(outcome).toBe('ready');
    expect(app).toMatchObject({
      name: 'my-folder',
      ports: [8080],
      httpPort: 8080,
      env: { PORT: '8080' },
      memoryMb: 512,
      containerfile: 'Containerfile',
    });
  });
  it('what was said wins over what was found, which then is no evidence any more', () => {
    const { app, evidence } = resolve(known({ language: 'go', port: ['9000'] }, detection), { dir: '' }, language);
    expect(app).toMatchObject({ ports: [9000], env: { PORT: '9000' }, entry: './cmd/api', name: 'Found-Name' });
    expect(evidence).toEqual([]);
  });
  it('what an existing Procfile says comes before what the code says', () => {
    const with_procfile = {
      ...known({ language: 'go' }, detection),
      written: { port: ['7000', '7001'], memory: '2048' },
    };
    expect(resolve(with_procfile, { dir: '' }, language).app).toMatchObject({
      ports: [7000, 7001],
      httpPort: 7000,
      memoryMb: 2048,
    });
  });
  it('several entries and no port are asked for, both at once', () => {
    const open = { ...detection, entry: null, port: null, entries: ['./a', './b'] };
    expect(resolve(known({}, open), { dir: '' }, language)).toMatchObject({
      outcome: 'ask',
      app: null,
      missing: ['--entry', '--port'],
    });
  });
  it('a whole run command makes an entry unnecessary, and leads with public configuration', () => {
    const open = { ...detection, entry: null };
    const { app } = resolve(known({ run: 'A=1 /app/server --x', env: ['B=two words'] }, open), { dir: '' }, language);
    expect(app).toMatchObject({ env: { A: '1', B: 'two words' }, command: ['/app/server', '--x'] });
  });
  it('an error among the findings means that the service must be prepared, or is blocked', () => {
    const finding = { id: 'x', level: 'error', message: '', why: '', mend: '' } as const;
    const broken = { ...detection, findings: [finding] };
    expect(resolve(known({}, broken), { dir: '' }, language).outcome).toBe('prepare');
    expect(resolve(known({}, { ...broken, blocked: true }), { dir: '' }, language).outcome).toBe('blocked');
  });
  it('an entry that the language refuses is an error', () =>
    expect(resolve(known({ entry: 'bad' }, detection), { dir: '' }, language)).toMatchObject({
      outcome: 'prepare',
      app: null,
    }));
  it('a mirror is put before the name of the organisation, once', () => {
    const registry = (stagexRegistry: string) =>
      resolve(known({ language: 'go', stagexRegistry }), { dir: '' }, language).app?.registry;
    expect([registry('quay.io'), registry('quay.io/stagex'), registry('localhost:5000/mirror')]).toEqual([
      'quay.io/stagex',
      'quay.io/stagex',
      'localhost:5000/mirror/stagex',
    ]);
  });
  it('the flags of an app give the same app again', () => {
    const answers = {
      language: 'go',
      port: ['90', '80'],
      httpPort: '90',
      source: ['https://a.example/x'],
      env: ['A=b c'],
    };
    const { app } = resolve(known(answers), { dir: '' }, language);
    if (!app) throw new Error('no app');
    const flags = flagsOf(app, answers);
    expect(flags.join(' ')).toBe(
      '--language go --name my-folder --port 80 --port 90 --http-port 90 --memory 512 --source https://a.example/x --env A=b c',
    );
  });
});

describe('the settings table', () => {
  it('has one flag a setting, and a refusal for the empty value of each', () => {
    expect(new Set(settings.map(flagName)).size).toBe(settings.length);
    for (const setting of settings)
      expect([flagName(setting), setting.check('')]).toEqual([flagName(setting), expect.any(String)]);
  });
  it('every default passes its own check', () => {
    for (const setting of settings) {
      const values = [setting.fallback(known({ language: 'go' }))].flat().filter((value) => value !== null);
      for (const value of values) expect([flagName(setting), setting.check(value)]).toEqual([flagName(setting), null]);
    }
  });
  it('what would be asked for a starter is language, name and port', () =>
    expect(unansweredSettings(known({})).map(flagName)).toEqual(['--language', '--name', '--port']));
  it('hostile answers are refused, each with its flag', () => {
    const wrong = checkAnswers({
      name: 'a\nb',
      entry: '`id`',
      source: ['https://a b'],
      env: ['A B=c', 'X=a\nrun: /b'],
      containerfile: '../x',
    });
    expect(wrong.map(({ flag }) => flag)).toEqual([
      '--name',
      '--entry',
      '--source',
      '--env',
      '--env',
      '--containerfile',
    ]);
  });
});
