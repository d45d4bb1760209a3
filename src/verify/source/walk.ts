import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import ignore, { type Ignore } from 'ignore';

/** The files of a folder that no .gitignore excludes; each .gitignore speaks for its own folder and those below it. */
export async function filesWithoutGit(root: string): Promise<string[]> {
  const names: string[] = [];
  await walk(root, '', [], names);
  return names;
}

type Rules = readonly { base: string; rules: Ignore }[];

async function walk(root: string, folder: string, rules: Rules, names: string[]): Promise<void> {
  const own = await readFile(path.join(root, folder, '.gitignore'), 'utf8').catch(() => null);
  const all = own === null ? rules : [...rules, { base: folder, rules: ignore().add(own) }];
  for (const entry of await readdir(path.join(root, folder), { withFileTypes: true })) {
    if (entry.name === '.git') continue;
    const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (isIgnored(entry.isDirectory() ? `${name}/` : name, all)) continue;
    if (entry.isDirectory()) await walk(root, name, all, names);
    else names.push(name);
  }
}

function isIgnored(name: string, all: Rules): boolean {
  // The deepest .gitignore that has an opinion wins, as in git.
  for (const { base, rules } of [...all].reverse()) {
    const verdict = rules.test(base === '' ? name : name.slice(base.length + 1));
    if (verdict.ignored) return true;
    if (verdict.unignored) return false;
  }
  return false;
}
