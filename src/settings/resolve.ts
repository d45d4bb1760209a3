import type { App, Evidence, Finding, Outcome } from '../app.ts';
import { checkRun } from '../caution/limits.ts';
import { formatRun, parseRun, type RunCommand } from '../caution/words.ts';
import type { Detection, Language, Runnable } from '../languages/language.ts';
import { portWord } from '../languages/port-word.ts';
import type { Target } from '../target.ts';
import { type Contradiction, furtherSettings, valuesFrom } from './further.ts';
import {
  type Answers,
  firstOf,
  flagName,
  isSwitch,
  type Key,
  type Known,
  type Setting,
  settingValue,
  valuesOf,
} from './setting.ts';
import { settings } from './table/index.ts';

/** What is decided once flags, answers and the folder have been looked at together. */
export interface Resolved {
  outcome: Outcome;
  /** Null while answers are missing. */
  app: App | null;
  evidence: Evidence[];
  findings: Finding[];
  /** Flags that would answer what cannot be known. */
  missing: string[];
}

/** What is wrong with the given answers, each with its flag: all of them at once. */
export function checkAnswers(answers: Answers): Contradiction[] {
  const wrong: Contradiction[] = [];
  for (const setting of settings) {
    for (const value of valuesOf(answers[setting.key])) {
      const reason = setting.check(value);
      if (reason !== null) wrong.push({ flag: flagName(setting), value, reason });
    }
  }
  const { port, httpPort } = answers;
  if (port && httpPort && !port.includes(httpPort)) {
    wrong.push({
      flag: '--http-port',
      value: httpPort,
      reason: 'It is one of the ports: name it with --port as well.',
    });
  }
  return wrong;
}

/** The settings that are needed and have neither an answer nor a default. */
export function missingSettings(known: Known): Setting[] {
  return settings.filter((setting) => setting.required(known) && settingValue(setting, known) === null);
}

/** The settings that a person would be asked for, and that no flag has answered. */
export function unansweredSettings(known: Known): Setting[] {
  return settings.filter(
    ({ key, question, required }) =>
      question &&
      question.more === undefined &&
      question.when?.(known) !== false &&
      required(known) &&
      known.answers[key] === undefined,
  );
}

/**
 * From everything that is known to one app, or to what is missing. Pure.
 * @param language the chosen language, when one is.
 */
export function resolve(known: Known, target: Pick<Target, 'dir'>, language: Language | null): Resolved {
  const missing = missingSettings(known).map(flagName);
  const detection = known.detection;
  const findings = [...(detection?.findings ?? [])];
  const evidence = (detection?.evidence ?? []).filter(({ setting }) => !(setting in known.answers));
  const given = (key: Key): string | null => firstOf(settingValue(settingOf(key), known));
  const entry = given('entry') ?? (detection === null ? (language?.starter.entry ?? null) : null);
  const entryProblem = entry === null || language === null ? null : language.checkEntry(entry);
  if (entryProblem !== null) {
    findings.push({
      id: 'entry-refused',
      level: 'error',
      message: `${entry} cannot be what runs: ${entryProblem}`,
      why: 'The run command is made from it.',
      mend: 'Name another with --entry, or the whole command with --run.',
    });
  }
  const complete = missing.length === 0 && language !== null && entryProblem === null;
  const app = complete ? appOf(known, target, language, entry ?? '') : null;
  const runProblem = app === null ? null : checkRun(formatRun(app));
  if (runProblem !== null) findings.push(runRefused(runProblem));
  return { outcome: outcomeOf(detection, missing, findings), app, evidence, findings, missing };
}

function runRefused(reason: string): Finding {
  return {
    id: 'run-refused',
    level: 'error',
    message: `The run command cannot stand in a Procfile: ${reason}`,
    why: 'It is one line, and the platform fills in its own placeholders.',
    mend: 'Change the start command, or give the whole command with --run.',
  };
}

function outcomeOf(detection: Detection | null, missing: string[], findings: Finding[]): Outcome {
  if (detection?.blocked) return 'blocked';
  if (findings.some(({ level }) => level === 'error')) return 'prepare';
  return missing.length > 0 ? 'ask' : 'ready';
}

function appOf(known: Known, target: Pick<Target, 'dir'>, language: Language, entry: string): App {
  const value = valuesFrom(known);
  const ports = valuesOf(value('port')).map(Number);
  const httpPort = Number(firstOf(value('httpPort')) ?? ports[0]);
  const name = firstOf(value('name')) ?? '';
  const starter = known.detection === null;
  const manager = known.detection?.manager ?? language.starter.manager;
  const facts = starter ? language.starter.build : (known.detection?.build ?? {});
  const runnable = language.runnable({ name, entry, dir: target.dir, manager, build: facts, starter });
  const env: Record<string, string> = {
    ...(starter ? language.starter.env : known.detection?.env),
    ...runnable.env,
  };
  if ('PORT' in env) env.PORT = String(httpPort);
  const filled = (word: string) => word.replaceAll(portWord, String(httpPort));
  for (const [name, assigned] of Object.entries(env)) env[name] = filled(assigned);
  const command = [...runnable.command, ...(known.detection?.args ?? [])].map(filled);
  const run = runOf({ env, command }, known);
  const cpus = firstOf(value('cpus'));
  return {
    name,
    language: language.id,
    manager,
    entry,
    starter,
    dir: target.dir,
    containerfile:
      firstOf(value('containerfile')) ?? (target.dir === '' ? 'Containerfile' : `${target.dir}/Containerfile`),
    ...run,
    ports: [...new Set(ports)].sort((a, b) => a - b),
    httpPort,
    memoryMb: Number(firstOf(value('memory'))),
    cpus: cpus === null ? null : Number(cpus),
    sources: valuesOf(value('source')),
    ...furtherSettings(value),
    ...stagexOf(known),
    build: { ...facts, ...runnable.build },
    ...filesOf(runnable.files, target.dir),
  };
}

/** Which release of StageX, and where its images come from. */
export function stagexOf(known: Known): Pick<App, 'release' | 'registry'> {
  const said = (key: Key) => firstOf(settingValue(settingOf(key), known)) ?? '';
  const registry = said('stagexRegistry');
  return {
    release: said('release'),
    // A mirror holds the organisation under its own name, as quay.io/stagex does.
    registry: registry === 'stagex' || registry.endsWith('/stagex') ? registry : `${registry}/stagex`,
  };
}

/** Files of the service's folder, as the build context names them. */
function filesOf(files: Runnable['files'], dir: string): Pick<App, 'files'> {
  if (files === undefined) return {};
  const inContext = (file: string) => (dir === '' ? file : `${dir}/${file}`);
  return { files: Object.fromEntries(Object.entries(files).map(([file, content]) => [inContext(file), content])) };
}

/**
 * The run command: a whole one that was given; else what an existing configuration says of the same program, unless its
 * entry or port is said anew; else the derived one. Public variables that were given lead any of them.
 */
function runOf(derived: RunCommand, { answers, written }: Known): RunCommand {
  const there = firstOf(written.run) === null ? null : parseRun(firstOf(written.run) ?? '');
  const anew = answers.entry ?? answers.port ?? answers.httpPort;
  const kept = anew === undefined && there?.command[0] === derived.command[0] ? there : null;
  const { env, command } = (answers.run === undefined ? kept : parseRun(answers.run)) ?? derived;
  const assigned = (answers.env ?? []).map((assignment) => {
    const equals = assignment.indexOf('=');
    return [assignment.slice(0, equals), assignment.slice(equals + 1)];
  });
  // What becomes a secret is public no more.
  const hidden = new Set(answers.secret ?? valuesOf(written.secret));
  const open = Object.entries(env).filter(([name]) => !hidden.has(name));
  return { env: { ...Object.fromEntries(open), ...Object.fromEntries(assigned) }, command };
}

function settingOf(key: Key): Setting {
  const setting = settings.find((each) => each.key === key);
  if (!setting) throw new Error(`No setting ${key}`);
  return setting;
}

/**
 * The flags that give the same app again, in the order of the table: for «the command that repeats this run».
 * Defaults of this version are left out.
 */
export function flagsOf(app: App, answers: Answers): string[] {
  const flags: string[] = ['--language', app.language, '--name', app.name];
  if (!app.starter && answers.run === undefined) flags.push('--entry', app.entry);
  for (const port of app.ports) flags.push('--port', String(port));
  if (app.httpPort !== null && app.httpPort !== app.ports[0]) flags.push('--http-port', String(app.httpPort));
  flags.push('--memory', String(app.memoryMb));
  for (const source of app.sources) flags.push('--source', source);
  for (const setting of settings) {
    if (stated.has(setting.key)) continue;
    for (const value of valuesOf(answers[setting.key])) {
      const name = flagName(setting);
      flags.push(...(isSwitch(setting) ? [value === 'true' ? name : name.replace('--', '--no-')] : [name, value]));
    }
  }
  return flags;
}

/** What the flags say of every app; all else is said again as it was said. */
const stated: ReadonlySet<Key> = new Set(['language', 'name', 'entry', 'port', 'httpPort', 'memory', 'source']);
