import { Writable } from 'node:stream';
import widthOf from 'fast-string-truncated-width';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Output } from '../../../src/output.ts';
import { liveDisplay } from '../../../src/report/live.ts';
import type { VerifyEvent } from '../../../src/verify/types.ts';

/** As much of a terminal as the display uses: rows of text, a cursor, and lines that break at the last column. */
class Terminal extends Writable {
  isTTY = true;
  columns: number;
  rows = 24;
  lines: string[] = [''];
  row = 0;
  cursorShown = true;
  broke = 0;
  raw = '';

  constructor(columns: number) {
    super({ decodeStrings: false });
    this.columns = columns;
  }

  override _write(chunk: string | Buffer, _encoding: string, done: () => void): void {
    const text = String(chunk);
    this.raw += text;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what is read is a terminal's input
    for (const [part] of text.matchAll(/\x1b\[\??[\d;]*[A-Za-z]|\r|\n|[^\x1b\r\n]+/g)) this.take(part);
    done();
  }

  take(part: string): void {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what is read is a terminal's input
    const up = /^\x1b\[(\d+)A$/.exec(part);
    if (up) this.row = Math.max(0, this.row - Number(up[1]));
    else if (part === '\x1b[?25l') this.cursorShown = false;
    else if (part === '\x1b[?25h') this.cursorShown = true;
    else if (part === '\x1b[0J') this.lines.length = this.row + 1;
    else if (part === '\n') this.down();
    else if (!part.startsWith('\x1b') && part !== '\r') {
      this.lines[this.row] = part;
      if (widthOf(part).width >= this.columns) this.broke += 1;
    }
  }

  down(): void {
    this.row += 1;
    this.lines[this.row] ??= '';
  }

  get shown(): string {
    return this.lines.join('\n').trimEnd();
  }
}

const outputTo = (stderr: Terminal, color = false): Output => ({
  stdout: new Writable(),
  stderr,
  color,
  resultColor: false,
});
const began = Date.UTC(2026, 0, 1);
const env = { TERM: 'xterm-256color' };

beforeEach(() => vi.useFakeTimers({ now: began }));
afterEach(() => vi.useRealTimers());

const start = (build: number, builder = 'default'): VerifyEvent => {
  return { type: 'build-start', build, of: 2, at: Date.now(), builder, steps: 9 };
};
const step = (build: number, line: number, name = 'RUN npm ci'): VerifyEvent => {
  return { type: 'step', build, line, name, state: 'start', at: Date.now() };
};

/** Two builds that overlap, in their middle. */
function running(terminal: Terminal, builders: [string, string] = ['default', 'default'], service = '') {
  const live = liveDisplay(outputTo(terminal), { env, service });
  live.onEvent({ type: 'engine', description: 'Docker 28' });
  live.onEvent(start(1, builders[0]));
  live.onEvent(step(1, 5));
  vi.advanceTimersByTime(3000);
  live.onEvent(start(2, builders[1]));
  live.onEvent(step(2, 4, 'COPY . .'));
  vi.advanceTimersByTime(1000);
  return live;
}

describe('in a terminal', () => {
  it('both builds are kept up to date in place, each with time, position and step', () => {
    const terminal = new Terminal(80);
    const live = running(terminal);
    expect(terminal.shown).toMatch(
      /^Engine: Docker 28\n. build 1 {2}4\.\d s {2}1\/9 {2}RUN npm ci\n. build 2 {2}1\.\d s {2}1\/9 {2}COPY \. \.$/u,
    );
    vi.advanceTimersByTime(60_000);
    live.onEvent({ type: 'build-done', build: 1, seconds: 64 });
    vi.advanceTimersByTime(200);
    expect(terminal.shown.split('\n')).toHaveLength(3);
    live.stop();
    expect(terminal.shown).toMatch(/◆ build 1 {2}1 min 04 s {2}done\n– build 2 .*stopped: COPY \. \.$/);
  });
  it('a step longer than 10 s shows what it said last, and one shorter does not', () => {
    const terminal = new Terminal(80);
    const live = running(terminal);
    live.onEvent({ type: 'output', build: 1, text: 'added 300 packages' });
    vi.advanceTimersByTime(1000);
    expect(terminal.shown).not.toContain('added 300');
    vi.advanceTimersByTime(6000);
    expect(terminal.shown).toContain('│ added 300 packages');
    live.stop();
  });
  it.each([12, 20, 40, 80, 119, 120, 200])('%i columns wide no line breaks, whatever a step is called', (columns) => {
    const terminal = new Terminal(columns);
    const live = running(terminal, ['a-builder-with-a-very-long-name-of-its-own', 'b'], '서비스');
    live.onEvent(step(1, 6, `RUN ${'日本語\u001b[31m'.repeat(100)}`));
    live.onEvent({ type: 'output', build: 1, text: '漢字'.repeat(200) });
    live.onEvent({ type: 'phase', text: 'x'.repeat(300) });
    vi.advanceTimersByTime(15_000);
    live.stop();
    expect(terminal.broke).toBe(0);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a colour of the build's own would be one
    expect(terminal.raw).not.toMatch(/\x1b\[31m/);
  });
  it('wide enough, two builds stand next to each other', () => {
    const terminal = new Terminal(140);
    const live = running(terminal);
    expect(terminal.shown).toMatch(/build 1 .*RUN npm ci +│ . build 2 .*COPY/u);
    live.stop();
  });
  it('names the builders when there are several', () => {
    const terminal = new Terminal(80);
    running(terminal, ['here', 'there']).stop();
    expect(terminal.shown).toMatch(/build 1 here[\s\S]*build 2 there/);
  });
  it('names the service when it is given', () => {
    const terminal = new Terminal(80);
    running(terminal, ['a', 'a'], 'services/api').stop();
    expect(terminal.shown).toContain('services/api\n');
  });
  it('takes at most one screen, however many builds there are', () => {
    const terminal = new Terminal(80);
    terminal.rows = 10;
    const live = liveDisplay(outputTo(terminal), { env });
    for (let build = 1; build <= 40; build += 1) live.onEvent(start(build));
    vi.advanceTimersByTime(1000);
    live.stop();
    expect(terminal.lines.length).toBeLessThanOrEqual(10);
  });
  it('hides the cursor while it draws and always shows it again', () => {
    const terminal = new Terminal(80);
    const before = process.listenerCount('exit');
    const live = running(terminal);
    expect(terminal.cursorShown).toBe(false);
    live.stop();
    expect(terminal.cursorShown).toBe(true);
    expect(process.listenerCount('exit')).toBe(before);
  });
  it('shows the cursor when the process ends without a stop', () => {
    const terminal = new Terminal(80);
    const known = new Set(process.listeners('exit'));
    const live = running(terminal);
    const [added] = process.listeners('exit').filter((each) => !known.has(each));
    added?.call(process, 0);
    expect(terminal.cursorShown).toBe(true);
    live.stop();
  });
  it('after a resize draws over all rows that the old lines take by then', () => {
    const terminal = new Terminal(100);
    const live = liveDisplay(outputTo(terminal), { env });
    live.onEvent(start(1));
    live.onEvent(step(1, 5, 'x'.repeat(200)));
    vi.advanceTimersByTime(130);
    terminal.columns = 50;
    terminal.raw = '';
    vi.advanceTimersByTime(130);
    expect(terminal.raw).toContain('\u001b[2A');
    live.stop();
  });
  it('says which build failed', () => {
    const terminal = new Terminal(80);
    const live = running(terminal);
    live.onEvent({ type: 'step', build: 1, line: 5, name: 'RUN npm ci', state: 'error', at: Date.now() });
    live.stop();
    expect(terminal.shown).toMatch(/✘ build 1 .*failed: RUN npm ci/);
  });
});

describe('without a terminal', () => {
  const plain = () => {
    const terminal = new Terminal(80);
    terminal.isTTY = false;
    return terminal;
  };
  it('each step is a line with its build before it', () => {
    const terminal = plain();
    const live = running(terminal);
    live.onEvent({ type: 'build-done', build: 1, seconds: 5 });
    live.stop();
    expect(terminal.raw).toBe(
      [
        'Engine: Docker 28',
        '[1] Build 1 of 2 on default',
        '[1]    0.0 s    1/9  RUN npm ci',
        '[2] Build 2 of 2 on default',
        '[2]    0.0 s    1/9  COPY . .',
        '[1] done in 5.0 s\n',
      ].join('\n'),
    );
  });
  it('a line comes for every 30 s of silence, with what was said last', () => {
    const terminal = plain();
    const live = running(terminal);
    live.onEvent({ type: 'output', build: 1, text: '##[add-mask]x ::error::y' });
    terminal.raw = '';
    vi.advanceTimersByTime(65_000);
    live.stop();
    const lines = terminal.raw.trimEnd().split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(/^\[1\] .*still running: RUN npm ci, last said: ## \[add-mask\]x ::error::y$/);
    vi.advanceTimersByTime(65_000);
    expect(terminal.raw.trimEnd().split('\n')).toHaveLength(4);
  });
  it.each([
    ['no terminal', false, env],
    ['a dumb terminal', true, { TERM: 'dumb' }],
  ])('nothing moves a cursor: %s', (_what, isTTY, environment) => {
    const terminal = plain();
    terminal.isTTY = isTTY;
    const live = liveDisplay(outputTo(terminal), { env: environment, service: 'api' });
    live.onEvent(start(1));
    live.onEvent(step(1, 3, 'RUN \u001b[2J\rx'));
    live.onEvent({ type: 'phase', text: 'Comparing' });
    live.stop();
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    expect(terminal.raw).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
    expect(terminal.raw).toMatch(/^api: \[1\] Build 1/);
  });
});
