import type { Finding } from '../../app.ts';
import { goSymptoms } from '../../languages/go/symptoms.ts';
import { nodeSymptoms } from '../../languages/node/symptoms.ts';
import { pythonSymptoms } from '../../languages/python/symptoms.ts';
import { rustSymptoms } from '../../languages/rust/symptoms.ts';
import type { StepState, Symptom } from '../../languages/symptom.ts';
import { printableLine } from '../../output.ts';
import { commonSymptoms } from './common.ts';

/** A language's own words first: they name the cause where a compiler's name the place. */
const tables: readonly (readonly Symptom[])[] = [
  goSymptoms,
  rustSymptoms,
  nodeSymptoms,
  pythonSymptoms,
  commonSymptoms,
];

/**
 * Why a build step failed, from what it printed: the finding, and what to do. Pure.
 * @param log the step's last lines of output, and the engine's own words.
 * @returns null when nothing that is known stands there: the log itself must do then.
 */
export function readFailure(log: readonly string[], step: StepState): Finding | null {
  const text = log.join('\n');
  for (const symptom of tables.flat()) {
    const match = symptom.pattern.exec(text);
    if (!match) continue;
    const thing = printableLine(match.slice(1).find((group) => group !== undefined) ?? '', 120).replace(/[.,;:]+$/, '');
    return {
      id: symptom.id,
      level: 'error',
      message: symptom.message(thing),
      why: symptom.why,
      ...(symptom.source === undefined ? {} : { source: symptom.source }),
      mend: symptom.mend(thing, step),
    };
  }
  return null;
}
