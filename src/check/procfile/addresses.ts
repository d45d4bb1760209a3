import { checkSource, isPrivateHost } from '../../caution/limits.ts';
import { listOf } from '../../caution/procfile.ts';
import { after } from '../../fix/block.ts';
import { printableLine } from '../../output.ts';
import type { Rule } from '../rule.ts';
import { sources } from '../sources.ts';
import type { GitView } from '../view.ts';
import { entryOf, fixLine } from './entries.ts';

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

/** Where strangers find the source. */
export const addressRules: readonly Rule[] = [
  {
    id: 'no-sources',
    level: 'warning',
    title: 'No public source',
    why: 'Without app_sources nobody else can rebuild the image, and so nobody can verify what runs.',
    source: sources.caution,
    mend: 'Add app_sources: and the public URL of this repository.',
    *look({ procfile, view }) {
      // A repository without a remote has no public source yet that could be named.
      const home = homeOf(view.git);
      if (!procfile || procfile.parsed.sources.length > 0 || !home) return;
      const url = publicForm(home.url);
      const last = procfile.text.trimEnd().split('\n').length;
      yield {
        path: procfile.path,
        message: 'The Procfile names no app_sources.',
        ...(url !== null && {
          mend: `If that is public, add app_sources: ${printableLine(url, 120)}`,
          fix: fixLine(last, after(`app_sources: ${url}`)),
        }),
      };
    },
  },
  {
    id: 'bad-source',
    level: 'error',
    title: 'A source that strangers cannot fetch',
    why: 'app_sources is published for those who verify: they have neither your keys nor your network.',
    source: sources.caution,
    mend: 'Name the https:// URL of the repository, without a user name and password.',
    *look(subject) {
      const entry = entryOf(subject, 'app_sources');
      if (!entry) return;
      for (const url of listOf(entry.value)) {
        const reason = unreachable(url);
        const wrong = checkSource(url);
        if (reason === null && wrong === null) continue;
        const shown = withoutCredentials(url);
        yield { path: entry.path, line: entry.line, message: `${shown}: ${reason ?? wrong}`.replace(/\.?$/, '.') };
      }
    },
  },
];
