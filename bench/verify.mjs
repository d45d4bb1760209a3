// `npm run bench:verify`: a verification against two plain builds of the same service with the same kind of export, one
// after the other, in one run: medians, and their ratio. Turn by turn, so that a busy moment hits both alike.
//   node bench/verify.mjs [--languages node,python] [--rounds 5]
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { cli, prepare, say } from '../scripts/prepare.mjs';
import { setUp } from '../test/engine/engine.mjs';
import { parseLanguages } from '../test/engine/names.mjs';

/** The export that verification asks for, so that only the verification itself is measured. */
const exported = 'source-date-epoch=1,rewrite-timestamp=true,compression=uncompressed,force-compression=true';
/** How far apart the two builds' steps begin: waited for, not worked for. */
const stagger = 3.2;

const { values } = parseArgs({
  options: { languages: { type: 'string', default: 'node,python' }, rounds: { type: 'string', default: '5' } },
});
const languages = parseLanguages(values.languages);
const rounds = Number(values.rounds);

/** @param {number[]} numbers */
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

/**
 * @param {string} file
 * @param {string[]} args
 * @param {string} cwd
 * @param {NodeJS.ProcessEnv} env
 * @returns {number} seconds
 */
function timed(file, args, cwd, env) {
  const start = process.hrtime.bigint();
  execFileSync(file, args, { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] });
  return Number(process.hrtime.bigint() - start) / 1e9;
}

/**
 * `--build-context` for each image of the Containerfile that something stands in for.
 * @param {string} service
 * @param {NodeJS.ProcessEnv} env
 */
function contexts(service, env) {
  const file = env.CREATE_CAUTION_APP_IMAGES;
  const images = file && existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const text = readFileSync(path.join(service, 'Containerfile'), 'utf8');
  return [...new Set(text.match(/\S*stagex\/[\w.-]+:\S+/g) ?? [])].flatMap((reference) => {
    const name = /stagex\/([\w.-]+):/.exec(reference)?.[1] ?? '';
    return images[name] ? ['--build-context', `${reference}=docker-image://${images[name]}`] : [];
  });
}

await prepare();
say('A container engine and the StageX images');
const engine = await setUp({ languages, log: (line) => process.stderr.write(`${line}\n`) });
const env = { ...process.env, ...engine.env };
const folder = mkdtempSync(path.join(tmpdir(), 'caution-bench-'));
try {
  for (const language of languages) {
    const service = path.join(folder, language);
    execFileSync(
      process.execPath,
      [cli, language, '--name', `bench-${language}`, '--language', language, '--yes', '--no-verify'],
      {
        cwd: folder,
        env,
        stdio: 'ignore',
      },
    );
    const layout = path.join(folder, 'plain');
    const plain = [
      ...['buildx', 'build', '--no-cache', '--platform', 'linux/amd64', '--provenance=false', '--sbom=false'],
      ...['--progress=quiet', '-f', 'Containerfile', ...contexts(service, env)],
      ...['--output', `type=oci,tar=false,dest=${layout},${exported}`, '.'],
    ];
    const build = () => {
      rmSync(layout, { recursive: true, force: true });
      return timed('docker', plain, service, env);
    };
    const verify = [cli, 'verify', '.', '--no-start', '--json'];
    build(); // bases are pulled, package caches of proxies are warm
    /** @type {{ plain: number[], verify: number[] }} */
    const times = { plain: [], verify: [] };
    for (let round = 0; round < rounds; round += 1) {
      times.plain.push(build() + build());
      times.verify.push(timed(process.execPath, verify, service, env));
    }
    const [two, ours] = [median(times.plain), median(times.verify)];
    process.stdout.write(
      `${language.padEnd(8)} two plain builds ${two.toFixed(1).padStart(6)} s   verify --no-start ${ours.toFixed(1).padStart(6)} s   ` +
        `${(ours / two).toFixed(2)} ×   without the stagger of ${stagger} s ${((ours - stagger) / two).toFixed(2)} ×   ` +
        `over two plain builds ${(ours - two).toFixed(1)} s\n`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
