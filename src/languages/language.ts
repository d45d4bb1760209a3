import type { App, Evidence, Finding, LanguageId } from '../app.ts';
import type { FindRecipe } from './recipe.ts';

/** A read-only view of the files of a service: detection reads, and never runs anything. */
export interface Project {
  /** All files below the service's folder that git tracks or does not ignore, `/` separated, sorted, without `.git`. */
  readonly files: readonly string[];
  has(path: string): boolean;
  /** A file's text; null when it is missing, a link out of the folder, larger than 5 MB, or not UTF-8. */
  read(path: string): string | null;
  /** Where the service lies below the root of its build context; absent when its folder is that root. */
  readonly around?: Around;
}

/** The build context around a service: what lies beside its folder can be copied into a build as well. */
export interface Around {
  /** The service's folder, relative to the context, with `/` separators. */
  readonly dir: string;
  readonly context: Project;
}

/** What a language's detection found out about a service that exists. */
export interface Detection {
  language: LanguageId;
  /** `cargo`, `npm`, `uv`, `go`, …; null when there is no lock file to install from. */
  manager: string | null;
  name: string | null;
  /** What runs, when it is certain. */
  entry: string | null;
  /** What could run, when it is not: the choices of the question. */
  entries: string[];
  /** Port that the service listens on, when the code or a manifest says so. */
  port: number | null;
  /** Where it listens when neither code nor the files around it say so, and any port would do. */
  usualPort?: { port: number; from: string };
  /** Ports that may be it, when none is certain: the choices of the question. */
  portChoices?: { port: number; from: string }[];
  /** Arguments that the program is started with, besides those of the language's own; `{port}` stands for the port. */
  args?: string[];
  /** Where the code says that the program does nothing without the name of one of its commands. */
  needsCommand?: string;
  /** Arguments that today's start command gives the program, and that cannot be taken over. */
  argumentsLeft?: { words: string[]; from: string };
  /** Environment that the run command must set, such as `PORT`. */
  env: Record<string, string>;
  evidence: Evidence[];
  /** `error` findings make the outcome `prepare`, or `blocked` when their id is in `blocked`. */
  findings: Finding[];
  blocked: boolean;
  /** What the language's templates need of this project. */
  build: Record<string, unknown>;
}

/** What a language's templates need, once the entry is known. */
export interface Runnable {
  /** The program (absolute path in the image) and its arguments; `{port}` stands for the chosen HTTP port. */
  command: string[];
  /** Environment without which it does not run in the enclave. */
  env: Record<string, string>;
  /** Language-specific template data. */
  build: Record<string, unknown>;
  /** Files to write besides the templates', by path below the service's folder: what is derived from a lock file. */
  files?: Readonly<Record<string, string>>;
}

/** What the rest of the program knows of a language. */
export interface Language {
  id: LanguageId;
  /** As people write it: `Rust`, `Node.js`. */
  label: string;
  /** One line for the language question. */
  hint: string;
  /** Enclave memory in MiB that holds this language's smallest image four times over. */
  memoryMb: number;
  /** StageX images that the Containerfile names: `pallet-rust`, `core-filesystem`. */
  images: readonly string[];
  /** The starter service: its manager and entry. */
  starter: Pick<Detection, 'manager' | 'entry' | 'env' | 'build'> & { manager: string; entry: string };
  /** From the chosen entry to what the image runs. `app.build` holds detection's facts. */
  runnable(app: Pick<App, 'name' | 'entry' | 'dir' | 'manager' | 'build' | 'starter'>): Runnable;
  /** A name for the entry that this language would refuse gives the reason, else null. */
  checkEntry(entry: string): string | null;
  /** Loads what knows how a missing lock file is made; absent where nothing of StageX's makes one. */
  lockRecipe?(): Promise<FindRecipe>;
}

/** What somebody has said already, where it tells a detection what to look at. */
export interface Said {
  entry?: string;
  /** The StageX release that the image is built with. */
  release?: string;
}

/**
 * Recognises a service of one language; null when it is none. Pure but for the project's reads. A parser of source code
 * is loaded only once there is source to parse, hence the promise.
 */
export type Detect = (project: Project, said?: Said) => Detection | null | Promise<Detection | null>;
