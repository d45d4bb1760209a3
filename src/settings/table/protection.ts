import { checkOrigin, checkSshKey } from '../../caution/cloud.ts';
import { checkVariable } from '../../caution/limits.ts';
import { type Known, type Setting, valuesOf } from '../setting.ts';
import { never, oneOf } from './shared.ts';

const modes = ['steve', 'tls'] as const;
const upstreamProtocols = ['http', 'h2c'] as const;
const keyExchanges = ['x25519', 'xwing-draft10'] as const;
const switchStates = ['true', 'false'] as const;
const encryption = 'End-to-end encryption';
const debugging = 'Debugging';

/** What nobody else may know or read. */
export const protectionSettings: readonly Setting[] = [
  {
    key: 'secret',
    flag: '--secret <NAME>',
    help: 'variable whose value Locksmith gives (repeatable); named here, never given',
    repeatable: true,
    check: checkSecret,
    fallback: ({ written }) => written.secret ?? null,
    required: never,
    carriers: { procfile: null, hcl: 'unit.env' },
    question: { message: 'Secrets, by name', hint: 'API_TOKEN; never the value', more: 'Secrets (Locksmith)' },
  },
  {
    key: 'e2e',
    flag: '--e2e <mode>',
    help: 'end-to-end encryption: steve, or tls that ends in the enclave (needs --domain and --egress)',
    repeatable: false,
    choices: modes,
    check: oneOf(modes),
    fallback: ({ written }) => written.e2e ?? null,
    required: never,
    carriers: {
      procfile: 'e2e',
      hcl: 'network.http.e2e_encryption.mode',
      procfileCarries: ([value]) => value === 'steve',
    },
    question: { message: encryption, more: encryption, options: modeOptions },
  },
  {
    key: 'e2eKeyExchange',
    flag: '--e2e-key-exchange <name>',
    help: `key exchange of steve: ${keyExchanges.join(' (default) or ')}`,
    repeatable: false,
    choices: keyExchanges,
    check: oneOf(keyExchanges),
    fallback: (known) => (isSteve(known) ? (known.written.e2eKeyExchange ?? null) : null),
    required: never,
    carriers: {
      procfile: null,
      hcl: 'network.http.e2e_encryption.key_exchange',
      procfileCarries: ([value]) => value === 'x25519',
    },
  },
  {
    key: 'corsOrigin',
    flag: '--cors-origin <url>',
    help: 'origin of web pages that may talk to steve (repeatable)',
    repeatable: true,
    check: checkOrigin,
    fallback: (known) => (isSteve(known) ? (known.written.corsOrigin ?? null) : null),
    required: never,
    carriers: { procfile: null, hcl: 'network.http.e2e_encryption.cors_origins' },
    question: {
      message: 'Origins of web pages that may talk to it',
      hint: 'https://app.example.com; leave empty if there are none',
      more: encryption,
      when: isSteve,
    },
  },
  {
    key: 'upstreamProtocol',
    flag: '--upstream-protocol <protocol>',
    help: `what --e2e tls speaks to the service: ${upstreamProtocols.join(' (default) or ')}, for gRPC`,
    repeatable: false,
    choices: upstreamProtocols,
    check: oneOf(upstreamProtocols),
    fallback: (known) => (modeOf(known) === 'tls' ? (known.written.upstreamProtocol ?? null) : null),
    required: never,
    carriers: {
      procfile: null,
      hcl: 'network.http.upstream_protocol',
      procfileCarries: ([value]) => value === 'http',
    },
    question: {
      message: 'What the service speaks behind it',
      more: encryption,
      when: (known) => modeOf(known) === 'tls',
      options: () => [
        { value: 'http', label: 'HTTP/1.1' },
        { value: 'h2c', label: 'HTTP/2 in clear text', hint: 'gRPC' },
      ],
    },
  },
  {
    key: 'debug',
    flag: '--debug',
    help: 'zeroes the measurements: NOBODY CAN VERIFY the app while it is on',
    repeatable: false,
    choices: switchStates,
    check: oneOf(switchStates),
    fallback: ({ written }) => written.debug ?? null,
    required: never,
    carriers: { procfile: 'debug', hcl: 'debug.enabled' },
    question: {
      message: 'Debugging zeroes the measurements: nobody can verify the app',
      more: debugging,
      options: () => [
        { value: 'true', label: 'Turn it on, for this deployment' },
        { value: 'false', label: 'Keep it off' },
      ],
    },
  },
  {
    key: 'sshKey',
    flag: '--ssh-key <key>',
    help: 'public key of OpenSSH that may log in while --debug is on (repeatable)',
    repeatable: true,
    check: checkSshKey,
    fallback: ({ answers, written }) => ((answers.debug ?? written.debug) === 'true' ? (written.sshKey ?? null) : null),
    required: never,
    carriers: { procfile: 'ssh_keys', hcl: 'debug.ssh_keys' },
  },
];

function checkSecret(value: string): string | null {
  if (value.includes('=')) return 'A secret is named, and its value never given here: caution secret encrypt takes it.';
  return checkVariable(value);
}

/** The chosen end-to-end encryption. */
function modeOf({ answers, written }: Known): string | string[] | undefined {
  return answers.e2e ?? written.e2e;
}

function isSteve(known: Known): boolean {
  return modeOf(known) === 'steve';
}

/** TLS in the enclave gets its certificate over the network, for a domain. */
function modeOptions({ answers, written }: Known) {
  const said = (key: 'domain' | 'egress') => valuesOf(answers[key] ?? written[key]).length > 0;
  const tls = { value: 'tls', label: 'TLS that ends in the enclave', hint: 'attested TLS' };
  const steve = { value: 'steve', label: 'STEVE', hint: 'the client encrypts to the enclave' };
  return said('domain') && said('egress') ? [steve, tls] : [steve];
}
