/** Facts of the machine, the account and their settings. */
import type { WordPair } from './differing.ts';
import { labelled } from './label.ts';
import type { Look } from './look.ts';

const accountLabels = {
  sign: 'user|owner|author|group|account|packager|maintainer',
  blank: 'user ?name|uid|gid|log ?name|whoami|(?:built|packaged|packed)[ _-]?by',
};

export function account(pair: WordPair): Look | null {
  const home = [pair.a, pair.b].map((one) => /\/(?:home|Users)\/([^/\s]+)/.exec(one)?.[1]);
  if (home[0] && home[1] && home[0] !== home[1])
    return { cause: 'user', because: `home folders of ${home[0]} and ${home[1]}` };
  return labelled(pair, accountLabels) && isName(pair.a) && isName(pair.b)
    ? { cause: 'user', because: 'the name of an account stands in it' }
    : null;
}

function isName(word: string): boolean {
  return /^[A-Za-z_=:@.-]*[A-Za-z0-9_.-]{1,40}$/.test(word);
}

const hostLabels = {
  sign: 'host|computer',
  blank: 'host ?name|node ?name|(?:built|build)[ _-]?(?:on|host|machine|node)|uname(?: -[an])?',
};

export function host(pair: WordPair): Look | null {
  const words = [pair.a, pair.b];
  // The names that containers have.
  const container = words.every((one) => /^[0-9a-f]{12}$/.test(one)) && /\b(?:host|node|machine)/i.test(pair.context);
  const form = words.every((one) => /(?:^|[=@:])[A-Za-z0-9][\w.-]{1,62}$/.test(one) && /[a-z]/i.test(one));
  const version = words.every((one) => /(?:^|[=@:])v?\d+(?:\.\d+)+/.test(one));
  // platform.uname() of Python, as JSON; elsewhere a node is of a tree, or Node.js.
  const node = [pair.context, pair.other].every((line) => /^key (?:\S{0,80}\.)?node /.test(line));
  const named = node || labelled(pair, hostLabels) || (inUname(pair.a, pair.context) && inUname(pair.b, pair.other));
  return container || (form && !version && named)
    ? { cause: 'hostname', because: 'the name of a machine stands in it' }
    : null;
}

/** `Linux NAME 6.1.0-28-amd64 …`, as uname -a writes it. */
function inUname(word: string, line: string): boolean {
  const at = line.indexOf(`Linux ${word} `);
  return at >= 0 && /^\d+\.\d+/.test(line.slice(at + word.length + 7));
}

const kernelLabels = { sign: 'os', blank: 'linux|kernel|os[ ._-]?release|linux version|uname -r' };

export function kernel(pair: WordPair): Look | null {
  const words = [pair.a, pair.b];
  const release = words.every((one) => /^(?:\w+=)?[2-9]\.\d+(?:\.\d+)?(?:-[\w.+-]+)?$/.test(one));
  const build = words.every((one) => /^#\d+/.test(one)) && /\bSMP\b|\bLinux\b/.test(pair.context);
  // platform.platform() of Python: Linux-6.1.0-28-amd64-x86_64-with-glibc2.36
  const platform = words.every((one) => /^Linux-\d+\.\d+\.\d+/.test(one));
  return platform || build || (release && (labelled(pair, kernelLabels) || afterHost(pair)))
    ? { cause: 'kernel', because: 'the version of the kernel stands in it' }
    : null;
}

/** `Linux NAME 6.1.0-28-amd64 #1 SMP …`, as uname -a writes it. */
function afterHost({ a, context }: WordPair): boolean {
  return /\bLinux \S{1,64} $/.test(context.slice(0, Math.max(0, context.indexOf(a))));
}

const features = /(?<![a-z])(?:avx\w*|sse\d\w*|ssse3|bmi\d)(?![a-z])|-m(?:arch|tune|cpu)=|target[-_](?:cpu|feature)/i;
const flags = /(?<![a-z])(?:aes|fma|neon|sve\d?|sha_ni)(?![a-z])/i;
const makers = /\b(?:intel|amd|xeon|epyc|core|ryzen|arm(?:v\d)?|neoverse|graviton)\b/i;
const model = /(?:model name|vendor[ _]id|cpu(?:[ _-]?(?:model|name))?|processor)(?:["']?\s*[:=]|$)/i;
const countLabels = {
  sign: 'cpus?|processors?|cores?|threads|jobs|workers|concurrency|parallelism|(?:cpu|core|processor)[ _-]?(?:count|number)',
  blank: 'nproc|cpu cores|siblings|MAKEFLAGS|(?:num|number of)[ _-]?(?:cpus|cores|processors)',
};

export function cpu(pair: WordPair): Look | null {
  const { a, b, context, other } = pair;
  const target = (line: string) => /-m(?:arch|tune|cpu)[= ]([\w.+-]+)/.exec(line)?.[1];
  const listed = /\b(?:flags|features|cpu)\b/i.test(context) && (flags.test(a) || flags.test(b));
  if (features.test(a) || features.test(b) || listed || target(context) !== target(other))
    return { cause: 'cpu', because: 'features of a processor stand in it' };
  const because = 'the number or the kind of processors stands in it';
  if (isModel(context) && isModel(other)) return { cause: 'cpu', because };
  const jobs = [a, b].every((one) => /^-j\d{1,4}$/.test(one));
  const numbers = [a, b].every((one) => /(?:^|[=:]|[= ]-j)\d{1,4}$/.test(one));
  const counted = numbers && (labelled(pair, countLabels) || (isCount(a, context) && isCount(b, other)));
  return jobs || counted ? { cause: 'cpu', because } : null;
}

/** `model name : AMD EPYC 7763`, or in JSON `key cpu`, and then the model. */
function isModel(line: string): boolean {
  const key = /^key (\S{1,80}) /.exec(line)?.[1] ?? '';
  return makers.test(line) && (model.test(line) || model.test(key));
}

/** `8 cores`, `64 CPUs` */
function isCount(word: string, line: string): boolean {
  const after = line.slice(line.indexOf(word) + word.length);
  return /^ (?:(?:logical|physical|cpu) )?(?:cpus?|cores|processors)\b/i.test(after);
}

/** Where sources lie on machines of developers and of build services. */
const workRoot =
  /^(?:home|Users|root|tmp|var|builds?|src|sources?|work\w*|usr|opt|go|mnt|private|github|__w|data|app|srv|run|nix)$/;

export function path({ a, b }: WordPair): Look | null {
  const [left, right] = [a, b].map((one) => one.slice(Math.max(0, one.indexOf('/'))).split('/'));
  if (!left || !right || ![a, b].every((one) => /(?:^|[=:])\/[\w.-]+\/./.test(one))) return null;
  if (![left[1], right[1]].every((root) => workRoot.test(root ?? ''))) return null;
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
