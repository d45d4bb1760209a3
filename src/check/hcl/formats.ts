import { type Difference, type DifferenceKey, differences } from '../../caution/differences.ts';
import type { ProcfileKey } from '../../caution/procfile.ts';
import { configurationOfProcfile } from '../../caution/procfile-configuration.ts';
import { printableLine } from '../../output.ts';
import type { Rule, Sighting } from '../rule.ts';
import { sources } from '../sources.ts';
import { readProcfile, type Subject } from '../subject.ts';
import { type Said, saidBy } from './said.ts';

/** Where each of the formats says a thing, and what it is called. */
const places: Record<
  Exclude<DifferenceKey, `env.${string}`>,
  { what: string; procfile: ProcfileKey[]; hcl: string }
> = {
  command: { what: 'The command', procfile: ['run'], hcl: 'unit.command' },
  containerfile: { what: 'The Containerfile', procfile: ['containerfile'], hcl: 'build.containerfile' },
  sources: { what: 'app_sources', procfile: ['app_sources'], hcl: 'build.app_sources' },
  cache: { what: 'The cache', procfile: ['no_cache', 'cache'], hcl: 'build.cache' },
  ports: { what: 'The ports', procfile: ['ports'], hcl: 'ingress.0' },
  httpPort: { what: 'The port of the HTTP front', procfile: ['http_port'], hcl: 'http.port' },
  domain: { what: 'The domain', procfile: ['domain'], hcl: 'http.domain' },
  encryption: { what: 'End-to-end encryption', procfile: ['e2e'], hcl: 'http.e2e_encryption' },
  memoryMb: { what: 'The memory', procfile: ['memory'], hcl: 'resources.memory_mb' },
  cpus: { what: 'The number of processors', procfile: ['cpus'], hcl: 'resources.cpu' },
  debug: { what: 'Debugging', procfile: ['debug'], hcl: 'debug.enabled' },
  sshKeys: { what: 'The keys for ssh', procfile: ['ssh_keys'], hcl: 'debug.ssh_keys' },
  aws: { what: 'The cloud of your own', procfile: ['managed_on_prem'], hcl: 'caution.provider' },
};

/** Where the files are, and which one counts. */
export const formatRules: readonly Rule[] = [
  {
    id: 'both-formats',
    level: 'warning',
    title: 'A Procfile that says something else than caution.hcl',
    why: 'Where both exist, Caution reads caution.hcl and ignores the Procfile: who reads the Procfile believes what does not hold.',
    source: sources.parser,
    mend: 'Let both say the same, or remove the Procfile.',
    look: disagreements,
  },
  {
    id: 'hcl-link',
    level: 'error',
    title: 'A caution.hcl that is a symbolic link',
    why: 'Caution does not follow the link: it reads the name of the target as if it were the file.',
    source: sources.parser,
    mend: 'Commit the file itself in place of the link.',
    *look({ hcl }) {
      if (hcl?.link !== undefined)
        yield { path: hcl.path, message: `caution.hcl is a link to ${printableLine(hcl.link, 80)}.` };
    },
  },
];

function* disagreements(subject: Subject): Iterable<Sighting> {
  const said = saidBy(subject);
  const procfile = said?.file.configuration && readProcfile(subject.view);
  if (!said || procfile?.path !== 'Procfile') return;
  const { lines } = procfile.parsed;
  for (const difference of differences(configurationOfProcfile(procfile.parsed), said.configuration))
    yield sighting(said, lines, difference);
}

function sighting(said: Said, lines: Record<string, number>, { key, a, b }: Difference): Sighting {
  if (key.startsWith('env.')) {
    const name = key.slice('env.'.length);
    const message = `The variable ${printableLine(name, 60)} is another one in the Procfile${lineIn(lines, ['run'])}.`;
    return { ...said.at(said.has(`unit.env.${name}`) ? `unit.env.${name}` : 'unit'), message };
  }
  const { what, procfile, hcl } = places[key as keyof typeof places];
  const [here, there] = [shown(b), shown(a)];
  const line = lineIn(lines, procfile);
  const message =
    here === null || there === null
      ? `${what}: not the same as in the Procfile${line}.`
      : `${what}: ${here} here, ${there} in the Procfile${line}.`;
  return { ...said.at(hcl), message };
}

function lineIn(lines: Record<string, number>, keys: readonly ProcfileKey[]): string {
  const line = keys.map((key) => lines[key]).find((one) => one !== undefined);
  return line === undefined ? '' : ` (line ${line})`;
}

/** A value, as a message says it; null for what may have secrets in it, or is long. */
function shown(value: unknown): string | null {
  if (value === null || (Array.isArray(value) && value.length === 0)) return 'nothing';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'number' || typeof value === 'string') return printableLine(String(value), 60);
  const isPorts = Array.isArray(value) && value.every((one) => typeof one === 'object');
  if (!isPorts) return null;
  const ranges = value.map(({ first, last }) => (first === last ? String(first) : `${first}-${last}`));
  return printableLine(ranges.join(', '), 60);
}
