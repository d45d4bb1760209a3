import { checkRun } from '../../caution/limits.ts';
import { replacedByCaution } from '../../caution/replaced.ts';
import { parseRun, quoteWord, type WrittenWord, writtenWords } from '../../caution/words.ts';
import { printableLine } from '../../output.ts';
import { finalStage, lastOf, variablesOf } from '../containerfile/build.ts';
import { valuesOf } from '../containerfile/commands.ts';
import type { Rule, Sighting } from '../rule.ts';
import { secretIn } from '../secrets.ts';
import { sources } from '../sources.ts';
import type { Subject } from '../subject.ts';
import { entryOf, shownValue } from './entries.ts';

/** Where `run` stands, and its words as written; null when there is no run, or a quote stays open. */
function runOf(subject: Subject): { path: string; line: number; value: string; words: WrittenWord[] } | null {
  const entry = entryOf(subject, 'run');
  if (!entry || entry.value === '') return null;
  const words = writtenWords(entry.value);
  return words && { path: entry.path, line: entry.line, value: entry.value, words };
}

/** A word that only a shell would understand, and that is written as if one read it. */
function shellFeature({ text, written }: WrittenWord): string | null {
  const bare = text === written;
  if (bare && /^(?:&&|\|\||[|;&]|\d*(?:>>?|<)(?:&?\S*))$/.test(text)) return text;
  if (bare && /;$/.test(text)) return ';';
  const literal = written.startsWith("'") || written.includes('\\');
  return literal ? null : (/\$(?:[A-Za-z_]\w*|\{[^}]*\}?|\()|`/.exec(text)?.[0] ?? null);
}

/** The words that the program gets for itself: what follows `-c` of a shell is that shell's to read. */
function plainWords(words: readonly WrittenWord[]): readonly WrittenWord[] {
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
    why: 'Caution starts what run of the Procfile names, and nothing of the image’s own ENTRYPOINT or CMD.',
    source: sources.caution,
    mend: 'Add a line such as run: /app/server',
    *look(subject) {
      const { procfile, build } = subject;
      if (!procfile || procfile.parsed.run) return;
      const stage = build && finalStage(build);
      const entrypoint = stage && (lastOf(build, stage, 'ENTRYPOINT') ?? lastOf(build, stage, 'CMD'));
      const shown = entrypoint ? ` The image's ${entrypoint.keyword} (line ${entrypoint.line}) is not used.` : '';
      yield {
        ...{ path: procfile.path, line: procfile.parsed.lines.run },
        message: `The Procfile has no run.${shown}`,
      };
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
    *look(subject) {
      const run = runOf(subject);
      const program = subject.run?.command[0];
      if (!run || program === undefined || program.startsWith('/')) return;
      yield { path: run.path, line: run.line, message: `${shownValue(program)} is not an absolute path.` };
    },
  },
  {
    id: 'run-shell-syntax',
    level: 'error',
    title: 'Shell syntax that no shell reads',
    why: 'Caution quotes each word of run: &&, |, ;, > and $NAME reach the program as plain arguments.',
    source: sources.parser,
    mend: "Write what a shell has to read as one word: run: /bin/sh -c 'exec /app/server --port \"$PORT\"' (Caution's busybox is /bin/sh).",
    *look(subject) {
      const run = runOf(subject);
      if (!run) return;
      const found = [...new Set(plainWords(run.words).flatMap((word) => shellFeature(word) ?? []))];
      if (found.length === 0) return;
      const shown = found
        .slice(0, 5)
        .map((each) => printableLine(each, 40))
        .join(' ');
      yield { path: run.path, line: run.line, message: `No shell reads ${shown} here.` };
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
      const run = runOf(subject);
      const comment = run && /(?:^|\s)#/.test(run.value) && restOf(run.value, run.words);
      if (run && comment) yield { path: run.path, line: run.line, message: `${shownValue(comment)} is dropped.` };
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
      const run = runOf(subject);
      const found = run && /\{\{.*?(?:\}\}|$)/.exec(run.value)?.[0];
      if (run && found && checkRun(run.value) !== null)
        yield { path: run.path, line: run.line, message: `${shownValue(found)} may be replaced.` };
    },
  },
  {
    id: 'run-relative-path',
    level: 'warning',
    title: 'An argument that needs a working folder',
    why: 'Caution starts the program in /: a relative path is looked for there, whatever WORKDIR says.',
    source: sources.caution,
    mend: 'Write the absolute path in the image.',
    *look(subject) {
      const run = runOf(subject);
      const { view } = subject;
      for (const word of subject.run?.command.slice(1) ?? []) {
        const isPath = /^\.{1,2}\//.test(word) || (/[./]/.test(word) && !word.startsWith('/') && view.has(word));
        if (run && isPath) yield { path: run.path, line: run.line, message: `${shownValue(word)} is a relative path.` };
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
    *look(subject) {
      const run = runOf(subject);
      const program = subject.run?.command[0] ?? '';
      const isShell = /\/(?:sh|busybox|find|cat|ls|sleep)$/.test(program);
      if (run && !isShell && replacedByCaution(program.slice(1)))
        yield { path: run.path, line: run.line, message: `${printableLine(program, 80)} is Caution's own file.` };
    },
  },
  {
    id: 'env-not-applied',
    level: 'warning',
    title: 'A variable that the enclave does not have',
    why: 'Caution applies no ENV of the image: a service has the variables that lead its run command.',
    source: sources.caution,
    mend: 'Put the variable before the program in run.',
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
    const said = saidOfVariable(name, value, Object.hasOwn(run.env, name) ? run.env[name] : undefined);
    if (said) yield { path: build.path, line, ...said };
  }
}

/** @param given what the run command sets; null comes back where that is the same. */
function saidOfVariable(name: string, value: string, given: string | undefined): Omit<Sighting, 'path'> | null {
  const shown = printableLine(name, 60);
  if (given === undefined) {
    const plain = !/[$'"\\]/.test(value);
    return {
      message: `${shown} is set in the image alone.`,
      ...(plain && { mend: `Begin run with ${shown}=${printableLine(quoteWord(value), 80)}` }),
    };
  }
  // What a variable in it stands for is not known.
  return given === value || value.includes('$') ? null : { message: `${shown} is set otherwise in run.` };
}

/** What a comment hides of a run command; '' when `#` is part of a word. */
function restOf(value: string, words: readonly WrittenWord[]): string {
  let at = 0;
  for (const { written } of words) at = value.indexOf(written, at) + written.length;
  return value.slice(at).trim();
}
