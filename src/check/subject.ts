import { type HclFile, readHcl } from '../caution/hcl/read.ts';
import { containerfileOf, type Procfile, parseProcfile } from '../caution/procfile.ts';
import { readDockerignore } from '../dockerignore.ts';
import { type Build, readBuild } from './containerfile/build.ts';
import { type Run, runOfHcl, runOfProcfile } from './run.ts';
import type { Text, View } from './view.ts';

/** A file of the setup, read. */
export interface SetupFile extends Text {
  path: string;
}

/** A setup, each of its files parsed once: what rules look at. */
export interface Subject {
  view: View;
  /** The Procfile that would be read, and what the platform makes of it; null when there is none, or caution.hcl wins. */
  procfile: (SetupFile & { parsed: Procfile }) | null;
  /** The caution.hcl that wins over the Procfile, and what the platform makes of it; null when there is none. */
  hcl: (SetupFile & { parsed: HclFile }) | null;
  /** What either of them starts; null when nothing can be started. */
  run: Run | null;
  /** The Containerfile that would be built. */
  build: (SetupFile & Build) | null;
  /** The .dockerignore that this build reads, with its rules. */
  ignore: SetupFile & { rules: ReturnType<typeof readDockerignore> };
}

/** Only in the root. */
const hclPath = 'caution.hcl';

/** Larger ones are not parsed: no setup is that long, and a line of them can be. */
export const largestFile = 1_000_000;

/** Reads a setup. Never throws for what stands in its files. */
export function subjectOf(view: View): Subject {
  const hcl = readCautionHcl(view);
  const procfile = hcl === null ? readProcfile(view) : null;
  const named = hcl === null ? procfile?.parsed.containerfile : hcl.parsed.legible?.containerfile;
  const build = readContainer(view, named ?? null);
  return {
    ...{ view, hcl, procfile, build },
    run: hcl ? runOfHcl(hcl) : procfile && runOfProcfile(procfile),
    ignore: readIgnore(view, build?.path ?? 'Containerfile'),
  };
}

/** The platform reads a symbolic link as the text that it consists of. */
function readCautionHcl(view: View): Subject['hcl'] {
  if (!view.stands(hclPath)) return null;
  const file = readSetup(view, hclPath) ?? { path: hclPath, text: '', intact: true };
  const text = file.link ?? file.text;
  return { ...file, text, parsed: readHcl(text) };
}

/** The root's, else that of the service's own folder, which the platform does not read. */
export function readProcfile(view: View): Subject['procfile'] {
  for (const path of [...new Set(['Procfile', inDir(view, 'Procfile')])]) {
    const file = readSetup(view, path);
    if (!file) continue;
    // The platform reads a symbolic link as the text that it consists of.
    const text = file.link ?? file.text;
    return { ...file, text, parsed: parseProcfile(text) };
  }
  return null;
}

/** @param named by the Procfile or caution.hcl; null when they leave it to the platform to find one. */
function readContainer(view: View, named: string | null): Subject['build'] {
  const stands = (path: string) => view.stands(path);
  const own = ['Containerfile', 'Dockerfile'].map((name) => inDir(view, name)).find(stands);
  const found = containerfileOf({ containerfile: named }, stands);
  const path = named === null ? (own ?? found) : (found ?? own ?? null);
  const file = path === null ? null : readSetup(view, path);
  return file && { ...file, ...readBuild(file.text) };
}

/** A Containerfile's own .dockerignore wins. Source: https://docs.docker.com/build/concepts/context/#filename-and-location */
function readIgnore(view: View, containerfile: string): Subject['ignore'] {
  const own = readSetup(view, `${containerfile}.dockerignore`);
  const file = own ?? readSetup(view, '.dockerignore') ?? { path: '.dockerignore', text: '', intact: true };
  return { ...file, rules: readDockerignore(file.text) };
}

function readSetup(view: View, path: string): SetupFile | null {
  if (view.size(path) > largestFile) return { path, text: '', intact: true };
  const text = view.read(path);
  return text && { path, ...text };
}

function inDir(view: View, name: string): string {
  return view.dir === '' ? name : `${view.dir}/${name}`;
}
