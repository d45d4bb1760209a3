import { type Reader, readers } from '../../verify/findings.ts';
import type { Rule, Sighting } from '../rule.ts';
import { sources } from '../sources.ts';
import type { Subject } from '../subject.ts';
import { commandsOf, runs } from './commands.ts';

/** What steps read beside the sources. */
export const surroundingsRules: readonly Rule[] = [
  {
    id: 'reads-surroundings',
    level: 'warning',
    title: 'A step that reads the clock, the machine, or random bytes',
    why: 'Another machine, or another day, may give another result.',
    source: sources.variations,
    mend: 'Name the value instead of asking for it.',
    look: surroundingsRead,
  },
];

/** Arguments with which a program says the same wherever, and whenever, Caution's build runs: for linux/amd64. */
const fixed: Record<string, RegExp> = {
  uname: /^\s*(?:-[mpsio]+|--(?:machine|processor|kernel-name))\s*$/,
  date: /(?:-\w*d|--date)[\s=]*["']?@/,
};

/** As many jobs at a time as there are processors. */
const jobs = /(?:-j|--jobs|--parallel)[\s=]*["']?(?:\$\{\w+:?-)?(?:\$\(|`)\s*nproc\b/g;

function* surroundingsRead({ build }: Subject): Iterable<Sighting> {
  for (const instruction of build?.needed ?? []) {
    if (instruction.keyword !== 'RUN') continue;
    const script = commandsOf(instruction);
    for (const reader of readers) {
      const uses = usesOf(reader, script);
      if (uses === 0) continue;
      const place = { path: build?.path, line: instruction.line, mend: reader.mend };
      if (reader.programs.includes('nproc') && uses === (script.match(jobs)?.length ?? 0))
        yield { ...place, level: 'note', message: 'A step runs as many jobs at a time as there are processors.' };
      else yield { ...place, message: `A step reads ${reader.reads}.` };
    }
  }
}

/** How often a script reads something that may vary, and keeps it: what is only shown while it is built is not. */
function usesOf({ programs, signs }: Reader, script: string): number {
  const runOf = (program: string) =>
    [...script.matchAll(runs(program))].filter((found) => {
      const kept = /\(\s*$|`$/.test(script.slice(0, found.index + 1)) || /[>|]/.test(script.slice(found.index));
      return kept && !fixed[program]?.test(found[1] ?? '');
    }).length;
  return programs.reduce((sum, program) => sum + runOf(program), signs.test(script) ? 1 : 0);
}
