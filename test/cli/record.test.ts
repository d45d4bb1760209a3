import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli, scratch } from './harness.ts';

const example = readFileSync(path.resolve(import.meta.dirname, '../../schema/examples/statement.json'), 'utf8');
const service = { 'svc/Containerfile': 'FROM scratch\n', 'svc/Procfile': 'run: /app\n' };
/** No engine answers there: what is refused is refused before one is asked. */
const env = { DOCKER_HOST: 'unix:///nowhere/docker.sock', CREATE_CAUTION_APP_IMAGES: undefined };

async function refused(args: string[], files: Record<string, string>) {
  const folder = scratch({ ...service, ...files });
  const { exitCode, stdout } = await runCli(['verify', 'svc', '--json', ...args], folder, env);
  return { exitCode, code: JSON.parse(stdout).error.code, folder };
}

describe('before anything is built', () => {
  it('a file that is no record is not written over', async () => {
    const { exitCode, code, folder } = await refused(['--record', 'notes.json'], { 'notes.json': '{"mine": true}' });
    expect({ exitCode, code }).toEqual({ exitCode: 1, code: 'record-exists' });
    expect(readFileSync(path.join(folder, 'notes.json'), 'utf8')).toBe('{"mine": true}');
  });

  it.each([
    ['is not there', 'no-record', {}],
    ['is no record', 'bad-record', { 'r.json': '{"predicateType": "https://slsa.dev/provenance/v1"}' }],
    ['is of another version', 'record-version', { 'r.json': example.replace('verification/v1', 'verification/v2') }],
    [
      'was made on stand-ins',
      'stand-in-record',
      { 'r.json': example.replace('"standIns": []', '"standIns": ["pallet-go: localhost/pallet-go"]') },
    ],
  ])('a record that %s is refused', async (_, wanted, files) => {
    const { exitCode, code } = await refused(['--expect', 'r.json'], files as Record<string, string>);
    expect({ exitCode, code }).toEqual({ exitCode: 1, code: wanted });
  });

  it('one record for two services is wrong usage', async () => {
    const { exitCode, code } = await refused(['svc', '--record', 'r.json'], {});
    expect({ exitCode, code }).toEqual({ exitCode: 2, code: 'usage' });
  });

  it('a record that can be used leads on to the engine', async () => {
    const folder = scratch(service);
    writeFileSync(path.join(folder, 'r.json'), example);
    const args = ['verify', 'svc', '--json', '--expect', 'r.json', '--record', 'r.json'];
    const { exitCode, stdout } = await runCli(args, folder, env);
    expect({ exitCode, code: JSON.parse(stdout).error.code }).toEqual({ exitCode: 4, code: 'no-engine' });
    expect(readFileSync(path.join(folder, 'r.json'), 'utf8')).toBe(example);
  });
});
