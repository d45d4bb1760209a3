import type { Finding } from '../../app.ts';
import type { Override } from '../../stagex/references.ts';
import type { Containerfile } from '../containerfile.ts';
import type { BuildCache } from './build-cache.ts';
import type { ContainerCli } from './cli.ts';
import type { Progress, ProgressChange } from './progress.ts';

/** What distinguishes one build from another, and where its result goes. */
export interface BuildOrder {
  /** Absolute path of the build context. */
  context: string;
  /** Absolute path of the Containerfile. */
  containerfile: string;
  overrides: readonly Override[];
  /** Host name inside RUN steps; also keeps this build's steps apart from other builds' in the engine. */
  hostname: string;
  /** A name for this build's cache mounts, so that the user's own are neither used nor emptied; null when it has none. */
  cacheNamespace: string | null;
  /** The stage to build instead of the last one. */
  target?: string;
  /** Build arguments that Caution would give as well: CACHEBUST, or none. */
  arguments: Readonly<Record<string, string>>;
  /**
   * `none`: every step runs. `own`: steps that an earlier build under the same conditions ran are taken from the cache.
   * `fresh`: so, but every step of these stages runs; they must have names in the Containerfile.
   */
  cache: 'none' | 'own' | { fresh: readonly string[] };
  /**
   * What to write to `output`: as the engine can (`Engine.exports`); `layers`, an OCI archive as it comes, quick and for
   * looking at only; the file system alone; or nothing.
   */
  exports: Engine['exports'] | 'layers' | 'nothing';
  /** File to write the image to; of a layout the folder, where blobs that are there already are not written again. */
  output: string;
  signal: AbortSignal;
  onChange: (change: ProgressChange) => void;
}

export interface BuildOutcome {
  /** Whether the engine says that it succeeded. */
  ok: boolean;
  progress: Progress;
  seconds: number;
}

/** Something that builds images. Each engine is a file in this folder. */
export interface Engine {
  readonly name: 'docker' | 'podman' | 'buildah';
  readonly builder: string;
  /** Engine and builder versions, as one line. */
  readonly version: string;
  /**
   * With rewritten timestamps, `layout`: an OCI layout folder; `oci`: an OCI archive. `tar`: the file system alone, all
   * that this builder can export.
   */
  readonly exports: 'layout' | 'oci' | 'tar';
  /** Whether its progress tells steps of two builds at the same time apart. */
  readonly sideBySide?: boolean;
  /** Whether it can build up to a stage, and take steps of an earlier build from its cache. */
  readonly targets?: boolean;
  /** Whether it gives each build's RUN steps a random host name of its own, and not the one of the order. */
  readonly ownHostNames?: boolean;
  /**
   * What this engine does otherwise than a Containerfile says.
   * @throws UserError when two builds of it would show nothing.
   */
  readonly doubts?: (file: Containerfile) => Finding[];
  /** How images of a Containerfile are held against each other where not as BuildKit's are; null where as BuildKit's. */
  readonly imageConditions?: (file: Containerfile) => string | null;
  /** What builds leave in the engine; absent where they leave nothing, or it cannot be removed apart. */
  readonly cache?: BuildCache;
  /** Starts containers beside the builds; null where this engine has no such thing. */
  readonly containers: ContainerCli | null;
  build(order: BuildOrder): Promise<BuildOutcome>;
}
