// Draws docs/run.svg: a real run in a real terminal, as it looks at its end. Needs an engine (`npm run engine`).
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { cli, prepare, root } from './prepare.mjs';

const columns = 100;
/** By a terminal's own numbers: red, green, yellow, grey. */
const colors = { 1: '#f47067', 2: '#8ddb8c', 3: '#f69d50', 8: '#768390' };
const plain = '#cdd9e5';

/** @returns {Promise<import('@xterm/headless').Terminal>} the terminal as it is at the end */
async function record() {
  const folder = mkdtempSync(path.join(tmpdir(), 'caution-picture-'));
  const screen = new xterm.Terminal({ cols: columns, rows: 200, allowProposedApi: true });
  const run = spawn(process.execPath, [cli, 'my-service', '--language', 'go', '--yes'], {
    cwd: folder,
    cols: columns,
    rows: 200,
    name: 'xterm',
  });
  run.onData((data) => screen.write(data.replaceAll(folder, '~')));
  await new Promise((resolve) => run.onExit(resolve));
  await new Promise((resolve) => screen.write('', () => resolve(undefined)));
  rmSync(folder, { recursive: true, force: true });
  return screen;
}

/** @typedef {{ text: string, color: string }} Span */

/**
 * The lines of a terminal, each as runs of characters of one colour.
 * @param {import('@xterm/headless').Terminal} screen
 * @returns {Span[][]}
 */
function linesOf({ buffer: { active } }) {
  return Array.from({ length: active.length }, (_, y) => {
    /** @type {Span[]} */
    const spans = [];
    const line = active.getLine(y);
    const end = line?.translateToString(true).length ?? 0;
    for (let x = 0; x < end; x += 1) {
      const cell = line?.getCell(x);
      if (!cell || cell.getWidth() === 0) continue;
      const color = cell.isDim()
        ? colors[8]
        : (colors[/** @type {keyof typeof colors} */ (cell.getFgColor())] ?? plain);
      const text = cell.getChars() || ' ';
      const last = spans.at(-1);
      if (last?.color === color) last.text += text;
      else spans.push({ text, color });
    }
    return spans;
  });
}

/** @param {string} text */
const markup = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** @param {Span[]} spans @param {number} index */
function svgLine(spans, index) {
  const inner = spans.map(({ text, color }) => `<tspan fill="${color}">${markup(text)}</tspan>`).join('');
  return `<text x="16" y="${28 + index * 18}" xml:space="preserve">${inner}</text>`;
}

await prepare();
const all = linesOf(await record());
const lines = all.filter((line, index) => line.length > 0 || (index > 0 && (all[index - 1] ?? []).length > 0));
const height = 28 + lines.length * 18 + 8;
writeFileSync(
  path.join(root, 'docs', 'run.svg'),
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 ${height}" font-family="ui-monospace, Menlo, Consolas, monospace" font-size="13">
<title>A run of create-caution-app: the plan of files, two builds, the same enclave from both, and the service answering</title>
<rect width="900" height="${height}" rx="8" fill="#22272e"/>
${lines.map(svgLine).join('\n')}
</svg>
`,
);
