import type { Finding } from '../app.ts';
import { quoteWord } from '../caution/words.ts';
import { printableLine } from '../output.ts';
import type { Containerfile } from './containerfile.ts';
import type { Proof } from './proof.ts';

/** What a step may read of the machine, the day, or chance: two builds on one machine may have it in common. */
export interface Reader {
  /** Programs that read it, where they are run. */
  programs: readonly string[];
  /** Other signs of it, anywhere in the script. */
  signs: RegExp;
  reads: string;
  mend: string;
}

const none = /(?!)/;

export const readers: readonly Reader[] = [
  {
    programs: ['date'],
    signs: none,
    reads: 'the clock (date)',
    mend: 'Use date -u -d "@$SOURCE_DATE_EPOCH", or leave the date out.',
  },
  {
    programs: ['uname'],
    signs: none,
    reads: 'the kernel (uname)',
    mend: 'Name the target instead of asking the machine.',
  },
  {
    programs: ['nproc'],
    signs: /\/proc\/cpuinfo/,
    reads: 'the number or kind of processors',
    mend: 'Make sure that the result does not depend on it, or write a constant.',
  },
  {
    programs: [],
    signs: /-march=native|target-cpu[= ]native/,
    reads: 'the features of this processor',
    mend: 'Name a baseline, such as x86-64-v2.',
  },
  {
    programs: ['uuidgen'],
    signs: /\/dev\/u?random|\$RANDOM\b|\/proc\/sys\/kernel\/random/,
    reads: 'random bytes',
    mend: 'Derive the value from the sources, or make it when the service starts.',
  },
];

function isNamed({ programs, signs }: Reader, script: string): boolean {
  const named = programs.some((program) => new RegExp(`(?:^|[\\s;&|(\`])${program}(?:$|[\\s;&|)\`])`).test(script));
  return named || signs.test(script);
}

/** Steps that visibly read what the two builds may have had in common. */
export function risks(containerfile: string, file: Containerfile): Finding[] {
  const findings: Finding[] = [];
  for (const step of file.needed.flatMap((stage) => stage.steps)) {
    if (step.instruction !== 'RUN') continue;
    for (const reader of readers) {
      if (!isNamed(reader, step.script)) continue;
      findings.push({
        id: 'reads-surroundings',
        level: 'warning',
        path: containerfile,
        line: step.line,
        message: `A step reads ${reader.reads}.`,
        why: 'Another machine, or another day, may give another result than the two builds here.',
        mend: reader.mend,
      });
    }
  }
  return findings;
}

/** Bases that a name alone chooses: it may mean another image tomorrow, which two builds a minute apart cannot show. */
export function floatingBases(containerfile: string, file: Containerfile): Finding[] {
  return file.images
    .filter(({ reference }) => !/@sha256:[0-9a-f]{64}$/.test(reference))
    .map(({ reference, line }) => ({
      id: 'base-not-pinned',
      level: 'warning',
      path: containerfile,
      line,
      message: `${printableLine(reference)} is not pinned by a digest.`,
      why: 'The name may mean another image tomorrow: both builds here took the same one, and others may not.',
      source: 'https://docs.docker.com/build/building/best-practices/#pin-base-image-versions',
      mend: 'Add @sha256: and the digest of the linux/amd64 manifest.',
    }));
}

/** Steps that nothing shows to have run. */
export function unprovedSteps(containerfile: string, proofs: readonly Proof[]): Finding[] {
  return proofs.flatMap(({ unproved }, index) =>
    unproved.map(({ line, text, reason }): Finding => {
      return {
        id: 'execution-not-proved',
        level: 'warning',
        path: containerfile,
        line,
        message: `Nothing shows that build ${index + 1} ran this step: ${reason} (${text}).`,
        why: 'A step that did not run twice was not compared.',
        mend: 'Run the verification again while the engine builds nothing else.',
      };
    }),
  );
}

/** The Procfile says nothing of the start: neither Caution nor we can start anything. */
export function noRun(): Finding {
  return {
    id: 'no-run',
    level: 'warning',
    path: 'Procfile',
    message: 'Nothing says how to start the service, so it was not started.',
    why: 'Caution starts what run of the Procfile names, and nothing of the image’s own ENTRYPOINT or CMD.',
    mend: 'Add a line such as run: /app to the Procfile.',
  };
}

export function moreDifferences(more: number, shown: number): Finding[] {
  if (more <= 0) return [];
  return [
    {
      id: 'more-differences',
      level: 'warning',
      message: `${more} more paths differ; the first ${shown} are listed.`,
      why: 'The list is cut, those that Caution measures first.',
      mend: 'Mend what is listed, and verify again.',
    },
  ];
}

/** What stays in caches, and where. */
export function cacheKept(builders: readonly string[]): Finding[] {
  if (builders.length === 0) return [];
  return [
    {
      id: 'build-cache-kept',
      level: 'note',
      message: `Steps of the builds stay in the build cache of ${builders.length === 1 ? 'builder' : 'builders'} ${builders.join(', ')}, until the engine's own limits remove them.`,
      why: 'The engine did not remove them apart from the rest of its cache.',
      mend: 'Nothing needs to be done; docker buildx prune empties the whole cache.',
    },
  ];
}

/** Where `--keep` leaves checkouts and images. */
export function filesKept(folder: string): Finding {
  return {
    id: 'kept',
    level: 'note',
    path: folder,
    message: `Checkouts and images are kept in ${folder}.`,
    why: '--keep was given.',
    mend: `Remove them with: rm -r ${quoteWord(folder)}`,
  };
}
