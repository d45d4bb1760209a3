import { base, type Case, containerfile, procfile, without } from '../setup.ts';

const key = `-----BEGIN ${'PRIVATE'} KEY-----\n`;
const tracked = (...names: string[]) => ({ tracked: new Set(names) });
const remote = (url: string) => ({ remotes: [{ name: 'origin', url }] });
const all = Object.keys(base);

export const repositoryCases: readonly Case[] = [
  {
    rule: 'secret-in-procfile',
    bad: procfile('run: API_TOKEN=abcdef123456 /a'),
    at: 'Procfile:1',
    good: procfile('run: TOKEN_TTL=300 /a'),
  },
  {
    rule: 'secret-file',
    bad: { '.env': 'DB_PASSWORD=hunter2hunter2\n' },
    at: '.env',
    good: { '.env': 'PORT=8080\n', '.env.example': 'DB_PASSWORD=hunter2hunter2\n' },
  },
  {
    rule: 'secret-file',
    bad: { 'tls/server.pem': key },
    at: 'tls/server.pem',
    good: { 'tls/server.pem': '-----BEGIN CERTIFICATE-----\n' },
  },
  {
    rule: 'secret-file',
    bad: { 'api/tests/fixtures/server.pem': key },
    at: 'api/tests/fixtures/server.pem',
    says: /by its name, one of tests/,
    good: {},
  },
  {
    rule: 'untracked-file',
    bad: { files: {}, git: tracked(...all.filter((name) => name !== 'Procfile')) },
    at: 'Procfile',
    good: {},
  },
  {
    rule: 'uncommitted-file',
    bad: { files: {}, git: { modified: new Set(['Containerfile']) } },
    at: 'Containerfile',
    good: { files: {}, git: { modified: new Set(['src/main.rs']) } },
  },
  { rule: 'submodule', bad: { files: {}, git: { submodules: ['vendor/x'] } }, at: 'vendor/x', good: {} },
  {
    rule: 'lfs-pointer',
    bad: { '.gitattributes': '# Large\n*.bin filter=lfs -text\n' },
    at: '.gitattributes:2',
    good: { '.gitattributes': '*.bin -text\n' },
  },
  {
    rule: 'line-endings',
    bad: { files: {}, git: { autocrlf: 'true' } },
    at: '.gitattributes',
    good: { files: { '.gitattributes': '* text=auto eol=lf\n' }, git: { autocrlf: 'true' } },
  },
  {
    rule: 'copied-modes',
    bad: containerfile({ 11: 'COPY src /app' }),
    at: 'Containerfile:11',
    good: containerfile({ 11: 'COPY --chmod=0644 src /app' }),
  },
  {
    rule: 'private-remote',
    bad: { files: without(['app_sources']), git: remote('http://git.internal/a.git') },
    at: '',
    good: { files: without(['app_sources']), git: remote('git@github.com:team/a.git') },
  },
  {
    rule: 'remote-credentials',
    bad: { files: {}, git: remote('https://me:secret@example.com/a.git') },
    at: '',
    good: { files: {}, git: remote('https://example.com/a.git') },
  },
  { rule: 'unreadable-file', bad: { files: {}, damaged: ['Procfile'] }, at: 'Procfile', good: {} },
  {
    rule: 'unreadable-file',
    bad: { Containerfile: '#'.repeat(1_000_001) },
    at: 'Containerfile',
    good: { Containerfile: '#'.repeat(1000) },
  },
  {
    rule: 'ignore-without-reason',
    bad: procfile('# caution-ignore: debug-on', 'debug: true'),
    at: 'Procfile:1',
    good: procfile('# caution-ignore: debug-on for a day', 'debug: true'),
  },
  {
    rule: 'ignore-unused',
    bad: procfile('# caution-ignore: debug-on for a day'),
    at: 'Procfile:1',
    good: procfile('# caution-ignore: debug-on for a day', 'debug: true'),
  },
];
