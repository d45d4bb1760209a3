// `npm run demo`: makes a service from nothing, builds it twice, compares, starts it, and says what to look at.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { setUp } from '../test/engine/engine.mjs';
import { LANGUAGES, parseLanguages } from '../test/engine/names.mjs';
import { cli, exitCodeOf, prepare, say } from './prepare.mjs';

/** @returns {Promise<number>} the exit code */
async function demo() {
  const { values } = parseArgs({
    options: { language: { type: 'string', default: 'go' }, all: { type: 'boolean', default: false } },
  });
  const languages = values.all ? LANGUAGES : parseLanguages(values.language);
  await prepare();
  say('A container engine and the StageX images');
  const engine = await setUp({ languages, log: (line) => process.stderr.write(`${line}\n`) });
  const folder = mkdtempSync(path.join(tmpdir(), 'caution-demo-'));
  /** @type {{ language: string, code: number }[]} */
  const results = [];
  for (const language of languages) {
    const name = `hello-${language}`;
    say(`create-caution-app ${name} --language ${language} --yes`);
    const env = { ...process.env, ...engine.env };
    const code = await exitCodeOf(process.execPath, [cli, name, '--language', language, '--yes'], {
      cwd: folder,
      env,
      stdout: 'inherit',
    });
    results.push({ language, code });
  }
  say('What to look at');
  for (const { language, code } of results) {
    const at = path.join(folder, `hello-${language}`);
    process.stdout.write(`${code === 0 ? 'verified' : `exit ${code}`}  ${at}/Containerfile and ${at}/Procfile\n`);
  }
  if (engine.standIns) {
    process.stdout.write(
      'Built on stand-ins for StageX, since its images could not be pulled here. The Containerfiles pin the real ones.\n',
    );
  }
  const [first] = results;
  if (first && engine.standIns) {
    const at = path.join(folder, `hello-${first.language}`);
    process.stdout.write(`Change a byte of a source, and the enclave's digest is another:
  eval "$(npm run -s engine)"; node ${cli} verify ${at}
To remove what was made: rm -r ${folder}; npm run engine -- --down
`);
  }
  return Math.max(...results.map(({ code }) => code));
}

process.exitCode = await demo().catch((error) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  return 1;
});
