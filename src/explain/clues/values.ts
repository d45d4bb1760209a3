/** Values that are drawn, counted or measured anew in each build. */
import { isTime, maskDates } from '../times.ts';
import type { WordPair } from './differing.ts';
import { labelled } from './label.ts';
import type { Around, Look } from './look.ts';

const temporaryName =
  /(?:^|[/\s"'=])(?:\/(?:var\/)?tmp\/|\/dev\/shm\/)[\w.@+-]|\btmp[._-]?[A-Za-z0-9_]{6,12}\b|\bgo-build\d{6,}|\brustc[A-Za-z0-9]{6}\b|\bcc[A-Za-z0-9]{6}\.(?:o|s|ld)\b|\bpip-[a-z]+-[a-z0-9_]{8}\b/;

export function temporaryPath({ a, b, context }: WordPair): Look | null {
  // Letters alone are a word more often than a fresh name.
  const drawn = [a, b].some((one) => /\d|[a-z][A-Z]/.test(one)) || [a, b].every((one) => /\/(?:tmp|shm)\//.test(one));
  const both = temporaryName.test(a) && temporaryName.test(b) && drawn;
  const around = a.length >= 4 && new RegExp(`/tmp/[^\\s"']*${escaped(a)}`).test(context);
  return both || around ? { cause: 'temporary-path', because: 'a fresh temporary name stands in it' } : null;
}

function escaped(text: string): string {
  return text.slice(0, 100).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

const uuidForm = /[0-9a-f]{8}-[0-9a-f]{4}-([1-8])[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/i;

export function uuid({ a, b }: WordPair): Look | null {
  const [versionA, versionB] = [uuidForm.exec(a)?.[1], uuidForm.exec(b)?.[1]];
  if (!versionA || versionA !== versionB) return null;
  if ('167'.includes(versionA)) return { cause: 'wall-clock', because: `a UUID of version ${versionA} holds the time` };
  return versionA === '4' ? { cause: 'random', because: 'a random UUID stands in it' } : null;
}

export function pointer({ a, b, context }: WordPair): Look | null {
  const both = [a, b].every((one) => /^(?:0x)?[0-9a-f]{8,16}$/i.test(one));
  const marked = [a, b].every((one) => /^0x[0-9a-f]{6,16}$/i.test(one)) || /\bat 0x[0-9a-f]+/i.test(context);
  const looks = [a, b].every((one) => /^(?:0x)?(?:0{0,4}(?:7f|55|56|c0)[0-9a-f]{6,12})$/i.test(one));
  return both && marked && (looks || /\b(?:at|ptr|pointer|address|object|0x)\b/i.test(context))
    ? { cause: 'address', because: 'an address in memory stands in it' }
    : null;
}

const processLabels = {
  sign: 'process|proc|\\$\\$',
  blank: 'p?pids?|process[ _-]?id|getpid(?:\\(\\))?|process\\.pid',
};

export function processId(pair: WordPair): Look | null {
  const { a, b, context, other } = pair;
  const numbers = [a, b].map((word) => Number(/(?:^|pid[=: ]?|[^\d])(\d{1,7})$/i.exec(word)?.[1] ?? Number.NaN));
  if (!numbers.every((number) => number > 0 && number <= 4_194_304)) return null;
  // service[4711]: …, as syslog writes it
  const tagged = (number: string, line: string) => new RegExp(`\\w\\[${number}\\]`).test(line);
  const inBrackets = tagged(escaped(a), context) && tagged(escaped(b), other);
  return labelled(pair, processLabels) || inBrackets
    ? { cause: 'process-id', because: 'the number of a process stands in it' }
    : null;
}

export function key({ a, b, context }: WordPair): Look | null {
  const named = /-----BEGIN|PRIVATE KEY|CERTIFICATE|ssh-(?:rsa|ed25519)|"?kty"?|\bsalt\b|\bjwk|\bed25519\b/i.test(
    context,
  );
  return named && looksRandom(a) && looksRandom(b)
    ? { cause: 'generated-key', because: 'key material stands in it' }
    : null;
}

export function time({ a, b, context, other }: WordPair, { timed }: Around): Look | null {
  const inside = (word: string) =>
    isTime(word) || word.split(/[_=?@-]|(?<=\D)\.|v(?=\d)/).some((part) => part.length >= 8 && isTime(part));
  if (!(inside(a) && inside(b)) && !sameButDates(context, other)) return null;
  return timed
    ? { cause: 'unknown', because: 'what look like times are neither the builds’ nor the files’' }
    : { cause: 'wall-clock', because: 'two times stand in it' };
}

/** Whether two lines are the same but for dates, however these are written. */
function sameButDates(a: string, b: string): boolean {
  const [left, right] = [maskDates(a), maskDates(b)];
  return a !== b && left !== a && right !== b && left === right;
}

export function duration({ a, b, context }: WordPair): Look | null {
  const number = /^\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|sec|seconds)?$/;
  const unit = /\b(?:took|elapsed|duration|in|after|finished|done)\b[^\n]{0,40}\d\s?(?:ns|us|µs|ms|s|m|sec|min)/i;
  return number.test(a) && number.test(b) && unit.test(context)
    ? { cause: 'wall-clock', because: 'how long something took stands in it' }
    : null;
}

export function randomWord({ a, b }: WordPair, { hints }: Around): Look | null {
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
