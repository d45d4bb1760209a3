import type { Finding } from '../app.ts';

/** Where a build's image went, and what proves that it was built. */
export interface BuildRecord {
  engine: 'docker' | 'podman' | 'buildah';
  builder: string;
  /** Engine and builder versions, as one line. */
  version: string;
  seconds: number;
  /** RUN, COPY and ADD steps that ran, and that the engine took from a cache. */
  stepsRun: number;
  stepsCached: number;
  /** True when the engine's own progress shows that every RUN, COPY and ADD that the image needs ran in this build. */
  executionProved: boolean;
  /** Digest of the image manifest, `sha256:…`. */
  manifest: string;
  /** Digest of the file system as Caution measures it (format 1), hexadecimal. */
  enclaveSha256: string;
}

export interface Varied {
  what: 'path' | 'hostname' | 'umask' | 'mtime' | 'time' | 'builder' | 'kernel' | 'cache-bust' | 'directory-order';
  how: string;
}

/** A step of one build, for the timeline. Times are milliseconds since 1970, by the engine's clock. */
export interface StepTime {
  /** From 1. */
  build: number;
  stage: string;
  /** The instruction on one line, as written. */
  instruction: string;
  line: number;
  started: number | null;
  completed: number | null;
  /** What shows that it ran, or the reason why nothing does. */
  state: 'ran' | 'cached' | 'unproved';
}

/** One name of the measured tree, for the list by size. */
export interface EnclaveFile {
  /** With a leading `/`; bytes that are not UTF-8 as `\\xNN`. Hostile: to be made printable before it is shown. */
  path: string;
  type: 'file' | 'link' | 'directory';
  executable: boolean;
  size: number;
  /** Of the content, hexadecimal; `''` for what is no file. */
  sha256: string;
  /** Where a link points to, as `path`; `''` for what is no link. */
  link: string;
}

/** What one verification found, and what a report shows beside the verdict. */
export interface Verified {
  verification: Verification;
  steps: StepTime[];
  /** The first build's tree as measured, sorted by path. */
  files: EnclaveFile[];
  /** The Containerfile with the changes that would mend what differs; null where none is known. */
  mended: { path: string; before: string; after: string } | null;
  /** Digests of the first build's layers, uncompressed. */
  diffIds: string[];
}

/** One path that is not the same in every build. */
export interface Difference {
  path: string;
  stage?: string;
  instruction?: string;
  line?: number;
  /** Whether Caution measures what differs here. */
  inEnclave: boolean;
  cause: string;
  certain: boolean;
  carrier?: string;
  evidence: string;
  mend: string;
  /** The change of the Containerfile that would mend it, as a unified diff; absent where none is known. */
  patch?: string;
}

export interface EnclaveDigest {
  format: 1;
  sha256: string;
  files: number;
  treeBytes: number;
  /** Paths of the image that Caution, or `docker export`, replaces: not measured. */
  replaced: string[];
}

export interface StartResult {
  started: boolean;
  listening: number[];
  http: { path: string; status: number } | null;
  /** Failures that the enclave would not share: a secret, declared egress. */
  needs: string[];
  seconds: number;
  /** The service's last output lines, control characters removed. */
  log: string;
}

export interface Memory {
  /** Sum of the file sizes in the measured tree; a file with several names (hard links) counts once, as the enclave holds it once. */
  treeBytes: number;
  residentBytes: number;
  suggestedMb: number;
  configuredMb: number;
  enough: boolean;
}

/** What `verify --json` prints, and `create --json` under `verification`. */
export interface Verification {
  reproducible: boolean;
  imageIdentical: boolean;
  imageConditions: string;
  enclave: EnclaveDigest | null;
  builds: BuildRecord[];
  varied: Varied[];
  heldStill: string[];
  differences: Difference[];
  findings: Finding[];
  start: StartResult | null;
  memory: Memory | null;
  /** Held against a record that somebody else made. */
  expected: null | { matches: boolean; differences: Difference[] };
  /** Images that stood in for StageX's own. */
  standIns: string[];
  commit: string | null;
  dirty: boolean;
}

/** What `compare --json` prints: two images held against each other, however they came about. */
export interface Comparison
  extends Pick<
    Verification,
    'reproducible' | 'imageIdentical' | 'imageConditions' | 'enclave' | 'differences' | 'findings'
  > {
  /** As the user named them. */
  images: [ComparedImage, ComparedImage];
}

export interface ComparedImage {
  name: string;
  /** Digest of the image manifest, `sha256:…`; `''` where there is none. */
  manifest: string;
  enclaveSha256: string;
}

export interface VerifyRequest {
  /** Absolute path of the build context: the repository's root. */
  root: string;
  /** Relative to the root. */
  containerfile: string;
  /** Relative paths that this run has just written: part of the checkouts although git does not track them yet. */
  written: readonly string[];
  /** What the Procfile, or caution.hcl, says. */
  run: string | null;
  ports: readonly number[];
  httpPort: number | null;
  memoryMb: number;
  /** What the enclave will give and this machine does not; nothing when left out. */
  declared?: { secrets: readonly string[]; egress: boolean };
  /** StageX image name (`pallet-rust`) to the reference to build with in its place. */
  images: Readonly<Record<string, string>>;
  /** Stop after the comparison. */
  start: boolean;
  startTimeoutSeconds: number;
  engine: BuildRecord['engine'];
  /** Builders of docker buildx, in turn; empty: the one that `docker build` would use. */
  builders: readonly string[];
  /** How many builds, at least 2. */
  builds: number;
  /** Whether Caution builds with `--no-cache` and a CACHEBUST argument (`no_cache` of the Procfile). */
  noCache: boolean;
  /** Keep the built archives and checkouts, and say where. */
  keep: boolean;
  signal: AbortSignal;
  /** Told what happens, as it happens; must not throw. */
  onEvent: (event: VerifyEvent) => void;
}

export type VerifyEvent =
  | { type: 'engine'; description: string }
  /** `steps`: how many steps the image needs, those that only change its settings left out. */
  | { type: 'build-start'; build: number; of: number; at: number; builder?: string; steps?: number }
  /** A step of the Containerfile began or ended. `line` is its line in the Containerfile, when known. */
  | {
      type: 'step';
      build: number;
      name: string;
      line?: number;
      state: 'start' | 'done' | 'cached' | 'error';
      at: number;
    }
  /** Output of the running step: one line, control characters removed. */
  | { type: 'output'; build: number; text: string }
  | { type: 'build-done'; build: number; seconds: number }
  | { type: 'phase'; text: string };
