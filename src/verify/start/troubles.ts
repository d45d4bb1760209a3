import type { Finding } from '../../app.ts';
import { looksSecret } from '../../secrets.ts';
import type { Diagnosis } from './diagnose.ts';
import type { Trouble } from './idioms.ts';

/** What a service was promised for the enclave that it does not have here. */
export interface Declared {
  /** Names of variables that the enclave gets from a vault. */
  secrets: readonly string[];
  /** Whether the enclave reaches anything outside. */
  egress: boolean;
}

type Told = Pick<Finding, 'id' | 'message' | 'why' | 'mend'>;

/**
 * What the enclave will give and this machine does not: then the trouble is none of the service's.
 * @returns one phrase for `needs`, or null.
 */
export function sharedNeed({ trouble, subject }: Diagnosis, declared: Declared): string | null {
  if (trouble === 'variable' && subject !== null && declared.secrets.includes(subject)) return `secret ${subject}`;
  const outside = trouble === 'name-resolution' || (trouble === 'connection' && !isLoopback(subject));
  return outside && declared.egress ? `egress${subject === null ? '' : ` to ${subject}`}` : null;
}

/** Whether an address is this machine's own, or a socket in its file system. */
export function isLoopback(subject: string | null): boolean {
  return subject !== null && /^(?:127\.|localhost\b|\[?::1\]?(?:[:,]|$)|\/)/.test(subject);
}

/** @param run the run command, as the Procfile has it. */
export function trouble(diagnosis: Diagnosis, run: string): Told {
  const { message, ...rest } = tell[diagnosis.trouble](diagnosis.subject, run);
  return { message: `${message} It said: ${diagnosis.evidence}`, ...rest };
}

const noEnv = 'The enclave gives the service no ENV of the image: only what run carries.';
const noEgress = 'The enclave has no name resolution and no network but loopback unless egress is declared.';
const root = 'The service runs as root, with / as its working folder, on what the image holds.';

const tell: Record<Trouble, (subject: string | null, run: string) => Told> = {
  variable: (subject, run) => ({
    id: 'needs-variable',
    message: `The service needs ${subject === null ? 'a variable' : `the variable ${subject}`} that it does not get.`,
    why: noEnv,
    mend:
      subject !== null && looksSecret(subject, null)
        ? `Give it to Locksmith, by env::vault("${subject}") in caution.hcl (--secret ${subject}): anybody can read the run command.`
        : `Give it in the run command: run: ${subject ?? 'NAME'}=… ${run}`,
  }),
  'name-resolution': (subject) => ({
    id: 'needs-name',
    message: `The service resolves ${subject === null ? 'a name' : `the name ${subject}`}, and nothing in the enclave does.`,
    why: noEgress,
    mend: 'Start without that host, or declare egress: a Procfile cannot, caution.hcl can.',
  }),
  connection: (subject) =>
    isLoopback(subject)
      ? {
          id: 'needs-local-service',
          message: `The service connects to ${subject}, where nothing listens.`,
          why: 'An enclave runs one service: no database, cache or agent beside it.',
          mend: 'Start without it, or let run start both.',
        }
      : {
          id: 'needs-network',
          message: `The service connects to ${subject ?? 'an address'}, which it cannot reach.`,
          why: noEgress,
          mend: 'Start without that address, or declare egress: a Procfile cannot, caution.hcl can.',
        },
  library: (subject) => ({
    id: 'needs-library',
    message: `A shared library does not fit, or is missing: ${subject}.`,
    why: "The service runs on Caution's own musl loader, with the libraries of the image alone.",
    mend: 'Copy the library into the final stage, built for the musl of the same StageX release, or link statically.',
  }),
  module: (subject) => ({
    id: 'needs-module',
    message: `The module ${subject} is not found.`,
    why: `${noEnv} ${root}`,
    mend: 'Add it to the dependencies, and lock again; where it is the service’s own, copy it into the final stage, and name its folder in run (PYTHONPATH=…, NODE_PATH=…).',
  }),
  'missing-file': (subject) => ({
    id: 'needs-file',
    message: `${subject ?? 'A file'} is missing.`,
    why: root,
    mend: subject?.startsWith('/')
      ? 'Copy it into the final stage.'
      : 'Name files by their absolute path: WORKDIR is not applied, the working folder is /.',
  }),
  permission: (subject) => ({
    id: 'no-permission',
    message: `The service may not use ${subject ?? 'a file'}.`,
    why: root,
    mend: 'Make programs executable in the final stage; do not drop the rights that it needs.',
  }),
  'read-only': (subject) => ({
    id: 'read-only',
    message: `The service writes to ${subject ?? 'a place'} that takes no files.`,
    why: root,
    mend: 'Let it write under /tmp.',
  }),
  'address-in-use': (subject) => ({
    id: 'address-in-use',
    message: `The service listens twice on the same address${subject === null ? '' : ` (${subject})`}.`,
    why: 'Nothing else runs beside it here.',
    mend: 'Give each of its listeners, or workers, a port of its own.',
  }),
  address: (subject) => ({
    id: 'no-such-address',
    message: `The service listens on an address that this machine does not have${subject === null ? '' : ` (${subject})`}.`,
    why: 'The enclave has loopback, and no other address unless egress is declared.',
    mend: 'Listen on 0.0.0.0.',
  }),
  memory: () => ({
    id: 'out-of-memory',
    message: 'The service ran out of memory.',
    why: 'The enclave has the memory of the Procfile, its file system included.',
    mend: 'Raise memory, or lower the limits of the runtime.',
  }),
  processor: () => ({
    id: 'needs-processor',
    message: 'The service needs features that this processor does not have.',
    why: "The enclave's processor may lack them as well.",
    mend: 'Build for a baseline, such as x86-64-v2 or GOAMD64=v1.',
  }),
};
