import { loadDetection } from '../../languages/index.ts';
import type { Detection } from '../../languages/language.ts';
import type { Answers } from '../../settings/setting.ts';
import type { Service } from '../../settings/surroundings.ts';

/**
 * What a service's language knows, with what the files around the code say. Where those, or an answer, have said which
 * program runs, the language looks again at that one alone: at its port, its files, and what it is made of.
 */
export async function combined({ detection, facts, project }: Service, answers: Answers): Promise<Detection> {
  const { withSurroundings } = await import('../../surroundings/combine.ts');
  const combine = (found: Detection) =>
    withSurroundings(found, facts, project, {
      entry: answers.entry !== undefined,
      run: answers.run !== undefined,
      port: answers.port !== undefined,
      env: (answers.env ?? []).map((assignment) => assignment.split('=')[0] ?? ''),
    });
  const found = combine(detection);
  const entry = answers.entry ?? found.entry;
  if (entry === null || entry === detection.entry || !detection.entries.includes(entry)) return found;
  const { release } = answers;
  const detect = await loadDetection(detection.language);
  const alone = await detect(project, { entry, ...(release === undefined ? {} : { release }) });
  if (alone?.entry !== entry) return found;
  const named = found.evidence.find(({ setting }) => setting === 'entry');
  const evidence = alone.evidence.map((one) => (one.setting === 'entry' && named ? named : one));
  return combine({ ...alone, evidence });
}
