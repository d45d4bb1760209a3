import type { Finding } from '../app.ts';
import { UserError } from '../errors.ts';
import { printableLine } from '../output.ts';
import type { Difference, EnclaveFile, Verified } from '../verify/types.ts';
import type { Expected } from './read.ts';
import { buildStandIns } from './record.ts';
import type { About } from './statement.ts';

/** What came of holding a verification against a record. */
export interface Held {
  /** Whether every build has the enclave of the record: the claim that decides. */
  matches: boolean;
  differences: Difference[];
  findings: Finding[];
}

/** More would help nobody: the rest is counted. */
const maxDifferences = 1000;

/**
 * Holds what was built here against a record.
 * @throws UserError `stand-in-record` when one of them was built on stand-ins and the other was not.
 */
export function holdAgainst(expected: Expected, verified: Verified, about: About): Held {
  const { predicate } = expected;
  const { verification } = verified;
  const standIns = buildStandIns(verification.standIns, about.pins);
  refuseStandIns(expected, standIns);
  const matches = verification.builds.every(({ enclaveSha256 }) => enclaveSha256 === predicate.enclave.sha256);
  const found = differencesOf(predicate.files, verified.files);
  // The same files with another digest: names that share a file are not in the list.
  if (!matches && found.length === 0 && verification.reproducible) found.push(otherNames());
  return {
    matches: matches && found.length === 0,
    differences: found.slice(0, maxDifferences),
    findings: [
      ...(expected.enveloped ? [unchecked()] : []),
      ...(matches && found.length > 0 ? [contradiction(found.length)] : []),
      ...disagreement(expected, verified),
      ...otherSource(expected, verified, about),
      ...otherStandIns(predicate.standIns, standIns),
      ...(matches ? otherImage(expected, verified) : []),
      ...(found.length > maxDifferences ? [more(found.length)] : []),
    ],
  };
}

/**
 * What was built on stand-ins says nothing of the real images, nor the other way round.
 * @param here the stand-ins of this build, as `name: reference`.
 * @throws UserError `stand-in-record`
 */
export function refuseStandIns({ predicate: { standIns } }: Expected, here: readonly string[]): void {
  if (standIns.length > 0 === here.length > 0) return;
  const [what, next] =
    here.length > 0
      ? [
          'This build uses stand-ins for StageX images, and the record was made without.',
          'Build on the real images: without --images, and without CREATE_CAUTION_APP_IMAGES.',
        ]
      : [
          'The record was made on stand-ins for StageX images, and this build uses none.',
          'Ask for a record that was made on the real images.',
        ];
  throw new UserError('stand-in-record', `${what} They are not held against each other.`, { next });
}

function differencesOf(theirs: readonly EnclaveFile[], ours: readonly EnclaveFile[]): Difference[] {
  const here = new Map(ours.map((file) => [file.path, file]));
  const there = new Map(theirs.map((file) => [file.path, file]));
  const paths = [...new Set([...there.keys(), ...here.keys()])].sort();
  return paths.flatMap((path) => {
    const said = evidence(there.get(path), here.get(path));
    return said === null ? [] : [difference(printableLine(path, 1000), said)];
  });
}

function difference(path: string, said: { evidence: string; carrier?: string }): Difference {
  return {
    path,
    inEnclave: true,
    cause: 'unknown',
    certain: false,
    ...said,
    mend: 'Build the same commit on the same base images; if it still differs, keep both images (--keep) and explain it: create-caution-app compare A B',
  };
}

function evidence(
  there: EnclaveFile | undefined,
  here: EnclaveFile | undefined,
): { evidence: string; carrier?: string } | null {
  if (there && !here) return { evidence: `Only in the record: ${describe(there)}.` };
  if (here && !there) return { evidence: `Only here: ${describe(here)}.` };
  if (!there || !here) return null;
  if (there.type !== here.type) return { evidence: `In the record ${describe(there)}; here ${describe(here)}.` };
  const executable = there.executable !== here.executable;
  const mode = executable
    ? `${there.executable ? 'Executable in the record, not here' : 'Executable here, not in the record'}.`
    : '';
  if (there.sha256 !== here.sha256 || there.size !== here.size)
    return { evidence: `Other content: in the record ${describe(there)}; here ${describe(here)}. ${mode}`.trim() };
  if (there.link !== here.link)
    return { carrier: 'link', evidence: `In the record ${describe(there)}; here ${describe(here)}.` };
  return executable ? { carrier: 'mode', evidence: mode } : null;
}

function describe({ type, size, sha256, link }: EnclaveFile): string {
  if (type === 'directory') return 'a directory';
  if (type === 'link') return `a link to ${printableLine(link, 300)}`;
  return `a file of ${size} bytes, sha256:${sha256}`;
}

function otherNames(): Difference {
  return difference('/', {
    evidence:
      'Every path is the same, and the digest is not: which names share one file (hard links) differs, which a record does not list.',
  });
}

function unchecked(): Finding {
  return {
    id: 'record-signature',
    level: 'note',
    message: 'The record came in a signed envelope; the signature was not checked.',
    why: 'Who signed it, and whether you trust them, is yours to decide.',
    mend: 'Check it with the tool that signed it, such as cosign or gh attestation verify.',
  };
}

function contradiction(files: number): Finding {
  return {
    id: 'record-contradicts',
    level: 'error',
    message: `The record has this enclave's digest, and lists ${files} paths that the enclave does not have so.`,
    why: 'A record that contradicts itself was not written by a verification.',
    mend: 'Ask for the record again, and for how it was made.',
  };
}

/** Builds that disagree here: which of them the record has is worth knowing. */
function disagreement({ predicate }: Expected, { verification }: Verified): Finding[] {
  if (verification.reproducible) return [];
  const same = verification.builds.flatMap(({ enclaveSha256 }, index) =>
    enclaveSha256 === predicate.enclave.sha256 ? [index + 1] : [],
  );
  return [
    {
      id: 'record-disagreement',
      level: 'error',
      message: `The builds here disagree; ${same.length === 0 ? 'none of them has' : `build ${same.join(', ')} has`} the record's enclave.`,
      why: 'What does not build the same twice on one machine cannot be held against a record.',
      mend: 'Mend the differences between the builds first.',
    },
  ];
}

function otherSource({ predicate }: Expected, { verification }: Verified, about: About): Finding[] {
  const { source } = predicate;
  const told: string[] = [];
  if (source.commit !== verification.commit)
    told.push(`the record is of commit ${source.commit ?? 'none'}, this of ${verification.commit ?? 'none'}`);
  if (source.dirty) told.push('the record was made with uncommitted work');
  if (verification.dirty) told.push('this was built with uncommitted work');
  if (source.containerfile.sha256 !== about.containerfile.sha256) told.push('the Containerfiles differ');
  const pins = (list: About['pins']) => [...new Set(list.map(({ reference }) => reference))].sort().join('\n');
  if (pins(source.pins) !== pins(about.pins)) told.push('they name other base images');
  if (told.length === 0) return [];
  const sentence = told.join('; ');
  return [
    {
      id: 'record-source',
      level: 'warning',
      message: `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`,
      why: 'A record speaks of one commit: another source may build something else.',
      mend:
        source.commit === null ? 'Ask for a record of a commit.' : `Build that commit: git checkout ${source.commit}`,
    },
  ];
}

/** The digest is what tells stand-ins apart: each machine serves them from a registry of its own. */
function otherStandIns(theirs: readonly string[], ours: readonly string[]): Finding[] {
  const key = (standIn: string) => {
    const [name = '', reference = ''] = standIn.split(': ');
    return `${name} ${/@(sha256:[0-9a-f]{64})$/.exec(reference)?.[1] ?? reference}`;
  };
  const [a, b] = [new Set(theirs.map(key)), new Set(ours.map(key))];
  const names = [...a, ...b].filter((one) => !(a.has(one) && b.has(one))).map((one) => one.split(' ')[0] ?? '');
  if (names.length === 0) return [];
  return [
    {
      id: 'record-stand-ins',
      level: 'warning',
      message: `The record was made on other stand-ins: ${printableLine([...new Set(names)].sort().join(', '), 400)}.`,
      why: 'Other base images may build something else.',
      mend: 'Use the same stand-ins, or better the real images.',
    },
  ];
}

/** The same enclave in another image passes: Caution measures the enclave. */
function otherImage({ predicate: { image } }: Expected, { verification }: Verified): Finding[] {
  const here = verification.imageIdentical ? (verification.builds[0]?.manifest ?? '') : '';
  if (image.manifest === null || here === '' || here === image.manifest) return [];
  return [
    {
      id: 'record-image',
      level: 'note',
      message: `The enclave is the same in another image: the record's manifest is ${image.manifest}, this one's ${printableLine(here, 80)}.`,
      why: 'Only metadata or the split into layers differs, or the engines write images in other ways; none of it is measured.',
      mend: 'Nothing needs mending for the enclave; for the same image, use the same engine and version.',
    },
  ];
}

function more(all: number): Finding {
  return {
    id: 'more-differences',
    level: 'warning',
    message: `${all - maxDifferences} more paths differ from the record; the first ${maxDifferences} are listed.`,
    why: 'The list is cut.',
    mend: 'Mend what is listed, and verify again.',
  };
}
