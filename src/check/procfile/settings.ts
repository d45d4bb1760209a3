import { checkContainerfile, cpuLimits, memoryLimits } from '../../caution/limits.ts';
import { isTrue } from '../../caution/procfile.ts';
import { rewrite } from '../../fix/block.ts';
import { saidBy } from '../hcl/said.ts';
import * as hcl from '../hcl/settings.ts';
import { memoryRule } from '../memory.ts';
import type { Rule } from '../rule.ts';
import { sources } from '../sources.ts';
import { largestFile, type Subject } from '../subject.ts';
import { entriesOf, entryOf, fixLine, largestNumber, replaceValue, shownValue } from './entries.ts';

const isWhole = (value: string) => /^\+?\d+$/.test(value) && Number(value) <= largestNumber;

/** A key that is true, and counts. */
function switchedOn(subject: Subject, key: 'locksmith' | 'debug' | 'managed_on_prem') {
  const entry = entryOf(subject, key);
  return entry && isTrue(entry.value) ? entry : null;
}

/** `./Containerfile`, `/Containerfile`, `a//b`: what was meant, when the platform takes that. */
function canonical(value: string): string | null {
  const parts = value.split('/').filter((part) => part !== '' && part !== '.');
  const joined = parts.join('/');
  return checkContainerfile(joined) === null ? joined : null;
}

/** The Containerfiles that a repository has elsewhere, as a mend names them. */
function candidates({ view }: Subject): { mend?: string } {
  const found = view.files.filter(
    (file) => /(?:^|\/)(?:Containerfile|Dockerfile)(?:\.[\w-]+)?$/.test(file) && checkContainerfile(file) === null,
  );
  const [first, ...more] = found.sort((a, b) => a.split('/').length - b.split('/').length || (a < b ? -1 : 1));
  if (first === undefined) return {};
  const others = more.length === 0 ? '' : ` (or one of ${more.length} more that are there)`;
  return { mend: `Write containerfile: ${first}${others}` };
}

/** Resources, the Containerfile, secrets and debugging. */
export const settingRules: readonly Rule[] = [
  {
    id: 'resources-refused',
    level: 'error',
    title: 'Memory or processors that Caution refuses',
    why: `Caution takes ${memoryLimits.min} to ${memoryLimits.max} MiB of memory and ${cpuLimits.min} to ${cpuLimits.max} processors; the push is refused otherwise.`,
    source: sources.parser,
    mend: 'Write a number within the limits.',
    *look(subject) {
      for (const [key, { min, max }] of [['memory', memoryLimits] as const, ['cpus', cpuLimits] as const]) {
        const entry = entryOf(subject, key);
        if (!entry || !isWhole(entry.value)) continue;
        const number = Number(entry.value);
        if (number >= min && number <= max) continue;
        yield {
          path: entry.path,
          line: entry.line,
          message: `${entry.written} ${number} is not within ${min} to ${max}.`,
        };
      }
      yield* hcl.resourcesRefused(subject);
    },
  },
  {
    id: 'odd-cpus',
    level: 'note',
    title: 'An odd number of processors',
    why: 'Enclaves get whole cores of two processors each: Caution rounds an odd number up.',
    source: sources.caution,
    mend: 'Write the even number that you get.',
    *look(subject) {
      yield* hcl.oddCpus(subject);
      const entry = entryOf(subject, 'cpus');
      const number = entry && isWhole(entry.value) ? Number(entry.value) : 0;
      if (!entry || number % 2 === 0 || number > cpuLimits.max) return;
      yield {
        ...{ path: entry.path, line: entry.line },
        message: `${number} processors are rounded up to ${number + 1}.`,
        fix: replaceValue(entry.line, entry.value, String(number + 1)),
      };
    },
  },
  memoryRule,
  {
    id: 'containerfile-path',
    level: 'error',
    title: 'A path of a Containerfile that Caution refuses',
    why: 'The path is relative and canonical, inside of the repository, of letters, digits and -_./ only.',
    source: sources.parser,
    mend: 'Write the path as git has it: Containerfile, not ./Containerfile.',
    *look(subject) {
      yield* hcl.containerfilePath(subject);
      const entry = entryOf(subject, 'containerfile');
      if (!entry || entry.value === '') return;
      const reason = checkContainerfile(entry.value);
      if (reason === null) return;
      const wanted = canonical(entry.value);
      const there = wanted !== null && subject.view.has(wanted) && !entry.value.split('/').includes('..');
      yield {
        ...{ path: entry.path, line: entry.line },
        message: `${shownValue(entry.value)} counts as missing. ${reason}`,
        ...(there && { mend: `Write containerfile: ${wanted}`, fix: replaceValue(entry.line, entry.value, wanted) }),
      };
    },
  },
  {
    id: 'containerfile-missing',
    level: 'error',
    title: 'No Containerfile',
    why: 'Caution builds the Containerfile that the Procfile or caution.hcl names, else Containerfile, else Dockerfile of the repository’s root.',
    source: sources.caution,
    mend: 'Name the one that is there with containerfile, or let npm create caution-app . write one.',
    *look(subject) {
      const { view, procfile, build } = subject;
      yield* hcl.containerfileMissing(subject, candidates(subject));
      const entry = entryOf(subject, 'containerfile');
      if (entry && entry.value !== '') {
        if (checkContainerfile(entry.value) === null && !view.stands(entry.value))
          yield {
            ...{ path: entry.path, line: entry.line, message: `${shownValue(entry.value)} is not there.` },
            ...candidates(subject),
          };
      } else if (!build && subject.hcl === null) {
        yield {
          ...{ path: procfile?.path, message: 'There is neither a Containerfile nor a Dockerfile in the root.' },
          ...candidates(subject),
        };
      }
    },
  },
  {
    id: 'containerfile-empty',
    level: 'error',
    title: 'A Containerfile that builds nothing',
    why: 'Without FROM there is no image: the build ends with an error.',
    source: `${sources.dockerfile}#from`,
    mend: 'Begin it with FROM, or let npm create caution-app . write one.',
    *look({ view, build }) {
      if (!build || build.file.stages.length > 0 || !build.intact || view.size(build.path) > largestFile) return;
      yield { path: build.path, message: 'The Containerfile has no FROM.' };
    },
  },
  {
    id: 'second-containerfile',
    level: 'note',
    title: 'A Dockerfile that Caution does not build',
    why: 'Where neither Procfile nor caution.hcl names one, Caution builds Containerfile and never looks at Dockerfile.',
    source: sources.caution,
    mend: 'Say containerfile, so that readers need not know which one wins.',
    *look(subject) {
      const { view, procfile } = subject;
      const said = procfile?.parsed ?? saidBy(subject)?.configuration;
      if (!said || said.containerfile !== null || view.dir !== '') return;
      if (view.has('Containerfile') && view.has('Dockerfile'))
        yield { path: 'Dockerfile', message: 'Caution builds Containerfile, not this.' };
    },
  },
  {
    id: 'locksmith-ignored',
    level: 'error',
    title: 'Locksmith that is not turned on',
    why: 'Caution accepts locksmith in a Procfile and ignores it when it deploys: only env::vault("NAME") in caution.hcl turns Locksmith on.',
    source: sources.platform,
    mend: 'Write a caution.hcl whose unit takes its secrets with env::vault("NAME"): caution apps migrate-procfile makes one.',
    *look(subject) {
      const entry = switchedOn(subject, 'locksmith');
      if (entry) yield { path: entry.path, line: entry.line, message: 'locksmith: true has no effect in a Procfile.' };
    },
  },
  {
    id: 'debug-on',
    level: 'warning',
    title: 'Debugging is on',
    why: 'An enclave in debug mode has measurements of zeros: nobody can verify what runs in it, and its console can be read.',
    source: sources.caution,
    mend: 'Remove debug before the service is used by others.',
    *look(subject) {
      yield* hcl.debugOn(subject);
      const entry = switchedOn(subject, 'debug');
      if (entry) yield { path: entry.path, line: entry.line, message: 'debug: true: the enclave cannot be verified.' };
    },
  },
  {
    id: 'ssh-key-dropped',
    level: 'error',
    title: 'A key for ssh that Caution drops',
    why: 'Caution keeps one OpenSSH public key a line, which begins with ssh-, ecdsa- or sk-; anything else is dropped without a word.',
    source: sources.parser,
    mend: 'Give the whole line of the .pub file, one key a line.',
    *look(subject) {
      for (const { path, key, value, line } of entriesOf(subject)) {
        if (key !== 'ssh_keys' || value === '') continue;
        if (/^(?:ssh-|ecdsa-|sk-)/.test(value.replace(/^["']+|["']+$/g, ''))) continue;
        yield { path, line, message: 'This is no public key of OpenSSH, and is dropped.' };
      }
    },
  },
  {
    id: 'byoc-incomplete',
    level: 'error',
    title: 'A cloud of your own, half described',
    why: 'managed_on_prem: true needs platform: aws and aws_region; the push is refused without.',
    source: sources.parser,
    mend: 'Add platform: aws and aws_region.',
    *look(subject) {
      const entry = switchedOn(subject, 'managed_on_prem');
      if (!entry) return;
      const missing = [
        ...(entryOf(subject, 'platform')?.value.toLowerCase() === 'aws' ? [] : ['platform: aws']),
        ...(entryOf(subject, 'aws_region')?.value ? [] : ['aws_region']),
      ];
      if (missing.length > 0)
        yield { path: entry.path, line: entry.line, message: `managed_on_prem lacks ${missing.join(' and ')}.` };
    },
  },
  {
    id: 'bad-aws-id',
    level: 'error',
    title: 'An id that is none of AWS',
    why: 'Ids are vpc-, subnet- or sg- and 8 or 17 lower-case hexadecimal digits.',
    source: sources.parser,
    mend: 'Copy the id from the AWS console.',
    *look(subject) {
      const kinds = { aws_vpc_id: 'vpc', aws_subnet_id: 'subnet', aws_security_group_id: 'sg' } as const;
      for (const [key, prefix] of Object.entries(kinds) as [keyof typeof kinds, string][]) {
        const entry = entryOf(subject, key);
        if (!entry || entry.value === '') continue;
        if (new RegExp(`^${prefix}-(?:[0-9a-f]{8}|[0-9a-f]{17})$`).test(entry.value)) continue;
        yield {
          path: entry.path,
          line: entry.line,
          message: `${key} ${shownValue(entry.value)} is no id of that kind.`,
        };
      }
    },
  },
  {
    id: 'procfile-mark',
    level: 'error',
    title: 'A byte order mark',
    why: 'The mark becomes part of the first key, which Caution then does not know.',
    source: sources.parser,
    mend: 'Save the file as UTF-8 without a byte order mark.',
    *look({ procfile }) {
      if (!procfile?.text.startsWith('\ufeff')) return;
      yield {
        ...{ path: procfile.path, line: 1, message: 'The Procfile begins with a byte order mark.' },
        fix: fixLine(
          1,
          rewrite((text) => text.replace(/^\ufeff/, '')),
        ),
      };
    },
  },
];
