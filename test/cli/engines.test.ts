import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli, scratch, treeOf } from './harness.ts';

/** A folder with a `docker` that answers each question with a fixed text; a question without one fails. */
function fakeDocker(folder: string, answers: Record<string, string>): string {
  const bin = path.join(folder, 'bin');
  mkdirSync(bin);
  const cases = Object.entries(answers).map(([question, answer]) => `"${question}"*) printf '%s\\n' '${answer}' ;;`);
  const script = `#!/bin/sh\ncase "$*" in\n${cases.join('\n')}\n*) echo "unknown command: $*" >&2; exit 1 ;;\nesac\n`;
  writeFileSync(path.join(bin, 'docker'), script);
  chmodSync(path.join(bin, 'docker'), 0o755);
  return `${bin}:${process.env.PATH}`;
}

const version = (server: string) => JSON.stringify({ Client: { Version: server }, Server: { Version: server } });
const buildx = (number: string) => `github.com/docker/buildx ${number} abc`;
const builder = 'Name: default\nDriver: docker\nStatus: running';

describe('an engine that does not serve', () => {
  it.each([
    [
      'is older than Docker 23',
      { version: version('20.10.24'), 'buildx version': buildx('v0.14.0') },
      /20\.10\.24 is too old: 23\.0\.0/,
    ],
    ['has only the legacy builder', { version: version('24.0.7') }, /no buildx: the legacy builder/],
    [
      'has a buildx without a readable progress',
      { version: version('24.0.7'), 'buildx version': buildx('v0.10.0'), 'buildx inspect': builder },
      /buildx v?0\.10\.0 is too old/,
    ],
    ['does not answer', { version: '{"Client":{"Version":"28.0.0"},"Server":null}' }, /does not answer/],
    [
      'has a builder that is gone',
      { version: version('28.0.0'), 'buildx version': buildx('v0.20.0') },
      /builder cannot be used/,
    ],
  ])('%s: exit 4, says what to do, and keeps what was written', async (_what, answers, message) => {
    const folder = scratch();
    const PATH = fakeDocker(folder, answers);
    const { exitCode, stderr } = await runCli(['svc', '--language', 'go', '--yes'], folder, { PATH });
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/Install|Start it|Choose another/);
    expect(treeOf(folder)).toHaveProperty('svc/Containerfile');
  });
});
