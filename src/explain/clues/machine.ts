/** Facts of the machine, the account and their settings. */
import type { WordPair } from './differing.ts';
import type { Look } from './look.ts';

export function account({ a, b, context }: WordPair): Look | null {
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

export function host({ a, b, context }: WordPair): Look | null {
  const named = /\bhost(?:name)?\b|nodename|\bnode\b|machine|built[ _-]?on|\buname\b/i.test(context);
  const container = [a, b].every((one) => /^[0-9a-f]{12}$/.test(one));
  const form = [a, b].every((one) => /(?:^|[=@:])[A-Za-z0-9][\w.-]{1,62}$/.test(one) && /[a-z]/i.test(one));
  return named && (container || form) ? { cause: 'hostname', because: 'the name of a machine stands in it' } : null;
}

export function kernel({ a, b, context }: WordPair): Look | null {
  const release = [a, b].every((one) => /^[3-9]\.\d+(?:\.\d+)?(?:-[\w.+-]+)?$/.test(one) || /^#\d+/.test(one));
  return release && /linux|kernel|uname|osrelease|\bos\b/i.test(context)
    ? { cause: 'kernel', because: 'the version of the kernel stands in it' }
    : null;
}

const features =
  /(?<![a-z])(?:avx\w*|sse\w*|bmi\d?|fma|aes|neon)(?![a-z])|-m(?:arch|tune|cpu)=|target[-_](?:cpu|feature)/i;
const processor = /model name|\bcpus?\b|processors?|\bcores?\b|nproc|threads|jobs|vendor_id|microarch|MAKEFLAGS/i;

export function cpu({ a, b, context, other }: WordPair): Look | null {
  const numbers = [a, b].every((one) => /(?:^|[=:]|^-j|[= ]-j)\d{1,4}$/.test(one));
  const target = (line: string) => /-m(?:arch|tune|cpu)[= ]([\w.+-]+)/.exec(line)?.[1];
  if (features.test(a) || features.test(b) || target(context) !== target(other))
    return { cause: 'cpu', because: 'features of a processor stand in it' };
  const makers = /\b(?:intel|amd|xeon|epyc|core|ryzen|arm(?:v\d)?|neoverse|graviton)\b/i;
  return processor.test(context) && (numbers || makers.test(`${a} ${b} ${context}`))
    ? { cause: 'cpu', because: 'the number or the kind of processors stands in it' }
    : null;
}

export function path({ a, b }: WordPair): Look | null {
  const [left, right] = [a, b].map((one) => one.slice(Math.max(0, one.indexOf('/'))).split('/'));
  if (!left || !right || ![a, b].every((one) => /(?:^|[=:])\/[\w.-]+\/./.test(one))) return null;
  return left.at(-1) === right.at(-1) || left[1] === right[1]
    ? { cause: 'build-path', because: 'the path of a work folder stands in it' }
    : null;
}

export function environment({ context }: WordPair): Look | null {
  return /^[A-Z][A-Z0-9_]{2,40}=/.test(context.trim()) &&
    /\b(?:PATH|HOME|SHELL|TERM|PWD|CI|BUILD_[A-Z]+|RUNNER_[A-Z]+)=/.test(context)
    ? { cause: 'environment', because: 'a variable of the environment stands in it' }
    : null;
}
