// Draws docs/run.svg: a real run in a real terminal, as it looks at its end. Needs an engine (`npm run engine`).
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { spawn } from '@lydell/node-pty';
import { cli, prepare, root } from './prepare.mjs';

const columns = 100;
const esc = '\u001b';
const redraw = new RegExp(`(${esc}\\[\\d+A|${esc}\\[0J|\\r?\\n)`);
const goUp = new RegExp(`^${esc}\\[(\\d+)A$`);
const otherEscapes = new RegExp(`${esc}\\[(?!\\d+m)[0-9;?]*[A-Za-z]`, 'g');
const style = new RegExp(`(${esc}\\[\\d+m)`);
const styleCode = new RegExp(`^${esc}\\[(\\d+)m$`);
const colors = { 31: '#f47067', 32: '#8ddb8c', 33: '#f69d50', 90: '#768390' };

/** @returns {Promise<string>} what the terminal was sent */
function record() {
  const folder = mkdtempSync(path.join(tmpdir(), 'caution-picture-'));
  return new Promise((resolve) => {
    let seen = '';
    const terminal = spawn(process.execPath, [cli, 'my-service', '--language', 'go', '--yes'], {
      cwd: folder,
      cols: columns,
      rows: 50,
      name: 'xterm',
    });
    terminal.onData((data) => {
      seen += data;
    });
    terminal.onExit(() => {
      rmSync(folder, { recursive: true, force: true });
      resolve(seen.replaceAll(folder, '~'));
    });
  });
}

/**
 * The lines that stay on the screen: the display goes up and clears what it redraws.
 * @param {string} seen
 */
function screen(seen) {
  /** @type {string[]} */
  const lines = [''];
  const parts = seen.split(redraw);
  for (const part of parts) {
    const up = goUp.exec(part);
    if (up) lines.length = Math.max(1, lines.length - Number(up[1]));
    else if (/^\r?\n$/.test(part)) lines.push('');
    else if (part === `${esc}[0J`) lines[lines.length - 1] = '';
    else lines[lines.length - 1] += part;
  }
  return lines.map((line) => line.replace(otherEscapes, '').trimEnd());
}

/** @param {string} text */
const markup = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** @param {string} line @param {number} index */
function svgLine(line, index) {
  let color = '#cdd9e5';
  const spans = line.split(style).map((part) => {
    const code = styleCode.exec(part)?.[1];
    if (code === undefined) return part === '' ? '' : `<tspan fill="${color}">${markup(part)}</tspan>`;
    color = colors[/** @type {keyof typeof colors} */ (Number(code))] ?? (code === '2' ? colors[90] : '#cdd9e5');
    return '';
  });
  return `<text x="16" y="${28 + index * 18}" xml:space="preserve">${spans.join('')}</text>`;
}

await prepare();
const lines = screen(await record()).filter((line, index, all) => line !== '' || all[index - 1] !== '');
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
