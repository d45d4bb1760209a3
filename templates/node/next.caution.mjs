// Written by create-caution-app. In each build Next.js draws keys at random, of its preview mode and of server actions,
// and writes maps in the order in which its workers are done. What everybody can build again keeps no secret: when this
// is run after the build, fixed keys stand in their place, and the maps are sorted. When the service starts it is loaded
// first, and draws keys of the enclave's own.
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const built = path.join(import.meta.dirname, '.next');
const record = path.join(built, 'caution-keys.json');

/** Of the preview mode (its id, the key that signs, the key that encrypts), and of server actions, as the build has it. */
const fixedKeys = ['1'.padStart(32, '0'), '2'.padStart(64, '0'), '3'.padStart(64, '0')];
const fixedActionKey = Buffer.alloc(32).toString('base64');

if (process.argv[1] === import.meta.filename) makeSame();
else drawKeys();

function makeSame() {
  const { preview } = JSON.parse(readFileSync(path.join(built, 'prerender-manifest.json'), 'utf8'));
  const { previewModeId, previewModeSigningKey, previewModeEncryptionKey } = preview;
  const drawn = [previewModeId, previewModeSigningKey, previewModeEncryptionKey];
  const holding = [];
  for (const file of texts()) {
    const text = readFileSync(path.join(built, file), 'utf8');
    const same = replaced(text, drawn, fixedKeys);
    if (same !== text || same.includes(fixedActionKey)) holding.push(file);
    write(file, isManifest(file) ? `${JSON.stringify(sorted(JSON.parse(same)))}\n` : same);
  }
  writeFileSync(record, JSON.stringify(holding));
}

function drawKeys() {
  process.env.NEXT_SERVER_ACTIONS_ENCRYPTION_KEY ??= randomBytes(32).toString('base64');
  const own = fixedKeys.map((key) => randomBytes(key.length / 2).toString('hex'));
  for (const file of JSON.parse(readFileSync(record, 'utf8'))) {
    const text = readFileSync(path.join(built, file), 'utf8');
    const keys = [...own, process.env.NEXT_SERVER_ACTIONS_ENCRYPTION_KEY];
    write(file, replaced(text, [...fixedKeys, fixedActionKey], keys));
  }
}

/** What the server reads: not what is sent to browsers as it is, nor what another build would begin with. */
function texts() {
  return readdirSync(built, { recursive: true })
    .map(String)
    .filter((file) => /\.(json|js)$/.test(file) && !/^(cache|static|standalone|diagnostics|types)[\\/]/.test(file))
    .sort();
}

/** Maps of Next.js's own; the data of pages is not ours to sort. */
function isManifest(file) {
  return /^(server[\\/])?(middleware[\\/])?([\w-]*manifest|required-server-files)\.json$/.test(file);
}

function replaced(text, from, to) {
  return from.reduce((done, key, index) => done.replaceAll(key, to[index]), text);
}

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, sorted(value[name])]));
}

function write(file, text) {
  writeFileSync(path.join(built, file), text);
}
