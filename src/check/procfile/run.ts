import { replacedByCaution } from '../../caution/replaced.ts';
import { parseRun, quoteWord, type WrittenWord, writtenWords } from '../../caution/words.ts';
import { printableLine } from '../../output.ts';
import { secretIn } from '../../secrets.ts';
import { finalStage, lastOf, variablesOf } from '../containerfile/build.ts';
import { valuesOf } from '../containerfile/commands.ts';
import type { Rule, Sighting } from '../rule.ts';
import type { PlacedWord, Run } from '../run.ts';
import { sources } from '../sources.ts';
import type { Subject } from '../subject.ts';
import { entryOf, shownValue } from './entries.ts';

/** A word that only a shell would understand, and that is written as if one read it. */
function shellFeature({ text, written }: WrittenWord): string | null {
  const bare = text === written;
  if (bare && /^(?:&&|\|\||[|;&]|\d*(?:>>?|<)(?:&?\S*))$/.test(text)) return text;
  if (bare && /;$/.test(text)) return ';';
  const literal = written.startsWith("'") || written.includes('\\');
  return literal ? null : (/\$(?:[A-Za-z_]\w*|\{[^}]*\}?|\()|`/.exec(text)?.[0] ?? null);
}

/** The words that the program gets for itself: what follows `-c` of a shell is that shell's to read. */
function plainWords(words: readonly PlacedWord[]): readonly PlacedWord[] {
  const first = words.findIndex(({ text }) => !/^[A-Za-z_]\w*=/.test(text));
  const program = words[first]?.text ?? '';
  if (!/(?:^|\/)(?:a|ba|da|z)?sh$/.test(program)) return words;
  const flag = words.findIndex(({ text }, index) => index > first && /^-[a-z]*c[a-z]*$/.test(text));
  return flag < 0 ? words : [...words.slice(0, flag + 1), ...words.slice(flag + 2)];
}

const appliedByCaution = new Set(['SSL_CERT_FILE', 'RUST_BACKTRACE', 'PATH', 'HOME', 'TZ', 'LANG', 'LC_ALL']);
/** Of compilers, installers and the build: no service reads it. */
const ofTheBuild =
  /^(?:SOURCE_DATE_EPOCH|DEBIAN_FRONTEND|TARGET(?:_ARCH)?|USER|UID|GID|CC|CXX|AR|LD|[A-Z_]*FLAGS|(?:CARGO|RUSTUP|CGO|PIP|UV|POETRY|NPM_CONFIG|YARN|PNPM|COREPACK|BUNDLE)_\w+|npm_config_\w+|GO(?:PATH|CACHE|PROXY|SUMDB|ROOT|ENV|WORK|AMD64|ARCH|OS|TOOLCHAIN|MODCACHE)|PNPM_HOME)$/;

/** The command that Caution starts. */
export const runRules: readonly Rule[] = [
  {
    id: 'no-run',
    level: 'error',
    title: 'Nothing says what to run',
    why: 'Caution starts what run of the Procfile, or the unit of caution.hcl, names, and nothing of the image’s own ENTRYPOINT or CMD.',
    source: sources.caution,
    mend: 'Add a line such as run: /app/server',
    *look(subject) {
      const { procfile, hcl, build } = subject;
      const isSilent = procfile ? !procfile.parsed.run : hcl?.parsed.configuration?.command.length === 0;
      if (!isSilent) return;
      const stage = build && finalStage(build);
      const entrypoint = stage && (lastOf(build, stage, 'ENTRYPOINT') ?? lastOf(build, stage, 'CMD'));
      const shown = entrypoint ? ` The image's ${entrypoint.keyword} (line ${entrypoint.line}) is not used.` : '';
      if (procfile) {
        const { path, parsed } = procfile;
        yield { path, line: parsed.lines.run, message: `The Procfile has no run.${shown}` };
      } else {
        yield {
          ...{ path: hcl?.path, line: hcl?.parsed.places.get('enclave')?.line },
          message: `caution.hcl has no unit.${shown}`,
          mend: 'Add unit "default" { command = "/app/server" } to the enclave.',
        };
      }
    },
  },
  {
    id: 'run-refused',
    level: 'error',
    title: 'A run command that Caution refuses',
    why: 'A run command needs a program; assignments alone, or a NUL character, are refused.',
    source: sources.parser,
    mend: 'Name the program after the assignments, by its absolute path.',
    *look(subject) {
      const entry = entryOf(subject, 'run');
      if (!entry || entry.value === '' || parseRun(entry.value) !== null) return;
      const message = entry.value.includes('\0')
        ? 'run has a NUL character.'
        : 'run has assignments, or a comment, and no program.';
      yield { path: entry.path, line: entry.line, message };
    },
  },
  {
    id: 'run-open-quote',
    level: 'error',
    title: 'A quote that stays open',
    why: 'Where a quote stays open Caution takes the whole line for the name of one program.',
    source: sources.parser,
    mend: 'Close the quote.',
    *look(subject) {
      const entry = entryOf(subject, 'run');
      if (entry && entry.value !== '' && writtenWords(entry.value) === null)
        yield { path: entry.path, line: entry.line, message: 'A quote of run stays open.' };
    },
  },
  {
    id: 'run-not-absolute',
    level: 'error',
    title: 'A program without its absolute path',
    why: 'Caution starts the program in /, with none of the image’s WORKDIR and PATH.',
    source: sources.caution,
    mend: 'Name the program by its absolute path in the image.',
    *look({ run }) {
      const program = run?.command[0];
      if (!run?.words || program === undefined || program.startsWith('/')) return;
      yield { path: run.path, line: run.line, message: `${shownValue(program)} is not an absolute path.` };
    },
  },
  {
    id: 'run-shell-syntax',
    level: 'error',
    title: 'Shell syntax that no shell reads',
    why: 'Caution quotes each word of the command: &&, |, ;, > and $NAME reach the program as plain arguments.',
    source: sources.parser,
    mend: "Write what a shell has to read as one word: run: /bin/sh -c 'exec /app/server --port \"$PORT\"' (Caution's busybox is /bin/sh).",
    *look({ run }) {
      if (!run?.words) return;
      const words = plainWords(run.words).filter((word) => shellFeature(word) !== null);
      const found = [...new Set(words.flatMap((word) => shellFeature(word) ?? []))];
      if (found.length === 0) return;
      const shown = found
        .slice(0, 5)
        .map((each) => printableLine(each, 40))
        .join(' ');
      yield {
        ...{ path: run.path, line: words[0]?.line, message: `No shell reads ${shown} here.` },
        ...(run.place === 'env' && {
          mend: 'Start a shell: command = "/bin/sh", args = ["-c", "…"] (Caution\'s busybox is /bin/sh).',
        }),
      };
    },
  },
  {
    id: 'run-comment',
    level: 'warning',
    title: 'A # that ends the command',
    why: 'A word that begins with # drops the rest of the run command.',
    source: sources.parser,
    mend: 'Put the comment on a line of its own, or quote the word.',
    *look(subject) {
      const entry = entryOf(subject, 'run');
      const words = entry && writtenWords(entry.value);
      const comment = words && /(?:^|\s)#/.test(entry.value) && restOf(entry.value, words);
      if (comment) yield { path: entry.path, line: entry.line, message: `${shownValue(comment)} is dropped.` };
    },
  },
  {
    id: 'run-placeholder',
    level: 'error',
    title: 'A placeholder that Caution fills in',
    why: 'Caution replaces {{…}} of its own start script after the command is put in: what stands there is changed.',
    source: sources.platform,
    mend: 'Leave {{…}} out; keep it in a file of the image, if the service needs it.',
    *look(subject) {
      const { run } = subject;
      const variables = Object.entries(run?.env ?? {}).map(([name, text]) => ({ text, line: run?.lineOf(name) }));
      const words = run?.words ?? [];
      // In a Procfile the whole line is one text.
      const texts =
        run?.place === 'run'
          ? [{ text: entryOf(subject, 'run')?.value ?? '', line: run.line }]
          : [...words, ...variables];
      for (const { text, line } of texts) {
        const found = /\{\{.*?(?:\}\}|$)/.exec(text)?.[0];
        if (found) yield { path: run?.path, line, message: `${shownValue(found)} may be replaced.` };
      }
    },
  },
  {
    id: 'run-relative-path',
    level: 'warning',
    title: 'An argument that needs a working folder',
    why: 'Caution starts the program in /: a relative path is looked for there, whatever WORKDIR says.',
    source: sources.caution,
    mend: 'Write the absolute path in the image.',
    *look({ run, view }) {
      for (const [index, word] of run?.command.entries() ?? []) {
        const isPath = /^\.{1,2}\//.test(word) || (/[./]/.test(word) && !word.startsWith('/') && view.has(word));
        if (!run?.words || index === 0 || !isPath) continue;
        const line = run.words.at(index - run.command.length)?.line;
        yield { path: run.path, line, message: `${shownValue(word)} is a relative path.` };
      }
    },
  },
  {
    id: 'run-replaced',
    level: 'error',
    title: 'A program that Caution replaces',
    why: 'Caution lays its own files over the image, and they win: what the image has there never runs.',
    source: sources.platform,
    mend: 'Put the program elsewhere, such as below /app.',
    *look({ run }) {
      const program = run?.command[0] ?? '';
      const isShell = /\/(?:sh|busybox|find|cat|ls|sleep)$/.test(program);
      if (run?.words && !isShell && replacedByCaution(program.slice(1)))
        yield { path: run.path, line: run.line, message: `${printableLine(program, 80)} is Caution's own file.` };
    },
  },
  {
    id: 'env-not-applied',
    level: 'warning',
    title: 'A variable that the enclave does not have',
    why: 'Caution applies no ENV of the image: a service has the variables that lead its run command, or the env of its unit.',
    source: sources.caution,
    mend: 'Put the variable before the program in run (in caution.hcl: in env of the unit).',
    look: (subject) => variableSightings(subject),
  },
];

function* variableSightings({ build, run }: Subject): Iterable<Sighting> {
  const stage = build && finalStage(build);
  if (!build || !stage || !run) return;
  const values = valuesOf(build, stage);
  for (const [name, { line, stage: at, pairs }] of variablesOf(build, stage)) {
    if (at !== stage.index || appliedByCaution.has(name) || ofTheBuild.test(name)) continue;
    const value = values.get(name) ?? pairs.findLast((pair) => pair.name === name)?.value ?? '';
    if (value === '') continue;
    // A secret has a rule of its own, and belongs into no message.
    if (secretIn(name, value) !== null) continue;
    if (run.secrets.includes(name)) continue;
    const said = saidOfVariable(name, value, Object.hasOwn(run.env, name) ? run.env[name] : undefined, run.place);
    if (said) yield { path: build.path, line, ...said };
  }
}

/** @param given what the enclave has; null comes back where that is the same. */
function saidOfVariable(
  name: string,
  value: string,
  given: string | undefined,
  place: Run['place'],
): Omit<Sighting, 'path'> | null {
  const shown = printableLine(name, 60);
  if (given === undefined) {
    const plain = !/[$'"\\]/.test(value);
    const mend =
      place === 'run'
        ? `Begin run with ${shown}=${printableLine(quoteWord(value), 80)}`
        : `Add to env of the unit: ${shown} = "${printableLine(value, 80)}"`;
    return { message: `${shown} is set in the image alone.`, ...(plain && { mend }) };
  }
  // What a variable in it stands for is not known.
  return given === value || value.includes('$') ? null : { message: `${shown} is set otherwise in ${place}.` };
}

/** What a comment hides of a run command; '' when `#` is part of a word. */
function restOf(value: string, words: readonly WrittenWord[]): string {
  let at = 0;
  for (const { written } of words) at = value.indexOf(written, at) + written.length;
  return value.slice(at).trim();
}
