import path from 'node:path';
import { isTrue } from '../../caution/procfile.ts';
import { overlaidLoader, replacedByCaution, replacedByExport } from '../../caution/replaced.ts';
import { printableLine } from '../../output.ts';
import { entryOf } from '../procfile/entries.ts';
import type { Rule, Sighting } from '../rule.ts';
import { sources } from '../sources.ts';
import type { Subject } from '../subject.ts';
import { type Build, finalStage, lastOf, type Written } from './build.ts';
import { commandsOf } from './commands.ts';

/** Instructions of the last stage. */
function finalInstructions(build: Subject['build']): Written[] {
  const stage = build && finalStage(build);
  return build && stage ? build.instructions.filter((one) => one.stage === stage.index) : [];
}

function stepOf(build: Build, line: number) {
  return build.file.stages.flatMap(({ steps }) => steps).find((step) => step.line === line) ?? null;
}

/** Where a COPY or ADD of one file puts it; of a folder, the folder itself. Byte strings without a leading `/`. */
function placesOf(sourcesOf: readonly string[], destination: string): string[] {
  if (!destination.startsWith('/')) return [];
  const folder = destination.endsWith('/') || sourcesOf.length > 1;
  const places = folder
    ? sourcesOf.map((one) => path.posix.join(destination, path.posix.basename(one)))
    : [destination];
  return places.map((one) => path.posix.normalize(one).replace(/^\/+/, ''));
}

/** What Caution brings of its own is no loss; its loader may be another than the one that was linked against. */
function saidOfReplaced(place: string): Omit<Sighting, 'path' | 'line' | 'message'> {
  if (place === 'etc/ssl/certs/ca-certificates.crt' || /(?:^|\/)bin\/(?:sh|busybox)$/.test(place))
    return { level: 'note', mend: 'Leave it out: Caution brings its own.' };
  if (!place.endsWith(`lib/${overlaidLoader}`)) return {};
  return {
    why: 'Caution lays its own musl over the image: what is linked dynamically runs on that one in the enclave.',
    mend: 'Link statically, and leave the loader out; else try the service on the musl that Caution has.',
  };
}

/** Whether an instruction puts something at /etc/environment: a COPY, a heredoc, or a shell that writes it. */
function writesEnvironment(instruction: Written, step: ReturnType<typeof stepOf>): boolean {
  if (instruction.keyword === 'RUN')
    return />>?\s*["']?\/etc\/environment\b|\btee\s+(?:-a\s+)?\/etc\/environment\b/.test(commandsOf(instruction));
  if (step?.destination === '/etc/environment') return true;
  return step !== null && placesOf(step.sources, step.destination ?? '').includes('etc/environment');
}

/** The image that Caution exports. */
export const finalRules: readonly Rule[] = [
  {
    id: 'user-not-applied',
    level: 'note',
    title: 'A USER that the enclave does not have',
    why: 'Caution starts the command as root, whatever USER says.',
    source: sources.caution,
    mend: 'Write USER 0:0, so that a plain docker run is as the enclave; drop privileges in the service where it needs that.',
    *look({ build }) {
      const stage = build && finalStage(build);
      const user = stage && lastOf(build, stage, 'USER');
      const [name = ''] = user?.words ?? [];
      if (!build || !user || user.stage !== stage.index || /^(?:0|root)(?::(?:0|root))?$/.test(name)) return;
      yield {
        path: build.path,
        line: user.line,
        message: `The service runs as root, not as ${printableLine(name, 40)}.`,
      };
    },
  },
  {
    id: 'healthcheck-not-applied',
    level: 'note',
    title: 'A HEALTHCHECK that nobody runs',
    why: 'Caution runs no HEALTHCHECK of the image.',
    source: sources.caution,
    mend: 'Remove it; let the service end when it cannot go on.',
    *look({ build }) {
      for (const { keyword, words, line } of finalInstructions(build)) {
        if (keyword === 'HEALTHCHECK' && words[0]?.toUpperCase() !== 'NONE')
          yield { path: build?.path, line, message: 'Nothing runs this HEALTHCHECK.' };
      }
    },
  },
  {
    id: 'volume-not-applied',
    level: 'note',
    title: 'A VOLUME in an enclave',
    why: 'An enclave has no disk: what is written there is in its memory, and gone when it ends.',
    source: sources.caution,
    mend: 'Remove it; keep what must last in a service outside.',
    *look({ build }) {
      for (const { keyword, line } of finalInstructions(build)) {
        if (keyword === 'VOLUME') yield { path: build?.path, line, message: 'Nothing is kept in this VOLUME.' };
      }
    },
  },
  {
    id: 'root-link',
    level: 'error',
    title: '/bin or /lib that Caution refuses',
    why: 'Caution refuses an image whose /bin or /lib is neither a directory nor the relative link usr/bin, usr/lib.',
    source: sources.platform,
    mend: 'Make it a directory, or link it with ln -s usr/bin /bin (stagex/core-filesystem has both links).',
    *look({ build }) {
      for (const instruction of finalInstructions(build)) {
        if (instruction.keyword !== 'RUN') continue;
        for (const [, target = '', name = ''] of commandsOf(instruction).matchAll(
          /\bln\s+(?:-\w+\s+)*-\w*s\w*\s+(?:-\w+\s+)*(\S+)\s+\/(bin|lib)\/?(?=[\s;&|]|$)/g,
        )) {
          if (target === `usr/${name}`) continue;
          yield {
            ...{ path: build?.path, line: instruction.line },
            message: `/${name} becomes a link to ${printableLine(target, 60)}.`,
            mend: `Link it with ln -s usr/${name} /${name}`,
          };
        }
      }
    },
  },
  {
    id: 'replaced-file',
    level: 'warning',
    title: 'A file that Caution replaces',
    why: 'Caution lays its own files over the image, and they win; what docker export replaces is never measured.',
    source: sources.platform,
    mend: 'Put the file elsewhere.',
    *look({ build }) {
      for (const { keyword, line } of finalInstructions(build)) {
        const step = keyword === 'COPY' || keyword === 'ADD' ? build && stepOf(build, line) : null;
        if (!step || step.destination === null) continue;
        for (const place of placesOf(step.sources, step.destination)) {
          if (!replacedByCaution(place) && !replacedByExport(place)) continue;
          yield {
            ...{ path: build?.path, line },
            message: `/${printableLine(place, 100)} of the image does not reach the enclave.`,
            ...saidOfReplaced(place),
          };
        }
      }
    },
  },
  {
    id: 'environment-file',
    level: 'warning',
    title: 'A file of variables that nothing reads',
    why: "Caution's documentation names /etc/environment; its start script does not read it: a service has the variables that lead its run command.",
    source: sources.platform,
    mend: 'Put the variables before the program in run (in caution.hcl: env of the unit), or let the service read the file.',
    *look({ build }) {
      for (const instruction of finalInstructions(build)) {
        if (!['RUN', 'COPY', 'ADD'].includes(instruction.keyword)) continue;
        if (!writesEnvironment(instruction, build && stepOf(build, instruction.line))) continue;
        yield { path: build?.path, line: instruction.line, message: 'Nothing reads /etc/environment in the enclave.' };
        return;
      }
    },
  },
  {
    id: 'locksmith-not-copied',
    level: 'error',
    title: "Locksmith's files are not in the image",
    why: 'Locksmith reads /etc/caution/bundle.json and /etc/caution/secrets/ of the image: the final stage has to bring them.',
    source: sources.caution,
    mend: 'Add to the final stage: COPY .caution/quorum-bundle.json /etc/caution/bundle.json and COPY .caution/secrets/ /etc/caution/secrets/',
    *look(subject) {
      const { build, view, hcl, run } = subject;
      if (!build || !view.files.some((file) => file.startsWith('.caution/secrets/'))) return;
      // Of several services in a repository not each may have secrets.
      const asked = hcl === null ? isTrue(entryOf(subject, 'locksmith')?.value ?? '') : (run?.secrets ?? []).length > 0;
      const copied = finalInstructions(build)
        .filter(({ keyword }) => keyword === 'COPY' || keyword === 'ADD')
        .map(({ line }) => stepOf(build, line)?.destination ?? '');
      const from = build.file.stages.some(({ steps }) => steps.some(({ script }) => script.includes('/etc/caution')));
      if (from || copied.some((place) => place.startsWith('/etc/caution'))) return;
      const stage = finalStage(build);
      yield {
        ...{ path: build.path, line: stage?.line, level: asked ? 'error' : 'note' },
        message: 'There are secrets in .caution/secrets/, and the final stage does not copy them.',
      } satisfies Sighting;
    },
  },
];
