import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRun } from '../../../src/caution/words.ts';
import { applyMends } from '../../../src/fix/block.ts';
import { mendOf, patchOf } from '../../../src/fix/fix.ts';
import { readContainerfile } from '../../../src/verify/containerfile.ts';

/** The Containerfile after the mend of a cause at its first step; null when none is known. */
function mended(instruction: string, cause: string, more: { carrier?: string; at?: string } = {}): string | null {
  const text = `FROM x\n${instruction}\nCOPY a /b\n`;
  const step = readContainerfile(text).stages[0]?.steps[0];
  if (!step) throw new Error('There is no step');
  const { at = null, ...rest } = more;
  const mend = mendOf(text, { cause, ...rest, step, at });
  if (!mend) return null;
  const after = applyMends(text, [mend]);
  expect(after.startsWith('FROM x\n') && after.endsWith('\nCOPY a /b\n')).toBe(true);
  return after.slice('FROM x\n'.length, -'\nCOPY a /b\n'.length);
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: a shell's variable
const date = 'date -u -d "@${SOURCE_DATE_EPOCH:-0}"';

describe('mending a Containerfile', () => {
  it.each([
    ['RUN date > /built', 'wall-clock', {}, `RUN ${date} > /built`],
    ['RUN echo "$(date +%s)" > /a; date', 'wall-clock', {}, `RUN echo "$(${date} +%s)" > /a; ${date}`],
    ['RUN <<EOF\nset -eu\ndate > /a\nEOF', 'wall-clock', {}, `RUN <<EOF\nset -eu\n${date} > /a\nEOF`],
    ['RUN gzip /a', 'file-time', { carrier: 'gzip' }, 'RUN gzip -n /a'],
    [
      'RUN tar cf /a.tar .',
      'file-time',
      { carrier: 'tar' },
      'RUN find . -exec touch -h -d @0 {} +\nRUN tar cf /a.tar .',
    ],
    ['RUN python3 x.py', 'hash-order', {}, 'ENV PYTHONHASHSEED=0\nRUN python3 x.py'],
    [
      'RUN python3 -m compileall /app',
      'bytecode',
      { carrier: 'pyc' },
      'RUN python3 -m compileall --invalidation-mode unchecked-hash /app',
    ],
    ['RUN python3 -c "import app"', 'bytecode', {}, 'ENV PYTHONDONTWRITEBYTECODE=1\nRUN python3 -c "import app"'],
    ['RUN ls | xargs -P 8 -n 1 cat', 'parallel-order', {}, 'RUN ls | xargs -P 1 -n 1 cat'],
    ['RUN make -j$(nproc) all', 'parallel-order', {}, 'RUN make -j1 all'],
    ['RUN make', 'log-file', { at: '/var/log/my log' }, "RUN make\nRUN rm -rf '/var/log/my log'"],
    ['RUN uv pip install x', 'installer-metadata', {}, 'ENV UV_NO_INSTALLER_METADATA=1\nRUN uv pip install x'],
    ['RUN go build -o /x .', 'vcs-stamp', {}, 'RUN go build -buildvcs=false -o /x .'],
    ['COPY x /x', 'umask', { at: '/x' }, 'COPY x /x\nRUN chmod -R u=rwX,go=rX /x'],
  ] as const)('%j, which keeps %s, becomes deterministic', (instruction, cause, more, expected) => {
    expect(mended(instruction, cause, more)).toBe(expected);
  });

  it.each([
    ['RUN ./build', 'wall-clock', {}],
    ['RUN candidate up-date', 'wall-clock', {}],
    [`RUN ${date}`, 'wall-clock', {}],
    ['RUN gzip -n /a', 'wall-clock', { carrier: 'gzip' }],
    ['RUN ruby x.rb', 'hash-order', {}],
    ['RUN make', 'log-file', {}],
    ['RUN make', 'random', {}],
    ['RUN make', 'unknown', {}],
    ['RUN xargs -P 1 cat', 'parallel-order', {}],
  ] as const)('%j, which keeps %s, is left to its owners', (instruction, cause, more) => {
    expect(mended(instruction, cause, more)).toBeNull();
  });

  it('is shown as a diff, and is not proposed where it has been made', () => {
    const text = 'FROM x\nRUN tar cf /a .\n';
    const step = readContainerfile(text).stages[0]?.steps[0];
    const mend = step && mendOf(text, { cause: 'file-time', step, at: null });
    if (!mend) throw new Error('There is no mend');
    expect(patchOf('Containerfile', text, [mend])).toContain('+RUN find . -exec touch -h -d @0 {} +\n RUN tar');
    const after = applyMends(text, [mend, mend]);
    expect(after).toBe(applyMends(text, [mend]));
    const next = readContainerfile(after).stages[0]?.steps[1];
    expect(next && mendOf(after, { cause: 'file-time', step: next, at: null })).toBeNull();
  });

  it('makes several changes at once, of one instruction and of several, whatever the line ends', () => {
    const text = 'FROM x\r\nRUN date | gzip > /a\r\nRUN date > /b\r\n';
    const [first, second] = readContainerfile(text).stages[0]?.steps ?? [];
    if (!first || !second) throw new Error('There are no steps');
    const mends = [
      mendOf(text, { cause: 'wall-clock', step: first, at: null }),
      mendOf(text, { cause: 'wall-clock', carrier: 'gzip', step: first, at: null }),
      mendOf(text, { cause: 'wall-clock', step: second, at: null }),
    ].flatMap((mend) => mend ?? []);
    expect(applyMends(text, mends)).toBe(`FROM x\r\nRUN ${date} | gzip -n > /a\r\nRUN ${date} > /b\r\n`);
  });

  it('never breaks a name out of its line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (name) => {
        const after = mended('RUN make', 'log-file', { at: `/${name}` });
        // A name with a line end, and the like, cannot stand in an instruction: it is not mended so.
        if (after === null) return !/^[\w ./'"$-]*$/.test(name);
        const steps = readContainerfile(`FROM x\n${after}`).stages[0]?.steps ?? [];
        return (
          steps.length === 2 && parseRun(steps[1]?.script.replace(/^RUN /, '') ?? '')?.command.at(-1) === `/${name}`
        );
      }),
    );
  });
});
