import { existsSync } from 'node:fs';
import path from 'node:path';
import { containerfileOf, parseProcfile } from '../caution/procfile.ts';
import { portsOf } from '../caution/ranges.ts';
import { formatRun } from '../caution/words.ts';
import { UserError } from '../errors.ts';
import { configurationReader } from '../settings/surroundings.ts';
import { effective, readWritten, type WrittenFile } from '../settings/written.ts';
import type { Target } from '../target.ts';
import type { VerifyRequest } from '../verify/types.ts';

/** A folder's service as its Procfile or caution.hcl describes it. */
export interface Service
  extends Pick<VerifyRequest, 'containerfile' | 'run' | 'ports' | 'httpPort' | 'memoryMb' | 'noCache'> {
  /** What the enclave will give and this machine does not. */
  declared: NonNullable<VerifyRequest['declared']>;
  /** Public sources that it names. */
  sources: readonly string[];
}

/** @throws UserError when there is nothing to build, or Caution would refuse what describes it. */
export async function serviceOf(target: Target): Promise<Service> {
  const read = await configurationReader(target.root);
  // A service without a file of its own is described by the root's, as that is all that Caution reads.
  const file = effective(await readWritten(read, target.dir)) ?? effective(await readWritten(read, ''));
  if (file !== null && file.problems.length > 0) throw refused(file);
  const named = file?.configuration?.containerfile ?? (file === null ? null : namedIn(file));
  return {
    containerfile: findContainerfile(target, named, file?.path ?? ''),
    ...(file === null ? nothingSaid : settingsOf(file)),
  };
}

const nothingSaid = {
  ...{ run: null, ports: [], httpPort: null, memoryMb: 512, noCache: false, sources: [] },
  declared: { secrets: [], egress: false },
};

/** A Procfile without run says something of the build nevertheless. */
function namedIn({ path: name, text }: WrittenFile): string | null {
  return name.endsWith('Procfile') ? parseProcfile(text).containerfile : null;
}

function settingsOf({ path: name, text, configuration }: WrittenFile): Omit<Service, 'containerfile'> {
  if (name.endsWith('Procfile')) {
    const { run, ports, httpPort, memoryMb, noCache, sources } = parseProcfile(text);
    return { ...nothingSaid, run, ports, httpPort, memoryMb, noCache, sources };
  }
  if (configuration === null) return nothingSaid;
  const { command, env, ports, http, memoryMb, cache, sources, secrets, egress } = configuration;
  return {
    run: command.length === 0 ? null : formatRun({ env, command }),
    ports: portsOf(ports),
    httpPort: http?.port ?? null,
    ...{ memoryMb, noCache: !cache, sources },
    declared: { secrets: Object.keys(secrets), egress: egress.length > 0 },
  };
}

function refused({ path: name, problems }: WrittenFile): UserError {
  const each = problems.slice(0, 5).map(({ line, message }) => `${name}:${line}: ${message}`);
  return new UserError('caution-hcl', `Caution would refuse ${name}.\n${each.join('\n')}`, {
    next: 'Mend that first; npx create-caution-app check lists everything that Caution would refuse.',
  });
}

function findContainerfile(target: Target, named: string | null, by: string): string {
  const exists = (file: string) => existsSync(path.join(target.root, file));
  const own = ['Containerfile', 'Dockerfile'].map((name) => path.posix.join(target.dir, name)).find(exists);
  const built = containerfileOf({ containerfile: named }, exists);
  const found = target.dir === '' || (built !== null && named !== null) ? built : (own ?? built);
  if (found !== null) return found;
  throw new UserError(
    'no-containerfile',
    named !== null
      ? `${by === 'Procfile' ? 'The Procfile' : by} names ${JSON.stringify(named)}, which is not there.`
      : `${target.root} has neither a Containerfile nor a Dockerfile.`,
    { next: 'To write one, in this folder: npm create caution-app .' },
  );
}
