import { randomBytes } from 'node:crypto';
import { clockStepMs, clockVaried, type Proof } from './proof.ts';
import type { CheckoutConditions } from './source/checkout.ts';
import type { Varied } from './types.ts';

/** How one build differs from the others. */
export interface BuildConditions extends CheckoutConditions {
  hostname: string;
}

/** File times of the checkouts: zip files can hold them (after 1980), years apart, and of ten digits as the clock's. */
const fileTimes = [
  new Date('2003-03-04T05:06:07Z'),
  new Date('2009-11-22T13:34:45Z'),
  new Date('2017-07-18T20:21:58Z'),
];
const umasks = [0o022, 0o002, 0o027];

/** Conditions for a number of builds. Names are unique for each run: engines keep contexts by their base names. */
export function makeConditions(builds: number): BuildConditions[] {
  return Array.from({ length: builds }, (_, index) => {
    const nonce = randomBytes(5).toString('hex');
    const depth = Array.from({ length: index * 2 + 1 }, (_, level) => `d${level}`);
    return {
      folders: [`build-${index + 1}`, ...depth, `context-${nonce}`],
      umask: umasks[index % umasks.length] ?? 0o022,
      time: fileTimes[index % fileTimes.length] ?? new Date(0),
      hostname: `host-${randomBytes(5).toString('hex')}`,
    };
  });
}

/** What was varied between the builds, and how, as far as it can be shown. */
export function describeVaried(conditions: readonly BuildConditions[], proofs: readonly Proof[]): Varied[] {
  const each = (show: (one: BuildConditions) => string) => conditions.map(show).join(', ');
  const varied: Varied[] = [
    { what: 'path', how: `checkouts of different names and depths: ${each(({ folders }) => folders.join('/'))}` },
    { what: 'mtime', how: `all files dated ${each(({ time }) => time.toISOString().slice(0, 10))}` },
    {
      what: 'umask',
      how: `files of the checkouts made under umask ${each(({ umask }) => umask.toString(8).padStart(3, '0'))}`,
    },
    { what: 'hostname', how: `host name of every RUN step: ${each(({ hostname }) => hostname)}` },
  ];
  if (clockVaried(proofs))
    varied.push({ what: 'time', how: `every RUN step began at least ${clockStepMs / 1000} s apart` });
  return varied;
}

/** What builds on one machine and one builder cannot vary. */
export function heldStill(varied: readonly Varied[], began: readonly number[]): string[] {
  const days = new Set(began.filter(Number.isFinite).map((at) => new Date(at).toISOString().slice(0, 10)));
  return [
    'kernel',
    'cpu',
    'cpu-count',
    'engine',
    'builder',
    'directory-order',
    'user',
    'locale',
    'timezone',
    ...(days.size <= 1 ? ['calendar-day'] : []),
    ...(varied.some(({ what }) => what === 'time') ? [] : ['time']),
  ];
}
