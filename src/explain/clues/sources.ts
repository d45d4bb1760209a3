/** What was built, out of which sources, and where they came from. */
import type { WordPair } from './differing.ts';
import type { Around, Look } from './look.ts';

export function vcs({ a, b, context }: WordPair): Look | null {
  const named = /vcs\.|revision|\bcommit\b|\bgit\b|describe|\bsha\b|dirty|branch|modified/i.test(context);
  const commit = [a, b].every((one) => /(?:^|[=:g-])[0-9a-f]{7,40}(?:-dirty)?$/.test(one));
  const state = /vcs\.(?:time|modified|revision)/.test(context) || [a, b].some((one) => /-dirty$/.test(one));
  const branch =
    /\b(?:branch|git[-_ ]?ref|ref[-_ ]?name|head[-_ ]ref)\b/i.test(context) && [a, b].every((one) => one !== '');
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

export function version({ a, b, context }: WordPair, { hints }: Around): Look | null {
  const named = /version|require|depend|resolved|package|integrity|@\d|==|\.whl|\.tgz|\.crate/i.test(context);
  return semver.test(a) && semver.test(b) && (named || hints.installs)
    ? { cause: 'unlocked-dependency', because: 'two versions stand in it' }
    : null;
}
