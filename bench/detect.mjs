// How long it takes to recognise a service, and how much memory: on typical ones, and on a repository of 100,000 files.
//
//     npm run bench:detect                          # makes the repositories in a temporary folder
//     npm run bench:detect -- --railpack PATH       # beside railpack's `info` on the same folders
//     npm run bench:detect -- --files 20000         # another size of the large one
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { cli, prepare } from '../scripts/prepare.mjs';

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '5' },
    railpack: { type: 'string' },
  },
});
const rounds = Number(values.rounds);

const lock = (/** @type {string} */ name) =>
  `${JSON.stringify({ name, lockfileVersion: 3, requires: true, packages: { '': { name } } })}\n`;
const goMain = `package main

import (
	"net/http"
	"os"
)

func main() {
	http.ListenAndServe(":"+os.Getenv("PORT"), nil)
}
`;

/**
 * Typical services: a few hundred files, with what stands around the code.
 * @type {Record<string, Record<string, string>>}
 */
const typical = {
  node: {
    'package.json': '{ "name": "orders", "type": "module", "scripts": { "start": "node src/server.js" } }\n',
    'package-lock.json': lock('orders'),
    'src/server.js': "import { createServer } from 'node:http';\ncreateServer().listen(process.env.PORT || 3000);\n",
    Dockerfile: 'FROM node:22\nCOPY . .\nRUN npm ci\nEXPOSE 3000\nCMD ["node", "src/server.js"]\n',
    'compose.yaml': 'services:\n  api:\n    build: .\n    ports: ["80:3000"]\n  db:\n    image: postgres:17\n',
    '.env.example': 'PORT=3000\nDATABASE_URL=postgres://a:b@db/c\n',
  },
  python: {
    'requirements.txt': `flask==3.1.0 --hash=sha256:${'1'.repeat(64)}\ngunicorn==23.0.0 --hash=sha256:${'2'.repeat(64)}\n`,
    'app.py': 'from flask import Flask\n\napp = Flask(__name__)\n',
    Procfile: 'web: gunicorn app:app --bind 0.0.0.0:8000\n',
  },
  go: {
    'go.mod': 'module example.com/orders\n\ngo 1.24\n',
    'main.go': goMain,
    'fly.toml': '[http_service]\ninternal_port = 8080\n',
  },
  rust: {
    'Cargo.toml': '[package]\nname = "orders"\nversion = "0.1.0"\nedition = "2021"\n',
    'Cargo.lock': 'version = 4\n\n[[package]]\nname = "orders"\nversion = "0.1.0"\n',
    'src/main.rs': 'fn main() {\n    std::net::TcpListener::bind("0.0.0.0:8080").unwrap();\n}\n',
  },
};
const endings = { node: 'js', python: 'py', go: 'go', rust: 'rs' };

/**
 * @param {string} folder
 * @param {Record<string, string>} files
 */
function write(folder, files) {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
}

/**
 * Fills a repository up with sources of the language and with other files, and has git track them.
 * @param {string} folder
 * @param {keyof typeof endings} language
 * @param {number} count
 */
function fill(folder, language, count) {
  const text = 'x\n'.repeat(40);
  for (let at = 0; at < count; at += 1) {
    const name =
      at % 5 === 0 ? `lib/part${at % 200}/file${at}.${endings[language]}` : `assets/set${at % 500}/item${at}.txt`;
    if (at < 1000) mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    const comment =
      language === 'python' ? `# ${at}\n` : language === 'go' ? `package part\n\n// ${at}\n` : `// ${at}\n`;
    writeFileSync(path.join(folder, name), at % 5 === 0 ? comment : text);
  }
  execFileSync('git', ['init', '--quiet', folder]);
  execFileSync('git', ['-C', folder, 'add', '--all']);
}

/** Reports its own peak when it ends; loaded before the program. */
const probe = `data:text/javascript,process.on('exit',()=>process.stderr.write('\\npeak '+process.resourceUsage().maxRSS))`;

/**
 * @param {string} folder
 * @returns {{ milliseconds: number, megabytes: number, outcome: string }}
 */
function detect(folder) {
  const args = ['--import', probe, cli, '.', '--dry-run', '--json', '--yes'];
  const start = process.hrtime.bigint();
  const { stdout, stderr, status } = spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  const milliseconds = Number(process.hrtime.bigint() - start) / 1e6;
  if (status !== 0) throw new Error(`${folder}: ${stderr}`);
  const peak = Number(/peak (\d+)$/.exec(stderr)?.[1] ?? Number.NaN);
  return { milliseconds, megabytes: peak / 1024, outcome: JSON.parse(stdout).outcome };
}

/**
 * @param {string} railpack
 * @param {string} folder
 */
function peer(railpack, folder) {
  const start = process.hrtime.bigint();
  const { status } = spawnSync(railpack, ['info', folder], { stdio: 'ignore' });
  const milliseconds = Number(process.hrtime.bigint() - start) / 1e6;
  return { milliseconds, worked: status === 0 };
}

/** @param {number[]} numbers */
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

/**
 * @param {string} name
 * @param {string} folder
 * @param {number} most milliseconds
 */
function measure(name, folder, most) {
  const ours = [];
  const theirs = [];
  // Turn by turn, so that a busy moment hits both alike.
  for (let round = 0; round < rounds; round += 1) {
    ours.push(detect(folder));
    if (values.railpack !== undefined) theirs.push(peer(values.railpack, folder));
  }
  const milliseconds = median(ours.map((one) => one.milliseconds));
  const megabytes = Math.max(...ours.map((one) => one.megabytes));
  const beside =
    theirs.length === 0
      ? ''
      : `   railpack ${median(theirs.map((one) => one.milliseconds)).toFixed(0)} ms${theirs.every(({ worked }) => worked) ? '' : ' (failed)'}`;
  process.stdout.write(
    `${name.padEnd(22)} ${milliseconds.toFixed(0).padStart(5)} ms (at most ${most})   ${megabytes.toFixed(0).padStart(4)} MB   ${ours[0]?.outcome}${beside}\n`,
  );
  return milliseconds <= most && megabytes <= 150;
}

await prepare();
const work = mkdtempSync(path.join(tmpdir(), 'caution-bench-detect-'));
let good = true;
try {
  for (const language of /** @type {(keyof typeof endings)[]} */ (Object.keys(endings))) {
    for (const [size, count, most] of /** @type {const} */ ([
      ['typical', 300, 300],
      ['large', Number(values.files), 1000],
    ])) {
      const folder = path.join(work, `${language}-${size}`);
      write(folder, typical[language] ?? {});
      fill(folder, language, count);
      good = measure(`${language}, ${count} files`, folder, most) && good;
      rmSync(folder, { recursive: true });
    }
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
if (!good) process.stdout.write('Slower, or larger than 150 MB, than it may be.\n');
process.exitCode = good ? 0 : 1;
