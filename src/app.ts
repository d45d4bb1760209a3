import type { Aws, Encryption } from './caution/configuration.ts';

/** The languages that have a folder in `src/languages` and one in `templates`. */
export const languageIds = ['rust', 'node', 'python', 'go'] as const;
export type LanguageId = (typeof languageIds)[number];

/** Which of Caution's files say how the app is built and started. */
export const formats = ['procfile', 'hcl', 'both'] as const;
export type Format = (typeof formats)[number];

/**
 * One service, with every decision made: what the templates, the writer and the verifier work on.
 * A plain record: it can be printed, compared and generated.
 */
export interface App {
  /** Name on Caution: 3 to 63 of letters, digits, `-`, `_`. */
  name: string;
  language: LanguageId;
  /** What installs dependencies: `cargo`, `npm`, `uv`, `go`, … */
  manager: string;
  /** What runs: a Cargo binary, a Node file, a Python module or `module:app`, a Go package path. */
  entry: string;
  /** True for a new service from the templates, false for one that existed. */
  starter: boolean;
  /** The service's folder, relative to the build context, with `/` separators; `''` when it is the context's root. */
  dir: string;
  /** Where the Containerfile is, relative to the build context. */
  containerfile: string;
  /** Assignments that lead the run command; also the image's ENV. */
  env: Record<string, string>;
  /** The program (absolute path in the image) and its arguments. */
  command: string[];
  ports: number[];
  httpPort: number | null;
  memoryMb: number;
  cpus: number | null;
  /** Public source URLs (`app_sources`). */
  sources: string[];
  /** Domain of the HTTP front. */
  domain?: string;
  /** What the front speaks to the service; `http`, when nothing is said. */
  upstreamProtocol?: 'http' | 'h2c';
  encryption?: Encryption;
  /** What the service may reach: `CIDR[:PORT[-LAST]]`, a rule each. */
  egress?: string[];
  /** Variables whose values Locksmith gives. */
  secrets?: string[];
  /** Nobody can verify the app while it is on. */
  debug?: { sshKeys: string[] };
  /** The team's own AWS account. */
  aws?: Aws;
  /** `procfile`, when nothing is said. */
  format?: Format;
  /** StageX release, such as `2026.03.0`. */
  release: string;
  /** Where StageX images come from: `stagex`, or `HOST[/PREFIX]/stagex`. */
  registry: string;
  /** What only this language's template needs (see `src/languages/<id>`). */
  build: Record<string, unknown>;
  /** Content of files that are written besides the templates', by path relative to the build context. */
  files?: Readonly<Record<string, string>>;
}

/** Where a detected value comes from. `from` is `path:line`, or `path`. */
export interface Evidence {
  setting: string;
  value: unknown;
  from: string;
}

/** Something a person should know or mend, in every command's JSON. */
export interface Finding {
  /** Stable rule name, such as `node-no-lock`. */
  id: string;
  level: 'error' | 'warning' | 'note';
  path?: string;
  line?: number;
  message: string;
  why: string;
  /** URL of the rule's source, when the rule is not ours. */
  source?: string;
  mend: string;
}

export type Outcome = 'ready' | 'ask' | 'prepare' | 'blocked';
