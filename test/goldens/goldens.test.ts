import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createCommand } from '../../src/commands/create/index.ts';
import { parseArguments } from '../../src/settings/flags.ts';

/**
 * A case is a folder: `arguments.json` (what is typed), perhaps `input` (what is there), `expected` (the tree afterwards)
 * and `expected.json` (what `--json` prints). A case with a file `repository` is one that git knows: there the context is
 * the root, whatever folder is named. `npm run goldens` writes the last two again; read their diff.
 */
const cases = path.join(import.meta.dirname, 'cases');
const update = process.env.UPDATE_GOLDENS === '1';

function treeOf(folder: string): Record<string, string> {
  if (!existsSync(folder)) return {};
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && !/[\\/]\.git(?![^\\/])/.test(entry.parentPath),
  );
  return Object.fromEntries(
    files
      .map((entry) => path.join(entry.parentPath, entry.name))
      .sort()
      .map((at) => [path.relative(folder, at).replaceAll('_gitignore', '.gitignore'), readFileSync(at, 'utf8')]),
  );
}

interface Case {
  tree: Record<string, string>;
  document: { outcome: string; files: { path: string; action: string }[] };
  /** The same command in the folder as it is now. */
  again: () => Promise<Case['document']>;
}

/** Runs the command in this process, in a copy of the input, without a commit and without building. */
async function runCase(folder: string): Promise<Case> {
  const work = mkdtempSync(path.join(tmpdir(), 'caution-golden-'));
  onTestFinished(() => rmSync(work, { recursive: true, force: true }));
  const input = path.join(folder, 'input');
  if (existsSync(input)) cpSync(input, work, { recursive: true });
  if (existsSync(path.join(folder, 'repository'))) execFileSync('git', ['init', '--quiet', work]);
  const document = await create(folder, work);
  return { tree: treeOf(work), document, again: () => create(folder, work) };
}

async function create(folder: string, work: string): Promise<Case['document']> {
  const typed: string[] = JSON.parse(readFileSync(path.join(folder, 'arguments.json'), 'utf8'));
  const invocation = parseArguments([...typed, '--yes', '--json', '--no-verify', '--no-git'], {}, '0.0.0');
  if (invocation.command !== 'create') throw new Error('A golden is a run of create');
  const stdout = new PassThrough();
  const chunks: Buffer[] = [];
  stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  await createCommand(invocation.flags, {
    output: { stdout, stderr: new PassThrough(), color: false, resultColor: false },
    input: new PassThrough(),
    env: {},
    cwd: work,
    signal: new AbortController().signal,
    version: '0.0.0',
  });
  return JSON.parse(Buffer.concat(chunks).toString());
}

function capture(folder: string, tree: Record<string, string>, document: unknown): void {
  const expected = path.join(folder, 'expected');
  rmSync(expected, { recursive: true, force: true });
  for (const [name, content] of Object.entries(tree)) {
    // A .gitignore in a golden would hide other goldens from git.
    const at = path.join(expected, name.replaceAll('.gitignore', '_gitignore'));
    mkdirSync(path.dirname(at), { recursive: true });
    writeFileSync(at, content);
  }
  writeFileSync(path.join(folder, 'expected.json'), `${JSON.stringify(document, null, 2)}\n`);
}

describe('what is written', () => {
  it.each(readdirSync(cases))('%s', async (name) => {
    const folder = path.join(cases, name);
    const { tree, document, again } = await runCase(folder);
    if (update) capture(folder, tree, document);
    expect(tree).toEqual(treeOf(path.join(folder, 'expected')));
    expect(document).toEqual(JSON.parse(readFileSync(path.join(folder, 'expected.json'), 'utf8')));
    // What was written is known again.
    const written = document.outcome === 'ready' && document.files.every(({ action }) => action !== 'conflict');
    const { files } = written ? await again() : { files: [] };
    expect(files.filter(({ action }) => action !== 'identical')).toEqual([]);
  });
});
