/**
 * What an app's configuration says to Caution, whichever file says it: `Procfile` and `caution.hcl` are two ways to write
 * this record, and reading either gives it back.
 * Source: https://docs.caution.co and https://github.com/CautionHosting/platform (src/caution-config).
 */
export interface Configuration {
  /** The enclave's label in caution.hcl, which is the app's name; null where a Procfile, which has none, was read. */
  name: string | null;
  /** Relative to the repository; null: the root's `Containerfile`, else its `Dockerfile`. */
  containerfile: string | null;
  /** Public source URLs (`app_sources`). */
  sources: string[];
  /** Public variables of the process. */
  env: Record<string, string>;
  /** The program (absolute path in the image) and its arguments; empty where nothing is started. */
  command: string[];
  /** Variables whose values Locksmith gives: `env::vault("NAME")`, by the variable's name. */
  secrets: Record<string, string>;
  /** What reaches the enclave from outside: sorted, neighbours joined (see `ranges.ts`), so that equal sets are equal. */
  ports: PortRange[];
  http: Http | null;
  egress: Egress[];
  /** MiB. */
  memoryMb: number;
  cpus: number;
  debug: { enabled: boolean; sshKeys: string[] };
  /** False: built with `--no-cache --pull` and a `CACHEBUST` argument. */
  cache: boolean;
  /** The team's own AWS account; null: Caution's machines. */
  aws: Aws | null;
}

/** One port, when `first` is `last`. */
export interface PortRange {
  first: number;
  last: number;
}

/** Caution's HTTP front. */
export interface Http {
  port: number;
  domain: string | null;
  upstreamProtocol: 'http' | 'h2c';
  encryption: Encryption | null;
}

/** End-to-end encryption: STEVE, or TLS that ends in the enclave (attested TLS). */
export type Encryption =
  | { mode: 'steve'; keyExchange: 'x25519' | 'xwing-draft10'; corsOrigins: string[]; plaintextFallback: boolean }
  | { mode: 'tls' };

/** What the enclave may reach. */
export interface Egress {
  /** IPv4, such as `203.0.113.7/32`. */
  cidr: string;
  /** Null: all ports. */
  ports: PortRange | null;
  /** Null: the platform's default. */
  protocol: string | null;
}

export interface Aws {
  region: string;
  instanceType: string | null;
  vpcId: string | null;
  subnetIds: string[];
  securityGroupId: string | null;
}

/** What holds where a file says nothing. */
export const configurationDefaults = {
  memoryMb: 512,
  cpus: 2,
  upstreamProtocol: 'http',
  keyExchange: 'x25519',
} as const;
