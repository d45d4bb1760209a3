import { existsSync } from 'node:fs';
import path from 'node:path';
import type { App, Finding } from '../../app.ts';
import type { Resolved } from '../../settings/resolve.ts';
import type { Written, WrittenFile } from '../../settings/written.ts';
import type { Target } from '../../target.ts';

/** Why one has to be chosen. */
export const oneApp =
  'Caution deploys one app per repository: each service gets files of its own, and the Procfile in the root names the one.';

/** What Procfile and caution.hcl, as they stand, rule out or leave as it is. */
export function withConfiguration(resolved: Resolved, target: Target, configured: Written): Resolved {
  const refused = configured.hcl?.configuration === null ? configured.hcl : null;
  const findings = [
    ...(refused ? hclRefused(refused) : []),
    ...(configured.another ? [anotherApp(target)] : []),
    ...(lacksSecrets(resolved.app, target) ? [noSecretsYet] : []),
    ...(resolved.app?.debug ? [debugging] : []),
  ];
  if (findings.length === 0) return resolved;
  const outcome = refused && resolved.outcome !== 'blocked' ? 'prepare' : resolved.outcome;
  return { ...resolved, findings: [...resolved.findings, ...findings], outcome };
}

/** A repository deploys one of its services: where that is another, it is said, and stays so. */
function anotherApp({ dir }: Target): Finding {
  return {
    id: 'one-app',
    level: 'warning',
    path: 'Procfile',
    message: `This repository deploys another service: the Procfile in its root stays as it is, and ${dir}/Procfile is this one's.`,
    why: oneApp,
    source: 'https://docs.caution.co',
    mend: `verify ${dir} takes ${dir}/Procfile. To deploy this service, move that file to the root, in a repository or branch of its own.`,
  };
}

const quorumBundle = '.caution/quorum-bundle.json';

/** Whether the Containerfile copies Locksmith's files, and they are not there: it cannot be built yet. */
function lacksSecrets(app: App | null, { root }: Target): boolean {
  return (app?.secrets ?? []).length > 0 && !existsSync(path.join(root, quorumBundle));
}

/** Nothing can be built before somebody has made the secrets. */
export const secretsNotThere = 'secrets-not-there';

const noSecretsYet: Finding = {
  id: secretsNotThere,
  level: 'warning',
  message: `${quorumBundle} is not there yet, and the Containerfile copies it: nothing can be built before.`,
  why: 'Locksmith opens the encrypted secrets of .caution/ in the enclave, with a key that a quorum of people holds.',
  source: 'https://docs.caution.co',
  mend: 'caution secret new keyring.asc --threshold 2 --max 4, then caution secret encrypt; commit .caution/, and verify.',
};

const debugging: Finding = {
  id: 'debug-on',
  level: 'warning',
  message: 'Debugging is on: the measurements are zeroed, and NOBODY CAN VERIFY what runs.',
  why: 'A debug enclave shows its console, and its measurements say nothing.',
  source: 'https://docs.caution.co',
  mend: 'Turn it off with --no-debug before anybody relies on this app.',
};

/** Caution refuses it, so nobody knows what it means. */
function hclRefused({ path, problems }: WrittenFile): Finding[] {
  return problems.slice(0, 10).map(({ line, message }) => ({
    ...{ id: 'caution-hcl', level: 'error', path, line, message },
    why: 'Caution reads caution.hcl before the Procfile, and refuses one with such a mistake.',
    source: 'https://docs.caution.co',
    mend: 'Mend that line; npx create-caution-app check lists everything that Caution would refuse.',
  }));
}
