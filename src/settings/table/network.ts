import { checkEgress } from '../../caution/egress.ts';
import { checkDomain, checkPort } from '../../caution/limits.ts';
import type { Known, Setting } from '../setting.ts';
import { always, never } from './shared.ts';

/** What reaches the service. */
export const portSettings: readonly Setting[] = [
  {
    key: 'port',
    flag: '--port <number>',
    help: 'port that the service listens on (repeatable)',
    repeatable: true,
    check: checkPort,
    fallback: portsOf,
    required: always,
    carriers: { procfile: 'ports', hcl: 'network.ingress.port' },
    question: {
      message: 'Port that the service listens on',
      options: ({ detection, written }) => {
        const choices = written.port === undefined ? (detection?.portChoices ?? []) : [];
        const options = choices.map(({ port, from }) => ({ value: String(port), label: String(port), hint: from }));
        return options.length === 0 ? [] : [...options, { value: '', label: 'Another' }];
      },
    },
  },
  {
    key: 'httpPort',
    flag: '--http-port <number>',
    help: "the port that gets Caution's HTTP front; default: the first --port",
    repeatable: false,
    check: checkPort,
    // Ports that were said anew make the old front meaningless.
    fallback: (known) => (known.answers.port ? null : (known.written.httpPort ?? null)),
    required: never,
    carriers: { procfile: 'http_port', hcl: 'network.http.port' },
  },
];

/** What the front is called, and what the service may reach. */
export const frontSettings: readonly Setting[] = [
  {
    key: 'domain',
    flag: '--domain <name>',
    help: 'domain of the HTTP front, such as api.example.com',
    repeatable: false,
    check: checkDomain,
    fallback: ({ written }) => written.domain ?? null,
    required: never,
    carriers: { procfile: 'domain', hcl: 'network.http.domain' },
    question: { message: 'Domain', hint: 'api.example.com', more: 'Domain' },
  },
  {
    key: 'egress',
    flag: '--egress <CIDR[:port]>',
    help: 'what the service may reach: 203.0.113.0/24:443 (repeatable); nothing, unless it is said',
    repeatable: true,
    check: checkEgress,
    fallback: ({ written }) => written.egress ?? null,
    required: never,
    carriers: { procfile: null, hcl: 'network.egress' },
    question: {
      message: 'What the service may reach',
      hint: '203.0.113.0/24:443; 0.0.0.0/0 is everything',
      more: 'Egress (reaching other machines)',
    },
  },
];

/** What a Procfile says, else what the code says; an HTTP port that was said is always among them. */
function portsOf(known: Known): string | string[] | null {
  const { httpPort } = known.answers;
  const written = known.written.port ?? null;
  if (httpPort !== undefined) return [...new Set([...[written ?? []].flat(), httpPort])];
  return written ?? portOf(known);
}

function portOf({ detection, undecided }: Known): string | null {
  if (detection === null) return undecided ? null : '8080';
  return detection.port === null ? null : String(detection.port);
}
