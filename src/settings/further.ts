import type { App, Format } from '../app.ts';
import type { Aws, Encryption } from '../caution/configuration.ts';
import { configurationDefaults } from '../caution/configuration.ts';
import { firstOf, flagName, type Key, type Known, type Setting, settingValue, valuesOf } from './setting.ts';
import { settings } from './table/index.ts';

/** What was said of a setting, or what holds of it. */
export type Values = (key: Key) => string | string[] | null;

/** The values of all settings, as they are known. */
export function valuesFrom(known: Known): Values {
  const byKey = new Map(settings.map((setting) => [setting.key, setting]));
  return (key) => {
    const setting = byKey.get(key);
    return setting === undefined ? null : settingValue(setting, known);
  };
}

/** The parts of an app that only some apps have; what was not chosen is absent. */
export function furtherSettings(
  value: Values,
): Pick<App, 'domain' | 'upstreamProtocol' | 'encryption' | 'egress' | 'secrets' | 'debug' | 'aws' | 'format'> {
  const domain = firstOf(value('domain'));
  const protocol = firstOf(value('upstreamProtocol'));
  const encryption = encryptionOf(value);
  const [egress, secrets] = [valuesOf(value('egress')), valuesOf(value('secret'))];
  const aws = awsOf(value);
  const format = carriedFormat(value);
  return {
    ...(domain === null ? {} : { domain }),
    ...(protocol === null || protocol === configurationDefaults.upstreamProtocol
      ? {}
      : { upstreamProtocol: protocol as 'h2c' }),
    ...(encryption === null ? {} : { encryption }),
    ...(egress.length === 0 ? {} : { egress: [...new Set(egress)] }),
    ...(secrets.length === 0 ? {} : { secrets: [...new Set(secrets)] }),
    ...(firstOf(value('debug')) === 'true' ? { debug: { sshKeys: valuesOf(value('sshKey')) } } : {}),
    ...(aws === null ? {} : { aws }),
    ...(format === 'procfile' ? {} : { format }),
  };
}

function encryptionOf(value: Values): Encryption | null {
  const mode = firstOf(value('e2e'));
  if (mode === 'tls') return { mode };
  if (mode !== 'steve') return null;
  const keyExchange = firstOf(value('e2eKeyExchange')) === 'xwing-draft10' ? 'xwing-draft10' : 'x25519';
  return { mode, keyExchange, corsOrigins: valuesOf(value('corsOrigin')), plaintextFallback: false };
}

function awsOf(value: Values): Aws | null {
  const region = firstOf(value('awsRegion'));
  if (region === null) return null;
  return {
    region,
    instanceType: firstOf(value('awsInstanceType')),
    vpcId: firstOf(value('awsVpcId')),
    subnetIds: valuesOf(value('awsSubnetId')),
    securityGroupId: firstOf(value('awsSecurityGroupId')),
  };
}

/** The settings that were made and that a Procfile cannot carry. */
export function notInProcfile(value: Values): Setting[] {
  return settings.filter((setting) => {
    const { key, carriers } = setting;
    const values = valuesOf(value(key));
    if (carriers === undefined || values.length === 0) return false;
    return carriers.procfileCarries ? !carriers.procfileCarries(values) : carriers.procfile === null;
  });
}

/** The format that was asked for, or is there; `both` where a Procfile alone would lose a setting. */
export function carriedFormat(value: Values): Format {
  const asked = firstOf(value('format')) as Format | null;
  return asked ?? (notInProcfile(value).length > 0 ? 'both' : 'procfile');
}

/** A setting that does not go with another one. */
export interface Contradiction {
  flag: string;
  value: string;
  reason: string;
}

/** What was said, or holds, and cannot hold together. Each setting passed its own check before. */
export function contradictions(known: Known): Contradiction[] {
  const value = valuesFrom(known);
  const has = (key: Key) => valuesOf(value(key)).length > 0;
  const mode = firstOf(value('e2e'));
  const reasons = new Map<Key, string>();
  const refuse = (key: Key, when: boolean, reason: string) => {
    if (when && has(key) && !reasons.has(key)) reasons.set(key, reason);
  };
  refuse('e2e', mode === 'tls' && !has('domain'), 'TLS that ends in the enclave is for a domain: add --domain.');
  refuse('e2e', mode === 'tls' && !has('egress'), 'It gets its certificate over the network: add --egress.');
  for (const key of ['corsOrigin', 'e2eKeyExchange'] as const)
    refuse(key, mode !== 'steve', 'It belongs to --e2e steve.');
  refuse(
    'upstreamProtocol',
    mode !== 'tls' && firstOf(value('upstreamProtocol')) === 'h2c',
    'Only TLS that ends in the enclave speaks it to the service: add --e2e tls.',
  );
  refuse('sshKey', firstOf(value('debug')) !== 'true', 'Nobody can log in without --debug.');
  for (const key of ['awsInstanceType', 'awsVpcId', 'awsSubnetId', 'awsSecurityGroupId'] as const)
    refuse(key, !has('awsRegion'), 'It is about your own AWS account: add --aws-region.');
  const both = valuesOf(known.answers.secret).filter((name) =>
    valuesOf(known.answers.env).some((assignment) => assignment.startsWith(`${name}=`)),
  );
  refuse('secret', both.length > 0, `${both.join(', ')} cannot be public as well: leave out --env ${both[0]}.`);
  const lost = notInProcfile(value).map(flagName);
  refuse(
    'format',
    firstOf(value('format')) === 'procfile' && lost.length > 0,
    `A Procfile cannot carry ${lost.join(', ')}: leave --format out, and a caution.hcl is written as well.`,
  );
  return settings.flatMap((setting) => {
    const reason = reasons.get(setting.key);
    return reason === undefined
      ? []
      : [{ flag: flagName(setting), value: valuesOf(value(setting.key)).join(' '), reason }];
  });
}
