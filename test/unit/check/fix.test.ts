import { describe, expect, it } from 'vitest';
import { mendFiles } from '../../../src/fix/files.ts';
import { containerfileCases } from './cases/containerfile.ts';
import { procfileCases } from './cases/procfile.ts';
import { repositoryCases } from './cases/repository.ts';
import {
  base,
  containerfile,
  type Files,
  findingsOf,
  procfile,
  removed,
  type Setup,
  setupOf,
  without,
} from './setup.ts';

/** The files that the changes of a setup's findings, of one rule or all, leave. */
function fixed({ files, ...rest }: Setup, rule?: string): Setup & { changed: Files } {
  const contents: Files = { ...base, ...files };
  const changes = findingsOf({ files, ...rest }).flatMap(({ id, fixes }) =>
    rule === undefined || id === rule ? fixes : [],
  );
  const read = (file: string) => (contents[file] === removed ? null : (contents[file] ?? null));
  const changed = Object.fromEntries(mendFiles(changes, read).map(({ path, content }) => [path, content]));
  return { files: { ...files, ...changed }, ...rest, changed };
}

const cases = [...procfileCases, ...containerfileCases, ...repositoryCases];
const mendable = cases.filter(({ rule, bad }) =>
  findingsOf(setupOf(bad)).some(({ id, fixes }) => id === rule && fixes.length > 0),
);

describe('the change that a finding offers', () => {
  it.each(mendable.map((one) => [one.rule, one.at, one] as const))('mends %s at %s', (rule, _, { bad }) => {
    const after = fixed(setupOf(bad), rule);
    const left = findingsOf(after);
    expect(left.filter(({ id, fixes }) => id === rule && fixes.length > 0)).toEqual([]);
    const before = findingsOf(setupOf(bad)).map(({ id }) => id);
    expect(left.map(({ id }) => id).filter((id) => !before.includes(id))).toEqual([]);
  });

  it('makes a file that is not there', () => {
    const { changed } = fixed(setupOf({ '.dockerignore': removed }), 'copies-git');
    expect(changed).toEqual({ '.dockerignore': '**/.git\n' });
  });

  it('keeps comments, order and line endings', () => {
    const text = '# Ours\r\nrun: /a\r\nprots: 8080 \r\n\r\n# End\r\n';
    const { changed } = fixed(setupOf({ ...procfile(), Procfile: text }), 'unknown-key');
    expect(changed.Procfile).toBe('# Ours\r\nrun: /a\r\nports: 8080 \r\n\r\n# End\r\n');
  });

  it('changes several things of one file at once', () => {
    const { changed } = fixed(setupOf(without(['ports'], 'cpus: 3', 'e2e: yes', 'prots: 8080')));
    expect(changed.Procfile).toContain('cpus: 4\ne2e: true\nports: 8080\n');
  });

  it('locks an install only where there is a lock file', () => {
    const step = containerfile({ 6: 'RUN npm install' });
    expect(fixed(setupOf(step), 'unlocked-install').changed).toEqual({});
    const { changed } = fixed(setupOf({ ...step, 'package-lock.json': '' }), 'unlocked-install');
    expect(changed.Containerfile).toContain('\nRUN npm ci\n');
  });
});
