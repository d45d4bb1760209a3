import { describe, expect, it } from 'vitest';
import { detected, ids, node } from './detect.ts';

describe('variables', () => {
  it('are named with the place that reads them, and no value is ever shown', async () => {
    const found = await detected(
      'node',
      node('const a = process.env.LEVEL;\n// process.env.UNUSED\napp.listen(80)', {
        '.env.example': 'MY_TOKEN=hunter2\n',
      }),
    );
    expect(found.evidence).toContainEqual({ setting: 'variable', value: 'LEVEL', from: 'a.js:1' });
    expect(found.evidence).toContainEqual({ setting: 'secret', value: 'MY_TOKEN', from: '.env.example:1' });
    expect(JSON.stringify(found)).not.toMatch(/hunter2|UNUSED/);
  });

  it('that were given are not asked for again', async () => {
    const found = await detected('node', node('listen(process.env.LEVEL)'), { env: ['LEVEL'] });
    expect(ids(found)).not.toContain('variables-needed');
  });

  it('of an image lead the run command when they are public and no paths', async () => {
    const image = 'FROM node\nENV LEVEL=info MODE="a b"\nENV HOME=/x PATH=/y CONFIG=/etc/c OTHER=$LEVEL TOKEN=abc\n';
    const found = await detected('node', node('app.listen(80)', { Dockerfile: image }));
    expect(found.env).toEqual({ LEVEL: 'info', MODE: 'a b' });
    const named = found.findings
      .filter(({ id }) => id === 'container-variable')
      .map(({ message }) => message.split(' ')[0]);
    expect(named).toEqual(['CONFIG', 'OTHER']);
    expect(ids(found)).toContain('secret-in-source');
  });
});

describe('a name of any length', () => {
  const name = 'A'.repeat(60_000);

  it.each([
    ['app.json', JSON.stringify({ env: { [name]: {} } })],
    ['fly.toml', `[env]\n${name} = "x"\n[processes]\n${name} = "node a.js"\n`],
  ])('is no trouble in %s', async (file, text) => {
    const found = await detected('node', node('app.listen(80)', { [file]: text }));
    expect(ids(found)).toContain('variables-needed');
  });
});
