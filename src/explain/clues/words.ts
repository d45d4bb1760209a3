import { isTime } from '../times.ts';
import type { WordPair } from './differing.ts';
import type { Hints } from './hints.ts';

/** What a pair of differing words looks like. */
export interface Look {
  cause: string;
  because: string;
}

/** What is known beside the words. */
export interface Around {
  hints: Hints;
  /** Whether it is known when each build ran: then a time that belongs to neither is no build's clock. */
  timed: boolean;
}

type Classify = (pair: WordPair, around: Around) => Look | null;

/** The most telling first. */
const classifiers: readonly Classify[] = [
  temporaryPath,
  uuid,
  pointer,
  processId,
  key,
  zone,
  locale,
  time,
  duration,
  account,
  host,
  vcs,
  kernel,
  cpu,
  codegen,
  path,
  network,
  version,
  environment,
  randomWord,
];

/** What a pair of words looks like; null when it looks like nothing that is known. */
export function lookOf(pair: WordPair, around: Around): Look | null {
  for (const classify of classifiers) {
    const look = classify(pair, around);
    if (look) return look;
  }
  return null;
}

const temporaryName =
  /(?:^|[/\s"'=])(?:\/(?:var\/)?tmp\/|\/dev\/shm\/)[\w.@+-]|\btmp[._-]?[A-Za-z0-9_]{6,12}\b|\bgo-build\d{6,}|\brustc[A-Za-z0-9]{6}\b|\bcc[A-Za-z0-9]{6}\.(?:o|s|ld)\b|\bpip-[a-z]+-[a-z0-9_]{8}\b/;

function temporaryPath({ a, b, context }: WordPair): Look | null {
  const both = temporaryName.test(a) && temporaryName.test(b);
  const around = a.length >= 4 && new RegExp(`/tmp/[^\\s"']*${escaped(a)}`).test(context);
  return both || around ? { cause: 'temporary-path', because: 'a fresh temporary name stands in it' } : null;
}

function escaped(text: string): string {
  return text.slice(0, 100).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

const uuidForm = /[0-9a-f]{8}-[0-9a-f]{4}-([1-8])[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/i;

function uuid({ a, b }: WordPair): Look | null {
  const [versionA, versionB] = [uuidForm.exec(a)?.[1], uuidForm.exec(b)?.[1]];
  if (!versionA || versionA !== versionB) return null;
  if ('167'.includes(versionA)) return { cause: 'wall-clock', because: `a UUID of version ${versionA} holds the time` };
  return versionA === '4' ? { cause: 'random', because: 'a random UUID stands in it' } : null;
}

function pointer({ a, b, context }: WordPair): Look | null {
  const both = [a, b].every((one) => /^(?:0x)?[0-9a-f]{8,16}$/i.test(one));
  const marked = [a, b].every((one) => /^0x[0-9a-f]{6,16}$/i.test(one)) || /\bat 0x[0-9a-f]+/i.test(context);
  const looks = [a, b].every((one) => /^(?:0x)?(?:0{0,4}(?:7f|55|56|c0)[0-9a-f]{6,12})$/i.test(one));
  return both && marked && (looks || /\b(?:at|ptr|pointer|address|object|0x)\b/i.test(context))
    ? { cause: 'address', because: 'an address in memory stands in it' }
    : null;
}

function processId({ a, b, context }: WordPair): Look | null {
  const numbers = [a, b].map((word) => Number(/(?:^|pid[=: ]?|[^\d])(\d{1,7})$/i.exec(word)?.[1] ?? Number.NaN));
  if (!numbers.every((number) => number > 0 && number <= 4_194_304)) return null;
  return /\bp?pids?\b|process|\$\$|getpid/i.test(context)
    ? { cause: 'process-id', because: 'the number of a process stands in it' }
    : null;
}

function key({ a, b, context }: WordPair): Look | null {
  const named = /-----BEGIN|PRIVATE KEY|CERTIFICATE|ssh-(?:rsa|ed25519)|"?kty"?|\bsalt\b|\bjwk|\bed25519\b/i.test(
    context,
  );
  return named && looksRandom(a) && looksRandom(b)
    ? { cause: 'generated-key', because: 'key material stands in it' }
    : null;
}

const zoneName = /^(?:UTC|GMT|CES?T|EES?T|WES?T|[ECMP][SD]T|BST|JST|IST|AES?T|[+-]\d\d:?\d\d)$/;

function zone({ a, b, context }: WordPair): Look | null {
  if (zoneName.test(a) && zoneName.test(b))
    return { cause: 'timezone', because: 'the names of two time zones stand in it' };
  const area = /^[A-Z][a-z]+\/[A-Z][A-Za-z_]+$|^UTC$/;
  if (area.test(a) && area.test(b) && /\//.test(a + b))
    return { cause: 'timezone', because: 'two time zones stand in it' };
  const [offsetA, offsetB] = [a, b].map((one) => /[T ]?\d\d:\d\d(?::\d\d)?([+-]\d\d:?\d\d|Z)$/.exec(one)?.[1]);
  if (offsetA && offsetB && offsetA !== offsetB)
    return { cause: 'timezone', because: `offsets ${offsetA} and ${offsetB}` };
  const apart = Math.abs(clockOf(a) - clockOf(b));
  return apart > 0 && apart % 1800 === 0 && !Number.isNaN(apart) && /zone|local|TZ/i.test(context)
    ? { cause: 'timezone', because: 'two times stand whole half-hours apart' }
    : null;
}

function clockOf(text: string): number {
  const [, hour, minute, second = '0'] = /(\d\d):(\d\d)(?::(\d\d))?/.exec(text) ?? [];
  return hour === undefined ? Number.NaN : (Number(hour) * 60 + Number(minute)) * 60 + Number(second);
}

function locale({ a, b, context }: WordPair): Look | null {
  const tag = /^(?:[a-z]{2,3}[_-][A-Z]{2}|C|POSIX)(?:\.[A-Za-z0-9-]+)?$/;
  if (tag.test(a) && tag.test(b)) return { cause: 'locale', because: 'the names of two languages stand in it' };
  const decimal = [a, b].every((one) => /^\d+[.,]\d+$/.test(one)) && a.replace(/[.,]/g, '') === b.replace(/[.,]/g, '');
  if (decimal) return { cause: 'locale', because: 'numbers are written with another decimal sign' };
  return /^LANG(?:UAGE)?=|\bLC_[A-Z]+=/.test(context)
    ? { cause: 'locale', because: 'a setting of the language stands in it' }
    : null;
}

function time({ a, b }: WordPair, { timed }: Around): Look | null {
  const inside = (word: string) =>
    isTime(word) || word.split(/[_=?@-]|(?<=\D)\.|v(?=\d)/).some((part) => part.length >= 8 && isTime(part));
  if (!inside(a) || !inside(b)) return null;
  return timed
    ? { cause: 'unknown', because: 'what look like times are neither the builds’ nor the files’' }
    : { cause: 'wall-clock', because: 'two times stand in it' };
}

function duration({ a, b, context }: WordPair): Look | null {
  const number = /^\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|sec|seconds)?$/;
  const unit = /\b(?:took|elapsed|duration|in|after|finished|done)\b[^\n]{0,40}\d\s?(?:ns|us|µs|ms|s|m|sec|min)/i;
  return number.test(a) && number.test(b) && unit.test(context)
    ? { cause: 'wall-clock', because: 'how long something took stands in it' }
    : null;
}

function account({ a, b, context }: WordPair): Look | null {
  const home = [a, b].map((one) => /\/(?:home|Users)\/([^/\s]+)/.exec(one)?.[1]);
  if (home[0] && home[1] && home[0] !== home[1])
    return { cause: 'user', because: `home folders of ${home[0]} and ${home[1]}` };
  return /\b(?:user(?:name)?|uid|gid|owner|logname|built[ _-]?by|packager|maintainer)\b/i.test(context) &&
    isName(a) &&
    isName(b)
    ? { cause: 'user', because: 'the name of an account stands in it' }
    : null;
}

function isName(word: string): boolean {
  return /^[A-Za-z_=:@.-]*[A-Za-z0-9_.-]{1,40}$/.test(word);
}

function host({ a, b, context }: WordPair): Look | null {
  const named = /\bhost(?:name)?\b|nodename|\bnode\b|machine|built[ _-]?on|\buname\b/i.test(context);
  const container = [a, b].every((one) => /^[0-9a-f]{12}$/.test(one));
  const form = [a, b].every((one) => /(?:^|[=@:])[A-Za-z0-9][\w.-]{1,62}$/.test(one) && /[a-z]/i.test(one));
  return named && (container || form) ? { cause: 'hostname', because: 'the name of a machine stands in it' } : null;
}

function vcs({ a, b, context }: WordPair): Look | null {
  const named = /vcs\.|revision|\bcommit\b|\bgit\b|describe|\bsha\b|dirty|branch|modified/i.test(context);
  const commit = [a, b].every((one) => /(?:^|[=:g-])[0-9a-f]{7,40}(?:-dirty)?$/.test(one));
  const state = /vcs\.(?:time|modified|revision)/.test(context) || [a, b].some((one) => /-dirty$/.test(one));
  return (named && commit) || state ? { cause: 'vcs-stamp', because: 'the state of a repository stands in it' } : null;
}

function kernel({ a, b, context }: WordPair): Look | null {
  const release = [a, b].every((one) => /^[3-9]\.\d+(?:\.\d+)?(?:-[\w.+-]+)?$/.test(one) || /^#\d+/.test(one));
  return release && /linux|kernel|uname|osrelease|\bos\b/i.test(context)
    ? { cause: 'kernel', because: 'the version of the kernel stands in it' }
    : null;
}

function cpu({ a, b, context }: WordPair): Look | null {
  const features = /\b(?:avx\w*|sse\w*|bmi\d?|fma|aes|neon|native|target[-_](?:cpu|feature)|march)\b/i;
  const named = /model name|\bcpus?\b|processors?|\bcores?\b|nproc|threads|jobs|vendor_id|microarch/i;
  const numbers = [a, b].every((one) => /(?:^|[=:])\d{1,4}$/.test(one));
  if (features.test(a) || features.test(b)) return { cause: 'cpu', because: 'features of a processor stand in it' };
  return named.test(context) && (numbers || /intel|amd|xeon|epyc|core|ryzen|arm/i.test(`${a} ${b} ${context}`))
    ? { cause: 'cpu', because: 'the number or the kind of processors stands in it' }
    : null;
}

function codegen({ a, b }: WordPair): Look | null {
  return [a, b].some((one) => /rcgu|[.-]cgu\.\d+/.test(one))
    ? { cause: 'codegen-units', because: 'names of units in which code was generated stand in it' }
    : null;
}

function path({ a, b }: WordPair): Look | null {
  const [left, right] = [a, b].map((one) => one.slice(Math.max(0, one.indexOf('/'))).split('/'));
  if (!left || !right || ![a, b].every((one) => /(?:^|[=:])\/[\w.-]+\/./.test(one))) return null;
  return left.at(-1) === right.at(-1) || left[1] === right[1]
    ? { cause: 'build-path', because: 'the path of a work folder stands in it' }
    : null;
}

function network({ context }: WordPair, { hints }: Around): Look | null {
  const header = /^(?:"?etag|"?x-[\w-]*(?:id|trace)|"?cf-ray|"?set-cookie|"?age|"?via|"?server-timing)"?\s*[:=]/im;
  if (header.test(context)) return { cause: 'network', because: 'a header of an answer from the network stands in it' };
  return hints.network && !hints.random && !hints.installs
    ? { cause: 'network', because: 'the step asks the network' }
    : null;
}

const semver = /^\D{0,30}?v?\d+\.\d+(?:\.\d+)?(?:[-+.][\w.]+)?$/;

function version({ a, b, context }: WordPair, { hints }: Around): Look | null {
  const named = /version|require|depend|resolved|package|integrity|@\d|==|\.whl|\.tgz|\.crate/i.test(context);
  return semver.test(a) && semver.test(b) && (named || hints.installs)
    ? { cause: 'unlocked-dependency', because: 'two versions stand in it' }
    : null;
}

function environment({ context }: WordPair): Look | null {
  return /^[A-Z][A-Z0-9_]{2,40}=/.test(context.trim()) &&
    /\b(?:PATH|HOME|SHELL|TERM|PWD|CI|BUILD_[A-Z]+|RUNNER_[A-Z]+)=/.test(context)
    ? { cause: 'environment', because: 'a variable of the environment stands in it' }
    : null;
}

function randomWord({ a, b }: WordPair, { hints }: Around): Look | null {
  if (!looksRandom(a) || !looksRandom(b)) return null;
  if (hints.key && !hints.digest)
    return { cause: 'generated-key', because: 'it looks random, and the step makes keys' };
  return { cause: 'random', because: 'it looks random' };
}

/** Long enough, and made of characters as chance puts them. */
export function looksRandom(word: string): boolean {
  const core = word.replace(/^.*[=:]/, '') || word;
  if (/^\d+$/.test(core)) return core.length >= 5;
  if (/^[0-9a-f]+$/i.test(core)) return core.length >= 8 && /\d/.test(core) && /[a-f]/i.test(core);
  if (!/^[\w+/=.~-]+$/.test(core)) return false;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/].filter((kind) => kind.test(core)).length;
  return (core.length >= 10 && kinds >= 2) || (core.length >= 16 && kinds >= 1 && new Set(core).size > core.length / 3);
}
