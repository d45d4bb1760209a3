import { isDeepStrictEqual } from 'node:util';
import type { Configuration } from './configuration.ts';

/** A thing that two configurations say otherwise. */
export interface Difference {
  key: DifferenceKey;
  a: unknown;
  b: unknown;
}

export type DifferenceKey = Exclude<keyof ReturnType<typeof carried>, 'env'> | `env.${string}`;

/**
 * What two configurations say otherwise, of what a Procfile can say as well: the name, secrets, egress, the protocol behind
 * the front, TLS that ends in the enclave and the finer points of STEVE are in caution.hcl alone, and no difference.
 * @returns in the order of a configuration; variables one by one.
 */
export function differences(a: Configuration, b: Configuration): Difference[] {
  const [one, other] = [carried(a), carried(b)];
  const names = new Set([...Object.keys(a.env), ...Object.keys(b.env)]);
  // Without TLS, a Procfile says nothing of encryption.
  const isTls = a.http?.encryption?.mode === 'tls' || b.http?.encryption?.mode === 'tls';
  const isUnsaid = isTls && (one.encryption === null || other.encryption === null);
  const keys = (Object.keys(one) as (keyof typeof one)[]).filter((key) => !(key === 'encryption' && isUnsaid));
  return keys
    .flatMap((key): Difference[] =>
      key === 'env'
        ? [...names].map((name) => ({ key: `env.${name}`, a: own(a.env, name), b: own(b.env, name) }))
        : [{ key, a: one[key], b: other[key] }],
    )
    .filter((difference) => !isDeepStrictEqual(difference.a, difference.b));
}

function own(record: Record<string, string>, name: string): string | null {
  return Object.hasOwn(record, name) ? (record[name] ?? null) : null;
}

/** What a Procfile can say. */
function carried(configuration: Configuration) {
  const { command, env, containerfile, sources, cache, ports, http, memoryMb, cpus, debug, aws } = configuration;
  return {
    ...{ command, env, containerfile, sources, cache, ports },
    httpPort: http?.port ?? null,
    domain: http?.domain ?? null,
    encryption: http?.encryption?.mode ?? null,
    ...{ memoryMb, cpus },
    debug: debug.enabled,
    sshKeys: debug.sshKeys,
    aws: aws && { ...aws, subnetIds: aws.subnetIds.slice(0, 1) },
  };
}
