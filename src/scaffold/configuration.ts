import type { App } from '../app.ts';
import { type Configuration, configurationDefaults, type Http } from '../caution/configuration.ts';
import { parseEgress } from '../caution/egress.ts';
import { rangesOf } from '../caution/ranges.ts';

/**
 * What an app's Procfile and caution.hcl shall say.
 * @param there what the existing files say: what this tool has no setting for stays as it is.
 */
export function configurationOf(app: App, there: Configuration | null = null): Configuration {
  const { secrets = [], egress = [], debug } = app;
  return {
    name: app.name,
    containerfile: app.containerfile,
    sources: app.sources,
    env: app.env,
    command: app.command,
    secrets: Object.fromEntries(secrets.map((name) => [name, ownValue(there?.secrets, name) ?? name])),
    ports: rangesOf(app.ports),
    http: frontOf(app, there?.http ?? null),
    egress: egress.map(parseEgress),
    memoryMb: app.memoryMb,
    cpus: app.cpus ?? configurationDefaults.cpus,
    debug: { enabled: debug !== undefined, sshKeys: debug?.sshKeys ?? there?.debug.sshKeys ?? [] },
    cache: there?.cache ?? true,
    aws: app.aws ?? null,
  };
}

function frontOf(app: App, there: Http | null): Http | null {
  const { httpPort, domain = null, upstreamProtocol = 'http', encryption = null } = app;
  if (httpPort === null) return null;
  const kept = there?.encryption?.mode === 'steve' && there.encryption.plaintextFallback;
  return {
    port: httpPort,
    domain,
    upstreamProtocol,
    encryption: encryption?.mode === 'steve' ? { ...encryption, plaintextFallback: kept } : encryption,
  };
}

function ownValue(record: Readonly<Record<string, string>> | undefined, name: string): string | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}
