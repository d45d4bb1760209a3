import { checkSource } from '../../caution/limits.ts';
import { listOf } from '../../caution/procfile.ts';
import { after } from '../../fix/block.ts';
import { printableLine } from '../../output.ts';
import { homeOf, publicForm, unreachable, withoutCredentials } from '../addresses.ts';
import { badSource, noSources } from '../hcl/settings.ts';
import type { Rule } from '../rule.ts';
import { sources } from '../sources.ts';
import { entryOf, fixLine } from './entries.ts';

/** Where strangers find the source. */
export const addressRules: readonly Rule[] = [
  {
    id: 'no-sources',
    level: 'warning',
    title: 'No public source',
    why: 'Without app_sources nobody else can rebuild the image, and so nobody can verify what runs.',
    source: sources.caution,
    mend: 'Add app_sources: and the public URL of this repository.',
    *look(subject) {
      const { procfile, view } = subject;
      yield* noSources(subject);
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
      yield* badSource(subject);
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
