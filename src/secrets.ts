/** What a variable's name or value tells of whether only its owner may know it: one place, for whoever asks. */

/** Nouns of what is kept secret, as the last words of a name, or run together with what stands before them. */
const nouns =
  /(?:SECRETS?|TOKENS?|PASSWORDS?|PASSWD|PASSPHRASE|CREDENTIALS?|API_?KEYS?|ACCESS_?KEY|SECRET_?KEY|PRIVATE_?(?:KEY|PEM)|(?:^|_)(?:PASS|PWD|DSN|SALT|PEPPER|CONNECTION_STRING|(?:SIGNING|ENCRYPTION|MASTER|SERVICE|ACCOUNT|AUTH|LICENSE|APP|HMAC|JWT|SESSION|COOKIE|DEPLOY)_?KEYS?))(?:_(?:ID|KEY|BASE64|B64|HEX|VALUE))?$/;

/** What is handed to everybody: keys for browsers, and numbers of a language model's tokens. */
const open = /(?:^|_)(?:PUBLIC|PUBLISHABLE|PUB|MAX|MIN|NUM|COUNT)(?:_|$)|^(?:VITE|REACT_APP)_/;

/** Addresses of databases, brokers and hooks, which carry passwords as a rule. */
const addresses =
  /(?:^|_)(?:DATABASE|DB|PG|POSTGRES(?:QL)?|MYSQL|MARIADB|MONGO(?:DB)?|REDIS|AMQP|RABBITMQ|CLICKHOUSE|ELASTIC(?:SEARCH)?|BROKER|SMTP)(?:_(?:PRIVATE|ASYNC|SYNC))?_?UR[IL]$|WEBHOOK_URL$/;

/**
 * True for the name of a credential: `DB_PASSWORD`, `jwtSecret`. What a name says of one is none: how long it holds
 * (`TOKEN_TTL`), who issues it, in which file it lies.
 */
export function namesSecret(name: string): boolean {
  const upper = name.toUpperCase();
  return nouns.test(upper) && !open.test(upper);
}

/** Values that are secrets by their form, and what they are. */
const forms: readonly [pattern: RegExp, what: string][] = [
  [/-----BEGIN (?:[A-Z]{1,20} ){0,4}PRIVATE KEY/, 'a private key'],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/, 'an access key of AWS'],
  [/\bgh[pousr]_[A-Za-z0-9]{36}|\bgithub_pat_[A-Za-z0-9_]{60}/, 'a token of GitHub'],
  [/\bglpat-[A-Za-z0-9_-]{20}/, 'a token of GitLab'],
  [/\bnpm_[A-Za-z0-9]{36}\b/, 'a token of npm'],
  [/\bxox[abeprs]-[A-Za-z0-9-]{10}/, 'a token of Slack'],
  [/\b[sr]k_live_[A-Za-z0-9]{16}/, 'a key of Stripe'],
  [/\bAIza[A-Za-z0-9_-]{35}/, 'a key of Google'],
  [/\beyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{10}/, 'a signed token (JWT)'],
  [/\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s/:@$]{0,200}:[^\s/@$]{3,500}@/i, 'an address with a password'],
];

/** What a value is by its form, such as `a private key`; null for what may be anything. */
export function secretValue(value: string): string | null {
  return forms.find(([pattern]) => pattern.test(value))?.[1] ?? null;
}

/** Whether a variable's name, or its value, looks like something that only its owner may know. */
export function looksSecret(name: string, value: string | null): boolean {
  const upper = name.toUpperCase();
  const named = namesSecret(name) || (addresses.test(upper) && !open.test(upper));
  return named || (value !== null && secretValue(value) !== null);
}

/** What stands for a value that is given elsewhere, or is none. */
const placeholder =
  /^["']?(?:$|[\s"']*$|\$|<|\{\{|change[-_]?me|example|dummy|placeholder|(?:fake|insecure|not[-_]?(?:a|so|used|needed|real|secret)|(?:test|build|ci)(?:[-_]only)?)(?![a-z0-9])|none|null|true|false|\d{1,4}$|x+$|\*+$|\/)/i;

/** Passwords that everybody writes where there is none. */
const nobodys =
  /:\/\/[^\s/:@$]{0,200}:(?:user(?:name)?|pass(?:w(?:or)?d)?|postgres|root|admin|guest|test|dummy|example|secret|change[-_]?me|x{1,20}|\*{1,20})@/gi;

/** What a text of the repository holds that only its owner may know, by its form. */
export function heldBy(text: string): string | null {
  return secretValue(text.replaceAll(nobodys, '://'));
}

/** What makes a variable with this value a secret; null when nothing does. */
export function secretIn(name: string, value: string): string | null {
  const known = heldBy(value);
  if (known !== null) return known;
  // The address of a database, or of a collector, is one when it carries a key.
  if (/DSN/i.test(name) && !value.includes('@')) return null;
  return namesSecret(name) && !placeholder.test(value) ? 'a secret, by its name' : null;
}
