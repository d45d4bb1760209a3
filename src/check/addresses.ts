import { checkSource, isPrivateHost } from '../caution/limits.ts';
import { printableLine } from '../output.ts';
import type { GitView } from './view.ts';

/** A URL without what may be a password in it, for a message. */
export function withoutCredentials(url: string): string {
  return printableLine(url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, '$1…@'), 120);
}

/**
 * Why a stranger cannot fetch from an address; null when nothing speaks against it. The network is not asked.
 * @param url of a git remote or an archive.
 */
export function unreachable(url: string): string | null {
  const web = /^(https?|git):\/\/(?:([^/@]*)@)?(\[[^\]]*\]|[^/:?#]*)/i.exec(url);
  if (!web) {
    if (/^ssh:\/\/|^[\w.-]+@[\w.-]+:/i.test(url)) return 'an ssh address wants a key';
    return 'it is a path of this machine, or of a protocol that strangers do not have';
  }
  if (web[2] !== undefined) return 'it carries credentials';
  return isPrivateHost(web[3] ?? '') ? 'its host is known in this network alone' : null;
}

/** The https:// address of a well-known host's ssh address, when strangers may have it. */
export function publicForm(url: string): string | null {
  const [, host, name] = /^(?:ssh:\/\/)?git@(github\.com|gitlab\.com|codeberg\.org)[:/]([\w./-]+)$/.exec(url) ?? [];
  if (host !== undefined && name !== undefined) return `https://${host}/${name}`;
  return unreachable(url) === null && checkSource(url) === null ? url : null;
}

/** The remote that strangers would fetch from: origin, else the first one that is not Caution's own. */
export function homeOf(git: GitView | null): { name: string; url: string } | null {
  const remotes = git?.remotes.filter(({ name }) => name !== 'caution') ?? [];
  return remotes.find(({ name }) => name === 'origin') ?? remotes[0] ?? null;
}
