import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, it, onTestFinished } from 'vitest';
import { createCommand } from '../../../src/commands/create/index.ts';
import { UserError } from '../../../src/errors.ts';
import { parseArguments } from '../../../src/settings/flags.ts';

/** A run of `create` in a folder of these files; what it printed, and the error that it ended in. */
async function run(files: Readonly<Record<string, string>>, ...flags: string[]) {
  const cwd = mkdtempSync(path.join(tmpdir(), 'caution-create-'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(cwd, name)), { recursive: true });
    writeFileSync(path.join(cwd, name), text);
  }
  const invocation = parseArguments(['.', ...flags], {}, '0.0.0');
  if (invocation.command !== 'create') throw new Error('No run of create');
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const io = { input: new PassThrough(), env: {}, cwd, signal: new AbortController().signal, version: '0.0.0' };
  const output = { stdout, stderr, color: false, resultColor: false };
  const error = await createCommand(invocation.flags, { ...io, output }).catch((thrown: unknown) => thrown);
  const printed = String(stderr.read() ?? '').replace(/\s+/g, ' ');
  return { printed, document: JSON.parse(String(stdout.read() ?? 'null')), error };
}

const newer = { 'go.mod': 'module x\n\ngo 9.1\n', 'main.go': 'package main\n\nfunc main() {}\n' };
const sentence = 'The go line asks for Go 9.1';

it('What must change first is said once in the terminal', async () => {
  const { printed, error } = await run(newer, '--yes', '--port', '80');
  expect(error).toBeInstanceOf(UserError);
  const { message, exitCode, code } = error as UserError;
  expect([code, exitCode]).toEqual(['prepare', 1]);
  expect(`${printed} ${message}`.split(sentence)).toHaveLength(2);
  expect(message).toContain('1 error');
});

it('What must change first stands in the error of the JSON as well', async () => {
  const { document } = await run(newer, '--yes', '--port', '80', '--json');
  expect(document.error).toMatchObject({ code: 'prepare', message: expect.stringContaining(sentence) });
  expect(document.findings).toMatchObject([{ id: 'go-version' }]);
});

it('A folder that a shell would read otherwise is quoted in the command that names it', async () => {
  const services = Object.fromEntries(
    ['a;id', 'b'].flatMap((dir) => Object.entries(newer).map(([name, text]) => [`${dir}/${name}`, text])),
  );
  const { document } = await run(services, '--yes', '--json');
  expect(document.findings).toMatchObject([
    { id: 'several-services', mend: expect.stringContaining("caution-app 'a;id'") },
  ]);
});
