import { UserError } from '../errors.ts';
import { languages } from '../languages/index.ts';
import { readRecord } from '../record/read.ts';
import { stagexName } from '../stagex/references.ts';
import { saidBy } from './hcl/said.ts';
import type { Rule } from './rule.ts';
import type { Subject } from './subject.ts';

const mebibyte = 2 ** 20;

/** Records of `verify --record`, by the name that in-toto's bundles and statements have. */
const recordName = /\.intoto\.jsonl?$/;
const mostRecords = 20;

/** What an enclave must hold at the least: measured, when the repository has a record of it, else what its language takes. */
interface Floor {
  mb: number;
  /** What says so. */
  by: string;
}

/** Less memory than the image takes. */
export const memoryRule: Rule = {
  id: 'little-memory',
  level: 'note',
  title: 'Less memory than the image takes',
  why: 'The image lives in the enclave’s memory: an enclave needs four times the size of its image, and what the service uses.',
  source: 'https://docs.aws.amazon.com/enclaves/latest/user/nitro-enclave-concepts.html',
  mend: 'Set memory; verify measures what the image and the service take.',
  *look(subject) {
    const { procfile } = subject;
    const said = saidBy(subject);
    if (!procfile && !said) return;
    const memoryMb = procfile?.parsed.memoryMb ?? said?.configuration.memoryMb ?? 0;
    const floor = recorded(subject) ?? usual(subject);
    if (floor === null || memoryMb >= floor.mb) return;
    const at = said ? said.at('resources.memory_mb') : { path: procfile?.path, line: procfile?.parsed.lines.memory };
    yield {
      ...at,
      message: `${memoryMb} MiB of memory${at.line === undefined ? ' (the default)' : ''} are less than the ${floor.mb} MiB that ${floor.by}.`,
    };
  },
};

/** Four times the files of the last enclave that a record in the repository speaks of. */
function recorded({ view, build }: Subject): Floor | null {
  const floors = view.files
    .filter((file) => recordName.test(file))
    .slice(0, mostRecords)
    .flatMap((file) => {
      const treeBytes = treeBytesIn(view.read(file)?.text ?? '', build?.path);
      return treeBytes === null
        ? []
        : { mb: Math.ceil((4 * treeBytes) / mebibyte), by: `four times the image of ${file} are` };
    });
  return floors.sort((a, b) => b.mb - a.mb)[0] ?? null;
}

/** @returns the size of the enclave's files; null for what is no record, or one of another image. */
function treeBytesIn(text: string, containerfile: string | undefined): number | null {
  try {
    const { predicate } = readRecord(text);
    return predicate.source.containerfile.path === containerfile ? predicate.enclave.treeBytes : null;
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

function usual({ build }: Subject): Floor | null {
  const named = (build?.file.images ?? []).flatMap(({ reference }) => stagexName(reference) ?? []);
  const language = Object.values(languages).find(({ images }) =>
    images.some((image) => image.startsWith('pallet-') && named.includes(image)),
  );
  return language ? { mb: language.memoryMb, by: `a small ${language.label} image takes` } : null;
}
