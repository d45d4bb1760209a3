import { describe, expect, it } from 'vitest';
import { projectOf } from '../../../src/languages/project.ts';
import { servicesBelow } from '../../../src/surroundings/services.ts';
import { detected, ids, node } from './detect.ts';

const web = 'app.listen(3000)';
const compose = (text: string) => ({ 'compose.yaml': `services:\n  a:\n    build: .\n${text}` });
const pod = (text: string) => ({
  'k8s/deployment.yaml': `kind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n        - name: a\n${text}`,
});

describe('what Caution cannot run', () => {
  it.each<[string, Record<string, string>, string]>([
    ['a mounted engine', compose('    volumes: [/var/run/docker.sock:/var/run/docker.sock]\n'), 'needs-docker'],
    [
      'an engine in a pod',
      pod('      volumes:\n        - hostPath: { path: /run/containerd/containerd.sock }\n'),
      'needs-docker',
    ],
    ['an installed engine', { Dockerfile: 'FROM debian\nRUN apt-get install -y docker.io\n' }, 'needs-docker'],
    ['a reserved GPU', compose('    gpus: all\n'), 'needs-gpu'],
    ['a GPU of a pod', pod('          resources: { limits: { nvidia.com/gpu: 1 } }\n'), 'needs-gpu'],
    ['a machine with a GPU', { 'fly.toml': '[[vm]]\nsize = "a100-40gb"\n' }, 'needs-gpu'],
    ['an image for a GPU', { Dockerfile: 'FROM nvidia/cuda:12.0-base\n' }, 'needs-gpu'],
    ['a process manager', { Dockerfile: 'FROM debian\nCMD ["supervisord"]\n' }, 'several-processes'],
    ['a background process', { Dockerfile: 'FROM debian\nCMD node worker.js & node a.js\n' }, 'several-processes'],
  ])('is %s', async (_, files, id) => {
    const found = await detected('node', node(web, files));
    expect(found.blocked).toBe(true);
    expect(found.findings).toContainEqual(expect.objectContaining({ id, level: 'error' }));
  });

  it('is UDP alone', async () => {
    const only = await detected('node', node("import dgram from 'node:dgram';\ndgram.createSocket('udp4').bind(53)"));
    expect(only.blocked).toBe(true);
    const both = await detected('node', node(web, { Dockerfile: 'FROM node\nEXPOSE 3000 53/udp\n' }));
    expect(both.blocked).toBe(false);
    expect(ids(both)).toContain('udp-not-reached');
  });

  it('is a client of an engine in a small service; in a large one it may be one of many things', async () => {
    const files = node(`import Docker from 'dockerode';\n${web}`);
    expect((await detected('node', files)).blocked).toBe(true);
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`lib/${at}.js`, '']));
    const large = await detected('node', { ...files, ...many });
    expect(large.blocked).toBe(false);
    expect(large.findings).toContainEqual(expect.objectContaining({ id: 'needs-docker', level: 'warning' }));
  });

  it('is not what another service of the compose file needs', async () => {
    const files = { 'compose.yaml': 'services:\n  a: { build: . }\n  b: { image: ollama, gpus: all }\n' };
    expect((await detected('node', node(web, files))).blocked).toBe(false);
  });

  it('is lifted by the command of one process', async () => {
    const files = node(web, { Dockerfile: 'FROM debian\nCMD ["supervisord"]\n' });
    expect((await detected('node', files, { run: true })).blocked).toBe(false);
  });
});

describe('several processes of one code', () => {
  const files = node(web, { Procfile: 'web: node a.js\nworker: node b.js\nrelease: node c.js\n', 'b.js': '' });

  it('are a question', async () => {
    const found = await detected('node', files);
    expect(found).toMatchObject({ entry: null, blocked: false });
    expect(found.entries).toContain('a.js');
  });

  it('are named once one of them was', async () => {
    const found = await detected('node', files, { entry: true });
    expect(found.entry).toBe('a.js');
    expect(ids(found)).toEqual(expect.arrayContaining(['several-processes', 'start-steps', 'procfile-of-another']));
  });
});

describe('hostile files', () => {
  const bomb = `a: &a [${'x,'.repeat(9)}x]\n${'bcdefghi'
    .split('')
    .map((name, at) => `${name}: &${name} [${`*${'abcdefghi'[at]},`.repeat(9)}x]`)
    .join('\n')}\n`;

  it.each<[string, string]>([
    ['a bomb of aliases', `${bomb}services:\n  a:\n    build: .\n    ports: *i\n`],
    ['deep brackets', '['.repeat(100_000)],
    ['deep dashes', '- '.repeat(100_000)],
    ['an alias to itself', 'services: &s\n  a: *s\n'],
    ['no YAML', 'services: {\u0000'],
    ['merge keys in a circle', 'x: &x\n  <<: *x\nservices: *x\n'],
  ])('end in an answer: %s', async (_, text) => {
    const start = Date.now();
    await detected('node', node(web, { 'compose.yaml': text }));
    expect(Date.now() - start).toBeLessThan(1000);
  });

  it('cannot write into a command or a terminal', async () => {
    const image = 'FROM node\nENV A="x\u001b[31m" B="a\\nb"\nEXPOSE 80;rm\nCMD ["node", "a.js", "x\\n--evil"]\n';
    const found = await detected('node', node(web, { Dockerfile: image }));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what may not be there
    expect([...Object.values(found.env), ...(found.args ?? [])].join(' ')).not.toMatch(/[\x00-\x1f\x7f]/);
  });
});

describe('services below a folder', () => {
  it('are those with something to run', async () => {
    const project = projectOf({
      'services/api/package.json': '{ "scripts": { "start": "node a.js" } }',
      'services/api/a.js': web,
      'packages/shared/package.json': '{ "name": "shared", "exports": "./index.js" }',
      'examples/demo/package.json': '{ "scripts": { "start": "node a.js" } }',
      'jobs/requirements.txt': 'flask\n',
      'jobs/app.py': 'from flask import Flask\napp = Flask(__name__)\n',
    });
    expect(await servicesBelow(project, undefined)).toEqual([
      { dir: 'jobs', language: 'python', from: 'jobs/requirements.txt' },
      { dir: 'services/api', language: 'node', from: 'services/api/package.json' },
    ]);
    expect(await servicesBelow(project, 'go')).toEqual([]);
  });
});
