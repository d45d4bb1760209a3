import { readDotenv } from '../dotenv.ts';
import { heldBy, secretIn } from '../secrets.ts';
import { naming } from '../verify/naming.ts';
import { entryOf } from './procfile/entries.ts';
import type { Rule, Sighting } from './rule.ts';
import { sources } from './sources.ts';
import type { Subject } from './subject.ts';

/** Files that hold secrets, by name; templates of them do not. */
const secretFile =
  /(?:^|\/)(?:\.env(?:\.[\w-]+)*|\.netrc|\.pypirc|\.htpasswd|id_(?:rsa|dsa|ecdsa|ed25519)|[\w.-]+\.(?:p12|pfx|jks|keystore|ppk))$/;
const template = /(?:example|sample|template|dist|defaults?|test)$/i;
/** Files that may hold a key; looked into. */
const keyFile = /(?:^|\/)(?:[\w.-]+\.(?:pem|key)|\.npmrc)$/;
const mostLooks = 200;

/** Values that are public once they are committed. */
export const secretRules: readonly Rule[] = [
  {
    id: 'secret-in-containerfile',
    level: 'error',
    title: 'A secret in the Containerfile',
    why: 'The Containerfile and the image are public to everybody who verifies; so is what ENV and ARG hold.',
    source: sources.secrets,
    mend: 'Take it out and revoke it. Give it to the enclave with Locksmith: caution secret encrypt.',
    *look({ build }) {
      for (const { keyword, pairs, line, text } of build?.instructions ?? []) {
        if (keyword === 'ENV' || keyword === 'ARG') {
          for (const { name, value } of pairs) {
            const what = secretIn(name, value ?? '');
            if (what !== null) yield { path: build?.path, line, message: `${naming([name])} is ${what}.` };
          }
        } else {
          const known = heldBy(text);
          if (known !== null) yield { path: build?.path, line, message: `Here stands ${known}.` };
        }
      }
    },
  },
  {
    id: 'secret-in-procfile',
    level: 'error',
    title: 'A secret in the run command',
    why: 'The Procfile is public to everybody who verifies.',
    source: sources.caution,
    mend: 'Take it out and revoke it. Give it to the enclave with Locksmith: env::vault("NAME") in caution.hcl.',
    *look(subject) {
      const entry = entryOf(subject, 'run');
      if (!entry || !subject.run) return;
      for (const [name, value] of Object.entries(subject.run.env)) {
        const what = secretIn(name, value);
        if (what !== null) yield { path: entry.path, line: entry.line, message: `${naming([name])} is ${what}.` };
      }
      const [known] = subject.run.command.flatMap((word) => heldBy(word) ?? []);
      if (known !== undefined) yield { path: entry.path, line: entry.line, message: `Here stands ${known}.` };
    },
  },
  {
    id: 'secret-in-hcl',
    level: 'error',
    title: 'A secret in caution.hcl',
    why: 'caution.hcl is public to everybody who verifies.',
    source: sources.caution,
    mend: 'Take it out and revoke it. Give it to the enclave with Locksmith: NAME = env::vault("NAME").',
    *look({ hcl, run }) {
      if (!hcl || !run) return;
      for (const [name, value] of Object.entries(run.env)) {
        const what = secretIn(name, value);
        if (what !== null) yield { path: hcl.path, line: run.lineOf(name), message: `${naming([name])} is ${what}.` };
      }
      for (const { text, line } of run.words ?? []) {
        const known = heldBy(text);
        if (known !== null) yield { path: hcl.path, line, message: `Here stands ${known}.` };
      }
    },
  },
  {
    id: 'secret-file',
    level: 'error',
    title: 'A file of secrets in the repository',
    why: 'The repository is public to everybody who verifies, and each build context has the file.',
    source: sources.caution,
    mend: 'Remove it (git rm --cached), name it in .gitignore, and revoke what it held.',
    look: secretFiles,
  },
];

function* secretFiles({ view }: Subject): Iterable<Sighting> {
  let looks = 0;
  for (const file of view.files) {
    if (secretFile.test(file) && !template.test(file) && hasContent(view.read(file)?.text ?? '', file)) {
      yield { path: file, message: `${naming([file])} is part of the repository.` };
    } else if (keyFile.test(file) && looks < mostLooks && view.size(file) < 100_000) {
      looks += 1;
      const text = view.read(file)?.text ?? '';
      if (/-----BEGIN (?:[A-Z]+ )*PRIVATE KEY/.test(text)) yield privateKey(file);
      else if (/_authToken\s*=\s*(?!\$)\S/.test(text))
        yield { path: file, message: 'Here stands a token of a registry.' };
    }
  }
}

/** Tests bring keys of their own, which guard nothing. */
const ofTests = /(?:^|\/|[_.-])(?:tests?|testdata|testing|fixtures?|__tests__|spec|examples?|mocks?)(?:\/|[_.-])/i;

function privateKey(file: string): Sighting {
  if (!ofTests.test(file)) return { path: file, message: 'Here stands a private key.' };
  return {
    ...{ path: file, level: 'note', message: 'Here stands a private key; by its name, one of tests.' },
    mend: 'Nothing needs to be done if it guards nothing; keep it out of the image.',
  };
}

/** A .env that only sets what is public, or nothing, is no secret. */
function hasContent(text: string, file: string): boolean {
  if (!/(?:^|\/)\.env[^/]*$/.test(file)) return true;
  return readDotenv(text).some(({ name, value }) => secretIn(name, value) !== null);
}
