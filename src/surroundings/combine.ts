import type { Evidence, Finding } from '../app.ts';
import { checkRun } from '../caution/limits.ts';
import type { Detection, Project } from '../languages/language.ts';
import { portWord } from '../languages/port-word.ts';
import type { Sighting } from '../languages/scan.ts';
import { looksSecret } from '../secrets.ts';
import { decideEntry, type EntryDecision, unsaid } from './entry.ts';
import type { Facts, PortClaim, Said, Variable } from './facts.ts';
import { portsIn, type Started, startedBy } from './launch.ts';
import { decidePort, portEvidence } from './ports.ts';
import { variableFindings } from './reads.ts';
import { beforeFinding, severalFinding, udpBesideFinding, udpFinding } from './rules.ts';

/**
 * A language's detection, with what the files around the code say. Code says more than they do; they answer what code
 * leaves open, and where two that count disagree it stays open.
 */
export function withSurroundings(found: Detection, facts: Facts, project: Project, said: Said): Detection {
  const launches = facts.commands.map((command) => startedBy(project, command));
  const entry = decideEntry(found, launches, facts.beside, said);
  const taken =
    found.language === 'python' ? launches : launches.filter(({ command }) => command.from === entry.argsFrom);
  const port = decidePort(codePort(found), [...taken.flatMap(portsOfLaunch), ...facts.ports], found.usualPort);
  const args = [...entry.args, ...unsaid(found.args ?? [], entry.args)];
  const settings = settingsOf(found, facts, launches, said);
  const variables = openVariables(facts.variables, new Set([...Object.keys(settings.env), ...said.env]));
  const several = said.run ? [] : launches.flatMap(({ launch }) => launch.several ?? []).slice(0, 1);
  const before = launches.flatMap(({ launch }) => launch.before);
  const blocking = [...facts.blocking, ...several.map(severalFinding), ...udpOnly(found, facts)];
  return {
    ...found,
    entry: entry.entry,
    entries: entry.entries,
    ...(args.length > 0 ? { args } : {}),
    port: port.port,
    portChoices: port.port === null ? port.choices : [],
    env: settings.env,
    evidence: [
      ...inPlace(found.evidence, entry, portEvidence(port)),
      ...entry.evidence,
      ...settings.evidence,
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

function codePort(found: Detection): Parameters<typeof decidePort>[0] {
  const from = found.evidence.find(({ setting }) => setting === 'port')?.from ?? null;
  const readsOther = found.findings.some(({ id }) => id.endsWith('-port-variable'));
  return { port: found.port, from, readsPort: takesPort(found), readsOther };
}

/** Whether the run command says the port, so that any will do. */
function takesPort({ env, args = [] }: Detection): boolean {
  return 'PORT' in env || [...Object.values(env), ...args].some((each) => each.includes(portWord));
}

function portsOfLaunch({ launch }: Started): PortClaim[] {
  const set = /^\d{2,5}$/.test(launch.env.PORT ?? '') ? [Number(launch.env.PORT)] : [];
  return [...set, ...portsIn(launch.words)].map((port) => ({ port, from: launch.from }));
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
