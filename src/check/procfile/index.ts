import { printableLine } from '../../output.ts';
import type { Rule } from '../rule.ts';
import { sources } from '../sources.ts';
import { addressRules } from './addresses.ts';
import { keyRules } from './keys.ts';
import { networkRules } from './network.ts';
import { runRules } from './run.ts';
import { settingRules } from './settings.ts';

/** Where the Procfile is, and whether it is read at all. */
const fileRules: readonly Rule[] = [
  {
    id: 'no-procfile',
    level: 'error',
    title: 'No Procfile',
    why: 'Caution reads caution.hcl, else the Procfile, in the root of the repository: without one it starts nothing.',
    source: sources.caution,
    mend: 'To write one, in this folder: npm create caution-app .',
    *look({ procfile, hcl, view }) {
      if (hcl === null && !procfile) yield { message: 'There is neither a Procfile nor a caution.hcl.' };
      else if (procfile && procfile.path !== 'Procfile')
        yield {
          path: procfile.path,
          message: `Caution reads the Procfile in the root of the repository, not the one in ${view.dir}.`,
          mend: 'Move it to the root of the repository.',
        };
    },
  },
  {
    id: 'procfile-link',
    level: 'error',
    title: 'A Procfile that is a symbolic link',
    why: 'Caution does not follow the link: it reads the name of the target as if it were the Procfile.',
    source: sources.parser,
    mend: 'Commit the file itself in place of the link.',
    *look({ procfile }) {
      if (procfile?.link !== undefined)
        yield { path: procfile.path, message: `The Procfile is a link to ${printableLine(procfile.link, 80)}.` };
    },
  },
];

export const procfileRules: readonly Rule[] = [
  ...fileRules,
  ...keyRules,
  ...runRules,
  ...networkRules,
  ...settingRules,
  ...addressRules,
];
