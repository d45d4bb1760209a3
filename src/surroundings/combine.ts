import type { Evidence, Finding } from '../app.ts';
import { checkRun } from '../caution/limits.ts';
import type { Detection, Project } from '../languages/language.ts';
import { placeOf } from '../languages/place.ts';
import type { Sighting } from '../languages/scan.ts';
import { printableLine } from '../output.ts';
import type { Command, Facts, PortClaim, Variable } from './facts.ts';
import { fitsRoot } from './files.ts';
import { baseName, type Launch, launchOf, portsIn } from './launch.ts';
import { decidePort, portEvidence } from './ports.ts';
import { variableFindings } from './reads.ts';
import { beforeFinding, severalFinding, udpBesideFinding, udpFinding } from './rules.ts';
import { looksSecret } from './secrets.ts';

/** What a person has said already, so that it is no question any more. */
export interface Said {
  entry: boolean;
  run: boolean;
  port: boolean;
  /** Names of variables that the run command is given. */
  env: readonly string[];
}

/**
 * A language's detection, with what the files around the code say. Code says more than they do; they answer what code
 * leaves open, and where two that count disagree it stays open.
 */
export function withSurroundings(found: Detection, facts: Facts, project: Project, said: Said): Detection {
  const launches = facts.commands.map((command) => ({
    command,
    launch: launchOf(project, command.words, command.from),
  }));
  const entry = decideEntry(found, launches, facts.beside, said);
  const taken =
    found.language === 'python' ? launches : launches.filter(({ command }) => command.from === entry.argsFrom);
  const port = decidePort(codePort(found), [...taken.flatMap(portsOfLaunch), ...facts.ports], found.usualPort);
  const settings = settingsOf(found, facts, launches, said);
  const variables = openVariables(facts.variables, new Set([...Object.keys(settings.env), ...said.env]));
  const several = said.run ? [] : launches.flatMap(({ launch }) => launch.several ?? []).slice(0, 1);
  const before = launches.flatMap(({ launch }) => launch.before);
  const files = filesOf(found, facts);
  const blocking = [...facts.blocking, ...several.map(severalFinding), ...udpOnly(found, facts)];
  return {
    ...found,
    entry: entry.entry,
    entries: entry.entries,
    ...(entry.args.length > 0 ? { args: entry.args } : {}),
    port: port.port,
    portChoices: port.port === null ? port.choices : [],
    env: settings.env,
    build: files.kept.length > 0 ? { ...found.build, rootFiles: files.kept } : found.build,
    evidence: [
      ...inPlace(found.evidence, entry, portEvidence(port)),
      ...entry.evidence,
      ...settings.evidence,
      ...files.evidence,
      ...variables
        .slice(0, 40)
        .map(({ name, secret, from }) => ({ setting: secret ? 'secret' : 'variable', value: name, from })),
    ],
    findings: [
      ...found.findings,
      ...distinctFindings([
        ...entry.findings,
        ...(said.port ? [] : port.findings),
        ...facts.findings,
        ...udpBeside(found, facts),
        ...(before.length > 0 ? [beforeFinding(before)] : []),
        ...files.findings,
        ...variableFindings(variables),
        ...blocking,
      ]),
    ],
    blocked: found.blocked || blocking.length > 0,
  };
}

/** The language's own evidence, with what is now known of the port in the port's place. */
function inPlace(own: readonly Evidence[], { entry, from }: EntryDecision, port: readonly Evidence[]): Evidence[] {
  const kept = own.filter(({ setting }) => setting !== 'entry' || (entry !== null && from === null));
  const at = kept.findIndex(({ setting }) => setting === 'port');
  const others = kept.filter(({ setting }) => setting !== 'port');
  return at < 0 ? [...others, ...port] : [...others.slice(0, at), ...port, ...others.slice(at)];
}

interface Started {
  command: Command;
  launch: Launch;
}

function codePort(found: Detection): Parameters<typeof decidePort>[0] {
  const from = found.evidence.find(({ setting }) => setting === 'port')?.from ?? null;
  const readsOther = found.findings.some(({ id }) => id.endsWith('-port-variable'));
  return { port: found.port, from, readsPort: 'PORT' in found.env, readsOther };
}

function portsOfLaunch({ command, launch }: Started): PortClaim[] {
  const set = /^\d{2,5}$/.test(launch.env.PORT ?? '') ? [Number(launch.env.PORT)] : [];
  return [...set, ...portsIn(launch.words)].map((port) => ({ port, from: command.from }));
}

interface EntryDecision {
  entry: string | null;
  entries: string[];
  /** Arguments that today's start command gives the program, and where. */
  args: string[];
  argsFrom: string;
  /** Set when a command decided, and not the language. */
  from: string | null;
  evidence: Evidence[];
  findings: Finding[];
}

function decideEntry(
  found: Detection,
  started: readonly Started[],
  beside: readonly Command[],
  said: Said,
): EntryDecision {
  const named = started.flatMap(({ command, launch }) => {
    const entry = found.entries.filter((each) => launch.words.some((word) => names(found, word, each)));
    return entry.length === 1 && entry[0] !== undefined ? [{ entry: entry[0], from: command.from }] : [];
  });
  const [first] = named;
  const agreed = first !== undefined && named.every(({ entry }) => entry === first.entry) ? first : null;
  const chosen = found.entry === null ? agreed : null;
  const entry = found.entry ?? chosen?.entry ?? null;
  const args = entry === null ? noArguments : argumentsOf(found, entry, started);
  const evidence: Evidence[] = chosen === null ? [] : [{ setting: 'entry', value: chosen.entry, from: chosen.from }];
  if (args.words.length > 0 && !args.left)
    evidence.push({ setting: 'arguments', value: args.words.join(' '), from: args.from });
  // Several processes of one code: which of them this app is, only its owners know.
  const several = beside.length > 0 && !said.entry && !said.run;
  // A program that is started with what cannot be taken over does not start without it.
  const open = several || (args.left && !said.entry && !said.run);
  return {
    entry: open ? null : entry,
    entries: [...new Set([...(entry === null ? [] : [entry]), ...found.entries])],
    args: open || args.left ? [] : args.words,
    argsFrom: args.from,
    from: chosen?.from ?? null,
    evidence: open ? [] : evidence,
    findings: [
      ...(beside.length > 0 ? [besideFinding(started[0]?.command, beside, several)] : []),
      ...(args.left && !said.run ? [argumentsFinding(args.from, args.words)] : []),
    ],
  };
}

/** Whether a word of a start command names an entry: a file, a module, a package's folder or its program. */
function names({ language }: Detection, word: string, entry: string): boolean {
  if (language === 'python') return word === entry;
  const plain = word.replace(/^(\.\/|\/(?:usr\/src\/app|app|workspace|srv|opt\/app)\/)/, '');
  if (language === 'node') return plain === entry;
  return baseName(word) === baseName(entry) && entry !== '.';
}

interface Arguments {
  words: string[];
  from: string;
  /** Whether they cannot be taken over. */
  left: boolean;
}

const noArguments: Arguments = { words: [], from: '', left: false };

/** What follows the program in today's start command; for Python and for a start script its language knows it. */
function argumentsOf(found: Detection, entry: string, started: readonly Started[]): Arguments {
  const none = noArguments;
  const own = found.build.arguments;
  if (found.language === 'python' || (Array.isArray(own) && own.length > 0)) return none;
  const [first] = started.filter(({ launch }) => launch.words.length > 0 && launch.several === null);
  if (!first || /^(go|cargo|sh|bash|make|npm|yarn|pnpm|air)$/.test(baseName(first.launch.words[0] ?? ''))) return none;
  const only = found.language !== 'node' && found.entries.length <= 1;
  const at = only ? 0 : first.launch.words.findIndex((word) => names(found, word, entry));
  const words = first.launch.words.slice(at + 1);
  if (at < 0) return none;
  // What a shell would expand, and paths of another image, cannot be taken over.
  const plain = words.every((word) => !/[$`*{}<>|&;]/.test(word) && checkRun(word) === null && !word.startsWith('/'));
  return { words, from: first.command.from, left: !plain };
}

function argumentsFinding(from: string, words: readonly string[]): Finding {
  return {
    id: 'arguments-left',
    level: 'warning',
    ...placeOf(from),
    message: `The program is started with ${printableLine(words.join(' '), 80)}, which is not taken over.`,
    why: 'That names files of another image, or what a shell fills in: there is no shell, and no such file.',
    mend: 'Give the whole command with --run, see that the files it names are in the image, and name its program with --entry.',
  };
}

function besideFinding(main: Command | undefined, beside: readonly Command[], open: boolean): Finding {
  const process = (command: Command) =>
    `${printableLine(command.process, 30)} (${printableLine(command.words.join(' '), 60)})`;
  const others = beside.slice(0, 4).map(process).join(', ');
  return {
    id: 'several-processes',
    level: 'warning',
    ...placeOf(beside[0]?.from ?? ''),
    message: open
      ? `Several processes belong to this service: ${main ? `${process(main)}, ` : ''}${others}.`
      : `These processes do not come along: ${others}.`,
    why: 'An enclave runs one command; what the others do is not done in it.',
    mend: open
      ? 'Name the one that this app is with --entry, or its whole command with --run.'
      : 'Run them elsewhere, or see that the service does without.',
  };
}

interface FilesDecision {
  /** Relative to the service's folder: what the image must have below its root. */
  kept: string[];
  evidence: Evidence[];
  findings: Finding[];
}

/** The enclave starts the service in `/`: what it reads by a relative path must be found from there. */
function filesOf(found: Detection, { files }: Facts): FilesDecision {
  // gunicorn is told to start in the service's folder.
  const evidence = files.map(({ value, from }) => ({ setting: 'file', value, from }));
  const { detected } = found.build;
  const server = typeof detected === 'object' && detected !== null && 'server' in detected ? detected.server : null;
  if (server === 'gunicorn') return { kept: [], evidence, findings: [] };
  // Whole trees lie in /app: what begins with that name would be looked for among them.
  const whole = found.language === 'python';
  const fits = ({ value }: Sighting) => fitsRoot(value) && !(whole && value.split('/')[0] === 'app');
  const [lost] = files.filter((file) => !fits(file));
  return {
    kept: files
      .filter(fits)
      .map(({ value }) => value)
      .sort(),
    evidence,
    findings: lost === undefined ? [] : [lostFinding(lost)],
  };
}

function lostFinding({ value, from }: Sighting): Finding {
  return {
    id: 'relative-path',
    level: 'warning',
    ...placeOf(from),
    message: `${printableLine(value, 80)} is read relative to the folder that the service is started in, and will not be found.`,
    why: 'The enclave starts it in /, where this name is taken.',
    mend: 'Name it relative to the source file, or by a variable that --env sets to its place in the image, below /app.',
  };
}

interface SettingsDecision {
  env: Record<string, string>;
  evidence: Evidence[];
}

/** Public settings of the image and of the start command lead the run command, unless the code's own detection sets them. */
function settingsOf(found: Detection, facts: Facts, started: readonly Started[], said: Said): SettingsDecision {
  const env: Record<string, string> = {};
  const evidence: Evidence[] = [];
  const ofCommands = started.flatMap(({ command, launch }) =>
    Object.entries(launch.env).map(([name, value]): Sighting & { name: string } => ({
      name,
      value,
      from: command.from,
    })),
  );
  for (const { name, value, from } of [...facts.settings, ...ofCommands]) {
    if (name in env || name in found.env || said.env.includes(name) || name === 'PORT' || /\$/.test(value)) continue;
    if (looksSecret(name, value) || checkRun(value) !== null || value === '') continue;
    env[name] = value;
    evidence.push({ setting: `env.${name}`, value, from });
  }
  return { env: { ...env, ...found.env }, evidence };
}

/** Each variable once, at the place that was read first: code comes before examples. One source that says secret is enough. */
function openVariables(variables: readonly Variable[], known: ReadonlySet<string>): Variable[] {
  const found = new Map<string, Variable>();
  for (const variable of variables) {
    if (known.has(variable.name) || variable.name === 'PORT' || variable.name === 'NODE_ENV') continue;
    const before = found.get(variable.name);
    if (before === undefined) found.set(variable.name, { ...variable });
    else before.secret ||= variable.secret;
  }
  return [...found.values()];
}

function udpOnly(found: Detection, { udp, ports }: Facts): Finding[] {
  const first = udp.find(({ value }) => /\d/.test(value)) ?? udp[0];
  return first === undefined || found.port !== null || ports.length > 0 ? [] : [udpFinding(first.from, first.value)];
}

function udpBeside(found: Detection, { udp, ports }: Facts): Finding[] {
  const [first] = udp;
  return first === undefined || (found.port === null && ports.length === 0)
    ? []
    : [udpBesideFinding(first.from, first.value)];
}

/** The same words once: a Dockerfile and a compose file may both say that state is lost. */
function distinctFindings(findings: readonly Finding[]): Finding[] {
  const same = (a: Finding, b: Finding) => a.id === b.id && a.message === b.message;
  return findings.filter((finding, index) => findings.findIndex((other) => same(other, finding)) === index);
}
