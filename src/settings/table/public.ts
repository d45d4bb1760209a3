import { checkRun, checkSource, checkVariable } from '../../caution/limits.ts';
import { secretIn } from '../../secrets.ts';
import type { Setting } from '../setting.ts';
import { never, nothing } from './shared.ts';

/** What of it is public, for whoever verifies. */
export const publicSettings: readonly Setting[] = [
  {
    key: 'source',
    flag: '--source <url>',
    help: 'public URL of the source, for whoever verifies (repeatable)',
    repeatable: true,
    check: checkSource,
    fallback: (known) => known.written.source ?? known.origin ?? null,
    required: never,
    carriers: { procfile: 'app_sources', hcl: 'build.app_sources' },
    question: {
      message: 'Public URL of the source',
      hint: 'so that others can verify; leave empty if there is none yet',
    },
  },
  {
    key: 'env',
    flag: '--env <NAME=value>',
    help: 'public variable of the service (repeatable); never a secret',
    repeatable: true,
    check: checkAssignment,
    fallback: nothing,
    required: never,
    carriers: { procfile: 'run', hcl: 'unit.env' },
    question: {
      message: 'Public variables',
      hint: "NAME=value OTHER='two words'",
      words: true,
      more: 'Public variables',
    },
  },
];

function checkAssignment(value: string): string | null {
  const equals = value.indexOf('=');
  if (equals < 1) return 'Write NAME=value.';
  const [name, text] = [value.slice(0, equals), value.slice(equals + 1)];
  const problem = checkVariable(name) ?? checkRun(text);
  if (problem !== null) return problem;
  const secret = secretIn(name, text);
  return secret === null ? null : `It would be public, and it is ${secret}: use --secret ${name}, without the value.`;
}
