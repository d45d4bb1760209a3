import type { WordPair } from './differing.ts';
import { locale, zone } from './language.ts';
import type { Around, Classify, Look } from './look.ts';
import { account, cpu, environment, host, kernel, path } from './machine.ts';
import { codegen, network, vcs, version } from './sources.ts';
import { duration, key, pointer, processId, randomWord, temporaryPath, time, uuid } from './values.ts';

/** The most telling first. */
const classifiers: readonly Classify[] = [
  temporaryPath,
  uuid,
  pointer,
  processId,
  key,
  zone,
  locale,
  time,
  duration,
  account,
  host,
  vcs,
  kernel,
  cpu,
  codegen,
  path,
  network,
  version,
  environment,
  randomWord,
];

/** What a pair of words looks like; null when it looks like nothing that is known. */
export function lookOf(pair: WordPair, around: Around): Look | null {
  for (const classify of classifiers) {
    const look = classify(pair, around);
    if (look) return look;
  }
  return null;
}
