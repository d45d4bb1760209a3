import { existsSync } from 'node:fs';
import path from 'node:path';
import { distance } from 'fastest-levenshtein';
import type { App, Evidence, Finding, LanguageId } from '../../app.ts';
import { checkContainerfile } from '../../caution/limits.ts';
import { printable } from '../../command.ts';
import { ExitCode, UserError } from '../../errors.ts';
import { languages } from '../../languages/index.ts';
import type { Language } from '../../languages/language.ts';
import { note } from '../../output.ts';
import { type CreateFlags, commandWords } from '../../settings/flags.ts';
import { type Contradiction, contradictions } from '../../settings/further.ts';
import { checkAnswers, type Resolved, resolve, unansweredSettings } from '../../settings/resolve.ts';
import { type Answers, flagName, type Known } from '../../settings/setting.ts';
import { lookAround, type Service, type Surroundings } from '../../settings/surroundings.ts';
import { languageOptions } from '../../settings/table/service.ts';
import type { Written } from '../../settings/written.ts';
import { locate, type Target } from '../../target.ts';
import { type Io, interactive, terminalOf } from '../io.ts';
import { combined } from './combined.ts';
import { oneApp, withConfiguration } from './configured.ts';
import { dotted } from './ending.ts';
import { showEvidence } from './facts.ts';
import type { MadeLock } from './made.ts';
import type { Prepared } from './prepare.ts';

/** Everything that a run has to know before it plans files. */
export interface Decision {
  target: Target;
  resolved: Resolved;
  /** What was shown of the folder before the questions. */
  told: readonly Evidence[];
  /** The service of an existing folder as if it were a starter; null for a new one. */
  twin: App | null;
  verify: boolean;
  /** A lock file that was made, and is to be written with the others. */
  made: MadeLock | null;
  /** Procfile and caution.hcl, as they stand. */
  configured: Written;
  /** The settings that somebody made, by flag or at a question. */
  answers: Answers;
}

const nothingKnown = { verify: false, twin: null, told: [], made: null, answers: {} } as const;

/**
 * Collects what is to be written, and where: flags first, then the folder, then questions when somebody is there to
 * answer. Writes nothing.
 * @throws UserError (exit 2) for refused answers, all at once; CancelledError.
 */
export async function decide(flags: CreateFlags, io: Io): Promise<Decision> {
  refuse(checkAnswers(flags.answers));
  refuseOddWord(flags, io.cwd);
  const asks = interactive(io) && !flags.yes && !flags.dryRun && !flags.json;
  const dir = flags.dir ?? (asks ? await askFolder(io) : await defaultFolder(flags, io));
  const { target, surroundings: there } = await chooseService(await locate(dir, io.cwd), flags, io, asks);
  const { configured } = there;
  if (there.below.length > 0) return { ...nothingKnown, target, configured, resolved: whichService(there) };
  let known = await knownFrom(flags.answers, there);
  const { surroundings, made } = await prepared(known, there, { target, flags, io, asks });
  if (surroundings !== there) known = await knownFrom(flags.answers, surroundings);
  let verify = flags.verify ?? true;
  let told: readonly Evidence[] = [];
  if (asks) {
    const { askSettings, askYesNo } = await import('../../settings/prompts.ts');
    const terminal = terminalOf(io);
    told = known.detection?.evidence ?? [];
    showEvidence(told, io.output);
    const answers = await askSettings(known, terminal, (given) => knownFrom(given, surroundings));
    known = await knownFrom(answers, surroundings);
    if (flags.verify === undefined) verify = await askYesNo('Build it twice now and compare?', true, terminal);
  }
  refuse(contradictions(known));
  const language = known.language === null ? null : languages[known.language];
  const resolved = withConfiguration(resolve(known, target, language), target, configured);
  const unanswered = asks || flags.yes || flags.dryRun ? [] : unansweredSettings(known).map(flagName);
  const missing = [...new Set([...resolved.missing, ...unanswered])];
  const outcome = missing.length > 0 && resolved.outcome === 'ready' ? 'ask' : resolved.outcome;
  const twin = twinOf(known, resolved.app, target, language);
  return {
    target,
    verify,
    twin,
    told,
    made,
    configured,
    answers: known.answers,
    resolved: { ...resolved, missing, outcome, app: missing.length > 0 ? null : resolved.app },
  };
}

/** Where errors are all that is between a service and being ready, a lock file may be what is missing. */
async function prepared(
  known: Known,
  surroundings: Surroundings,
  run: { target: Target; flags: CreateFlags; io: Io; asks: boolean },
): Promise<Prepared> {
  const errors = known.detection?.findings.some(({ level }) => level === 'error') ?? false;
  if (!errors) return { surroundings, made: null };
  return (await import('./prepare.ts')).prepareLock({ known, surroundings, ...run });
}

/**
 * The folder that the run is about. Where it holds several services in its folders, and nothing else, one is chosen: a
 * single one is it, and of several a person picks one.
 */
async function chooseService(
  target: Target,
  flags: CreateFlags,
  io: Io,
  asks: boolean,
): Promise<{ target: Target; surroundings: Surroundings }> {
  refuseOddFolder(target);
  const surroundings = await lookAround(target, flags.answers);
  const [first, ...others] = surroundings.below;
  if (first === undefined || (!asks && (others.length > 0 || !target.inRepository))) return { target, surroundings };
  let dir = first.dir;
  if (others.length > 0) {
    const { askOneOf } = await import('../../settings/prompts.ts');
    const options = surroundings.below.map((each) => ({ value: each.dir, label: each.dir, hint: each.language }));
    note(io.output, oneApp);
    dir = await askOneOf('Which service', options, terminalOf(io));
  }
  return chooseService(await locate(path.join(target.folder, dir), io.cwd), flags, io, asks);
}

/** Several services, and nobody to pick one. */
function whichService({ below }: Surroundings): Resolved {
  const dirs = below.slice(0, 10).map(({ dir }) => dir);
  const finding: Finding = {
    id: 'several-services',
    level: 'warning',
    message: `There are several services: ${dirs.join(', ')}${below.length > 10 ? ` and ${below.length - 10} more` : ''}.`,
    why: oneApp,
    source: 'https://docs.caution.co',
    mend: `Name the folder of one: ${printable({ file: 'npm', args: ['create', 'caution-app', dotted(dirs[0] ?? '.')] })}`,
  };
  const evidence = below.map(({ dir, from }) => ({ setting: 'service', value: dir, from }));
  return { outcome: 'ask', app: null, evidence, findings: [finding], missing: ['dir'] };
}

/** A starter with the answers of an app that was found. */
function twinOf(known: Known, app: App | null, target: Target, language: Language | null): App | null {
  if (app === null || app.starter) return null;
  const { name, ports, httpPort, memoryMb, sources } = app;
  const said: Answers = {
    ...known.answers,
    language: app.language,
    name,
    port: ports.map(String),
    memory: String(memoryMb),
    source: sources,
  };
  delete said.entry;
  if (httpPort !== null) said.httpPort = String(httpPort);
  return resolve({ ...known, detection: null, answers: said }, target, language).app;
}

function refuse(wrong: readonly Contradiction[]): void {
  if (wrong.length === 0) return;
  const each = wrong.map(({ flag, value, reason }) => `${flag} ${JSON.stringify(value)}: ${reason}`);
  throw new UserError('bad-answer', each.join('\n'), {
    exitCode: ExitCode.Usage,
    next: 'create-caution-app --help lists the flags.',
  });
}

/** A word that is nearly a command's is more likely that than a folder. */
function refuseOddWord({ dir, answers }: CreateFlags, cwd: string): void {
  if (dir === undefined) return;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (dir === '' || /[\x00-\x1f\x7f]/.test(dir)) {
    throw new UserError('bad-folder', `${JSON.stringify(dir)} is no name for a folder.`, {
      exitCode: ExitCode.Usage,
      next: 'Name a folder without control characters; . is this one.',
    });
  }
  const meant = commandWords.find((word) => distance(word, dir) <= 2);
  if (meant === undefined || answers.language !== undefined || existsSync(path.resolve(cwd, dir))) return;
  throw new UserError('usage', `There is no command ${dir}. Did you mean ${meant}?`, {
    exitCode: ExitCode.Usage,
    next: `For a new folder of that name, write ./${dir}.`,
  });
}

/** The folder's path below the repository stands in the Containerfile and in the Procfile. */
function refuseOddFolder({ dir }: Target): void {
  const option = dir.startsWith('-') ? 'It begins with "-", and COPY would take it for an option.' : null;
  const reason = dir === '' ? null : (checkContainerfile(dir) ?? option);
  if (reason === null) return;
  throw new UserError('bad-folder', `${JSON.stringify(dir)} cannot be in a Containerfile's path: ${reason}`, {
    exitCode: ExitCode.Usage,
    next: 'Choose another name for the folder below the repository.',
  });
}

async function askFolder(io: Io): Promise<string> {
  const { askText } = await import('../../settings/prompts.ts');
  const check = (value: string) =>
    value.trim() === '' || value.includes('\0') ? 'Name a folder; . is this one.' : null;
  return askText('Folder', './my-service', check, terminalOf(io));
}

/** Without a terminal, this folder when it holds a service. */
async function defaultFolder(flags: CreateFlags, io: Io): Promise<string> {
  const target = await locate('.', io.cwd);
  if (target.state === 'occupied') {
    const { services, below } = await lookAround(target, flags.answers).catch((error) => {
      if (error instanceof UserError) return { services: [], below: [] };
      throw error;
    });
    if (services.length + below.length > 0) return '.';
  }
  const missing = ['a folder', ...(flags.answers.language === undefined ? ['--language'] : [])];
  throw new UserError('missing-answers', `Missing: ${missing.join(', ')}. ${path.basename(io.cwd)} holds no service.`, {
    exitCode: ExitCode.Usage,
    missing: missing.map((name) => (name === 'a folder' ? 'dir' : name)),
    next: 'For a new service: npm create caution-app my-service -- --language go --yes',
  });
}

/** What is known once these answers are given. */
async function knownFrom(answers: Answers, surroundings: Surroundings): Promise<Known> {
  const { services, ...rest } = surroundings;
  const service = chosen(services, answers.language);
  const detection = service === null ? null : await combined(service, answers);
  const id = (answers.language ?? detection?.language ?? null) as LanguageId | null;
  const language = id === null ? null : languages[id];
  return {
    ...rest,
    answers,
    detection,
    language: id,
    languageMemoryMb: language?.memoryMb ?? 512,
    languageChoices:
      services.length > 1
        ? languageOptions.filter((option) => services.some((each) => each.detection.language === option.value))
        : languageOptions,
    undecided: services.length > 1 && service === null,
  };
}

/** The one service of a folder; of several, the one in the chosen language. */
function chosen(services: readonly Service[], language: string | undefined): Service | null {
  if (services.length === 1) return services[0] ?? null;
  return services.find(({ detection }) => detection.language === language) ?? null;
}
