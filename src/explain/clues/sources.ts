/** What was built, out of which sources, and where they came from. */
import type { WordPair } from './differing.ts';
import { labelled } from './label.ts';
import type { Around, Look } from './look.ts';

const branchLabels = { sign: 'branch|ref|head', blank: 'git[ _-]?(?:branch|ref)|ref[ _-]?name|head[ _-]ref|on branch' };

export function vcs(pair: WordPair): Look | null {
  const { a, b, context } = pair;
  const named = /vcs\.|revision|\bcommit\b|\bgit\b|describe|\bsha\b/i.test(context);
  const commit = [a, b].every((one) => /(?:^|[=:g-])[0-9a-f]{7,40}(?:-dirty)?$/.test(one));
  const state = /vcs\.(?:time|modified|revision)/.test(context) || [a, b].some((one) => /-dirty$/.test(one));
  const branch = labelled(pair, branchLabels);
  return (named && commit) || state || branch
    ? { cause: 'vcs-stamp', because: 'the state of a repository stands in it' }
    : null;
}

export function codegen({ a, b }: WordPair): Look | null {
  return [a, b].some((one) => /rcgu|[.-]cgu\.\d+/.test(one))
    ? { cause: 'codegen-units', because: 'names of units in which code was generated stand in it' }
    : null;
}

export function network({ context }: WordPair, { hints }: Around): Look | null {
  const header = /^(?:"?etag|"?x-[\w-]*(?:id|trace)|"?cf-ray|"?set-cookie|"?age|"?via|"?server-timing)"?\s*[:=]/im;
  if (header.test(context)) return { cause: 'network', because: 'a header of an answer from the network stands in it' };
  return hints.network && !hints.random && !hints.installs
    ? { cause: 'network', because: 'the step asks the network' }
    : null;
}

const semver = /^\D{0,30}?v?\d+\.\d+(?:\.\d+)?(?:[-+.][\w.]+)?$/;

/** Two numbers alone are a version only where they are called so. */
const short = /^\D{0,30}?v?\d+\.\d+$/;
const versionLabels = { sign: 'version|require[sd]?|resolved|package', blank: 'version' };

export function version(pair: WordPair, { hints }: Around): Look | null {
  const { a, b, context } = pair;
  const named = /version|require|depend|resolved|package|integrity|@\d|==|\.whl|\.tgz|\.crate/i.test(context);
  const marked =
    !short.test(a) || !short.test(b) || /@/.test(a) || context.includes(`==${a}`) || labelled(pair, versionLabels);
  return semver.test(a) && semver.test(b) && ((named && marked) || hints.installs)
    ? { cause: 'unlocked-dependency', because: 'two versions stand in it' }
    : null;
}
