import { checkCpus, checkMemory } from '../../caution/limits.ts';
import type { Setting } from '../setting.ts';
import { never } from './shared.ts';

/** What the enclave gets of the machine. */
export const resourceSettings: readonly Setting[] = [
  {
    key: 'memory',
    flag: '--memory <MiB>',
    help: 'enclave memory; the image lives in it',
    repeatable: false,
    check: checkMemory,
    fallback: (known) => known.written.memory ?? String(known.languageMemoryMb),
    required: never,
    carriers: { procfile: 'memory', hcl: 'resources.memory_mb' },
    question: { message: 'Enclave memory in MiB', hint: 'the image lives in it: four times its size, and more' },
  },
  {
    key: 'cpus',
    flag: '--cpus <number>',
    help: 'virtual processors of the enclave',
    repeatable: false,
    check: checkCpus,
    fallback: (known) => known.written.cpus ?? null,
    required: never,
    carriers: { procfile: 'cpus', hcl: 'resources.cpu' },
    question: { message: 'Virtual processors', hint: '2, when nothing is said', more: 'Processors' },
  },
];
