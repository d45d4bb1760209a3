import { describe, expect, it } from 'vitest';
import { check } from '../../../src/check/check.ts';
import { viewOf } from '../../../src/check/view.ts';
import { base, containerfile, type Files, findingsOf, gitOf, procfile } from './setup.ts';

const ids = (files: Files) => findingsOf({ files }).map(({ id }) => id);

describe('a comment that ignores a rule', () => {
  it('takes out the finding of the next line, and keeps it with its reason', () => {
    const files = {
      ...base,
      ...procfile('# caution-ignore: debug-on  until the first release ', '# More', 'debug: true'),
    };
    const { findings, suppressed } = check(viewOf(files, { git: gitOf(files) }));
    expect(findings).toEqual([]);
    expect(suppressed).toEqual([
      expect.objectContaining({ id: 'debug-on', path: 'Procfile', line: 3, reason: 'until the first release' }),
    ]);
  });

  it('says nothing of any other line, rule or file', () => {
    expect(ids(procfile('# caution-ignore: debug-on why not', 'memory: 600', 'debug: true'))).toContain('debug-on');
    expect(ids(procfile('# caution-ignore: odd-cpus why not', 'debug: true'))).toContain('debug-on');
    expect(
      ids({ ...containerfile({ 11: '# caution-ignore: debug-on why not' }), ...procfile('debug: true') }),
    ).toContain('debug-on');
  });

  it('stands before an instruction of the Containerfile, of however many lines', () => {
    const step =
      '# caution-ignore: cache-mount the cache is content-addressed\nRUN --mount=type=cache,target=/c \\\n  cargo fetch --locked';
    expect(ids(containerfile({ 6: step }))).toEqual([]);
  });

  it('takes out a finding without a line anywhere in its file', () => {
    const comment = '# caution-ignore: no-run caution.hcl will have it';
    expect(ids({ Procfile: `ports: 80\napp_sources: https://example.com/a\n${comment}\n` })).toEqual([]);
  });

  it('stands in a caution.hcl as well', () => {
    const hcl = (comment: string) => ({
      ...base,
      'caution.hcl': `enclave "a" {\n  debug {\n${comment}    enabled = true\n  }\n  unit "default" {\n    command = "/a"\n  }\n}\n`,
    });
    const debug = (files: Files) =>
      ids({ ...files, Procfile: 'debug: true\nrun: /a\n' }).filter((id) => id === 'debug-on');
    expect(debug(hcl(''))).toEqual(['debug-on']);
    expect(debug(hcl('    # caution-ignore: debug-on until the first release\n'))).toEqual([]);
  });

  it('takes out nothing without a reason', () => {
    expect(ids(procfile('# caution-ignore: debug-on', 'debug: true')).sort()).toEqual([
      'debug-on',
      'ignore-without-reason',
    ]);
  });
});
