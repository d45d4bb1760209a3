import { checkOrigin } from '../../caution/cloud.ts';
import { checkCidr } from '../../caution/egress.ts';
import type { TrafficRule } from '../../caution/hcl/read.ts';
import { checkVariable } from '../../caution/limits.ts';
import { printableLine } from '../../output.ts';
import { shownValue } from '../procfile/entries.ts';
import type { Rule } from '../rule.ts';
import { sources } from '../sources.ts';
import type { Subject } from '../subject.ts';
import { type Said, saidBy } from './said.ts';

/** The blocks of traffic, with the key of each. */
function* traffic(said: Said | null): Iterable<{ rule: TrafficRule; name: 'ingress' | 'egress'; key: string }> {
  for (const name of ['ingress', 'egress'] as const)
    for (const [index, rule] of said?.file[name].entries() ?? []) yield { rule, name, key: `${name}.${index}` };
}

const everybody = '0.0.0.0/0';

/** What the platform takes, and what then has not the effect that it seems to have. */
export const trafficRules: readonly Rule[] = [
  {
    id: 'hcl-bad-cidr',
    level: 'error',
    title: 'Addresses that are none',
    why: 'Caution takes any text for cidr_ipv4: what means nothing opens nothing, or everything.',
    source: sources.hcl,
    mend: 'Write an IPv4 network, such as 203.0.113.0/24; 0.0.0.0/0 is everybody.',
    *look(subject) {
      const said = saidBy(subject);
      for (const { rule, key } of traffic(said)) {
        const reason = checkCidr(rule.cidr);
        if (said && reason !== null && said.has(`${key}.cidr_ipv4`))
          yield { ...said.at(`${key}.cidr_ipv4`), message: `${shownValue(rule.cidr)} is no network. ${reason}` };
      }
    },
  },
  {
    id: 'hcl-ignored-key',
    level: 'error',
    title: 'A key of ingress or egress that has no effect',
    why: 'Inside of ingress and egress Caution skips what it does not know, and ports that are no numbers, without a word.',
    source: sources.parser,
    mend: 'The keys are cidr_ipv4, port, or start_port and end_port, and ip_protocol; ports are numbers without quotes.',
    *look(subject) {
      const said = saidBy(subject);
      for (const { rule, name } of traffic(said)) {
        for (const { key, line } of rule.ignored)
          yield { path: said?.path, line, message: `${printableLine(key, 60)} has no effect in ${name}.` };
      }
    },
  },
  {
    id: 'hcl-opens-nothing',
    level: 'warning',
    title: 'An ingress that opens no port',
    why: 'Without a port, or with a range that ends before it begins, nothing reaches the enclave.',
    source: sources.parser,
    mend: 'Write port, or start_port and end_port.',
    *look(subject) {
      const said = saidBy(subject);
      for (const { rule, name } of traffic(said)) {
        const { ports, line } = rule;
        if (name === 'ingress' && (ports === null || ports.first > ports.last || ports.last === 0))
          yield { path: said?.path, line, message: 'This ingress opens no port.' };
      }
    },
  },
  {
    id: 'hcl-limit-ignored',
    level: 'note',
    title: 'A limit of traffic that Caution does not keep',
    why: 'The platform (August 2026) opens the ports of an ingress to everybody, and with any egress at all the enclave reaches everything: it looks at no address, and at no port of an egress.',
    source: sources.platform,
    mend: 'Let the service itself check whom it talks to; keep the line for when the platform does.',
    *look(subject) {
      const said = saidBy(subject);
      for (const { rule, name, key } of traffic(said)) {
        const isLimited = rule.cidr !== everybody || (name === 'egress' && rule.ports !== null);
        if (!said || !isLimited || checkCidr(rule.cidr) !== null) continue;
        const message =
          name === 'ingress' ? 'Everybody can connect to this port.' : 'The enclave can reach every address.';
        yield { ...said.at(key), message };
      }
    },
  },
];

/** End-to-end encryption. */
export const encryptionRules: readonly Rule[] = [
  {
    id: 'hcl-tls-incomplete',
    level: 'error',
    title: 'TLS in the enclave without what it needs',
    why: 'mode = "tls" gets a certificate for the domain over the network: without domain and egress the build is refused.',
    source: sources.platform,
    mend: 'Add domain to http, and an egress to network.',
    *look(subject) {
      const said = saidBy(subject);
      if (said?.configuration.http?.encryption?.mode !== 'tls') return;
      const { http, egress } = said.configuration;
      const missing = [...(http.domain === null ? ['a domain'] : []), ...(egress.length === 0 ? ['egress'] : [])];
      if (missing.length > 0)
        yield { ...said.at('http.e2e_encryption.mode'), message: `mode = "tls" lacks ${missing.join(' and ')}.` };
    },
  },
  {
    id: 'hcl-plaintext-fallback',
    level: 'warning',
    title: 'Requests that need not be encrypted',
    why: 'With allow_plaintext_fallback STEVE lets ordinary requests through: they are readable outside of the enclave.',
    source: sources.hcl,
    mend: 'Remove it once all clients use STEVE.',
    *look(subject) {
      const said = saidBy(subject);
      const encryption = said?.configuration.http?.encryption;
      if (said && encryption?.mode === 'steve' && encryption.plaintextFallback)
        yield {
          ...said.at('http.e2e_encryption.allow_plaintext_fallback'),
          message: 'Requests without end-to-end encryption are let through.',
        };
    },
  },
  {
    id: 'hcl-bad-origin',
    level: 'error',
    title: 'An origin that no browser sends',
    why: 'cors_origins are exact origins: wildcards are rejected, and one with a path matches nothing.',
    source: sources.hcl,
    mend: 'Write each as https://app.example.com.',
    *look(subject) {
      const said = saidBy(subject);
      const encryption = said?.configuration.http?.encryption;
      if (!said || encryption?.mode !== 'steve') return;
      for (const [index, origin] of encryption.corsOrigins.entries()) {
        const reason = checkOrigin(origin);
        if (reason !== null)
          yield {
            ...said.at(`http.e2e_encryption.cors_origins.${index}`),
            message: `${shownValue(origin)} is no origin. ${reason}`,
          };
      }
    },
  },
  {
    id: 'hcl-encryption-ignored',
    level: 'warning',
    title: 'A setting of encryption without effect',
    why: 'cors_origins and allow_plaintext_fallback are for STEVE alone, upstream_protocol is for TLS in the enclave alone.',
    source: sources.hcl,
    mend: 'Set mode to the one that was meant, or remove the key.',
    look: ignoredEncryption,
  },
];

function* ignoredEncryption(subject: Subject) {
  const said = saidBy(subject);
  const http = said?.configuration.http;
  if (!said || !http) return;
  const mode = http.encryption?.mode ?? null;
  const shown = mode === null ? 'no encryption' : `mode = "${mode}"`;
  for (const name of ['cors_origins', 'allow_plaintext_fallback']) {
    const key = `http.e2e_encryption.${name}`;
    if (mode !== 'steve' && said.has(key)) yield { ...said.at(key), message: `${name} has no effect with ${shown}.` };
  }
  if (mode !== 'tls' && http.upstreamProtocol === 'h2c')
    yield { ...said.at('http.upstream_protocol'), message: `upstream_protocol has no effect with ${shown}.` };
}

/** Values and names that are not what they seem. */
export const valueRules: readonly Rule[] = [
  {
    id: 'hcl-not-evaluated',
    level: 'warning',
    title: 'An expression that nobody evaluates',
    why: 'Caution evaluates nothing: an expression where a text belongs becomes a text with its source in it.',
    source: sources.parser,
    mend: 'Write a plain text in quotes.',
    *look(subject) {
      const said = saidBy(subject);
      for (const { key, kind, text, line } of said?.file.unevaluated ?? []) {
        // In the address of an archive the commit is filled in.
        if (key.startsWith('build.app_sources.') && kind === 'template') continue;
        if (kind === 'call' && key.startsWith('unit.env.'))
          yield { path: said?.path, line, message: 'env::vault takes the name of a secret: env::vault("NAME").' };
        // A heredoc says what it means.
        else if (kind !== 'template' || /[$%]\{/.test(text))
          yield { path: said?.path, line, message: `This is read as the text ${shownValue(text)}.` };
      }
    },
  },
  {
    id: 'hcl-overridden',
    level: 'warning',
    title: 'A value that a later one takes the place of',
    why: 'Where an entry of a map stands twice, or a name is both an attribute and a block, the last one counts, without a word.',
    source: sources.parser,
    mend: 'Keep one of them.',
    *look(subject) {
      const said = saidBy(subject);
      for (const { line } of said?.file.overridden ?? [])
        yield { path: said?.path, line, message: 'This has no effect: it comes again further down.' };
    },
  },
  {
    id: 'hcl-unit-name',
    level: 'warning',
    title: 'A unit of another name',
    why: 'Caution starts the unit named default; by its documentation it ignores any other one.',
    source: sources.hcl,
    mend: 'Write unit "default".',
    *look(subject) {
      const said = saidBy(subject);
      const unit = said?.file.unit ?? null;
      if (said && unit !== null && unit !== 'default')
        yield { ...said.at('unit'), message: `The unit is named ${shownValue(unit)}.` };
    },
  },
  {
    id: 'hcl-secret-name',
    level: 'error',
    title: 'A secret under a name that no program has',
    why: 'Caution does not look at the name of a variable that env::vault gives; a variable is named with letters, digits and "_".',
    source: sources.parser,
    mend: 'Write NAME = env::vault("NAME").',
    *look(subject) {
      const said = saidBy(subject);
      for (const name of Object.keys(said?.configuration.secrets ?? {}))
        if (said && checkVariable(name) !== null)
          yield { ...said.at(`unit.env.${name}`), message: `${shownValue(name)} is no name of a variable.` };
    },
  },
];
