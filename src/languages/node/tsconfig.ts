import JSON5 from 'json5';
import type { Project } from '../language.ts';
import { inside } from '../scan.ts';
import { isRecord, recordAt, textAt } from './manifest.ts';

/** What the compiler makes of a folder, relative to it. */
export interface Tsconfig {
  outDir: string;
  /** Folder that its output mirrors. */
  rootDir: string;
  line: number | undefined;
}

/**
 * Where `tsc` puts its output, as tsconfig.json says, or a file of the service that it extends.
 * Source: https://www.typescriptlang.org/tsconfig/#outDir
 * @returns null when it puts it beside the sources, or nowhere.
 */
export function readTsconfig(project: Project, file = 'tsconfig.json', depth = 0): Tsconfig | null {
  const text = project.read(file);
  if (text === null || depth > 4) return null;
  const value = parseJsonc(text);
  if (value === null) return null;
  const options = recordAt(value, 'compilerOptions');
  const folder = file.split('/').slice(0, -1).join('/');
  const outDir = textAt(options, 'outDir');
  if (outDir === null) {
    const next = textAt(value, 'extends');
    const path = next?.startsWith('.') ? inside(folder, next) : null;
    if (path === null) return null;
    return readTsconfig(project, path.endsWith('.json') ? path : `${path}.json`, depth + 1);
  }
  const out = inside(folder, outDir);
  if (out === null || out === '') return null;
  const rootDir = inside(folder, textAt(options, 'rootDir') ?? commonRoot(value, project)) ?? '';
  return { outDir: out, rootDir, line: lineOfOutDir(text) };
}

/** Declarations, and the tests that a build leaves out. */
const notCompiled = /\.d\.[cm]?ts$|(^|\/)(node_modules|tests?|e2e)\/|[.-]spec\.ts$/;

/** Without `rootDir` the output mirrors the deepest folder that holds all sources. */
function commonRoot(value: Record<string, unknown>, project: Project): string {
  const include = Array.isArray(value.include) ? value.include.filter((each) => typeof each === 'string') : [];
  const onlySource = include.length > 0 && include.every((each) => /^(\.\/)?src(\/|$)/.test(each));
  const inSource = project.files.filter((file) => /\.[cm]?tsx?$/.test(file) && !notCompiled.test(file));
  return onlySource || (inSource.length > 0 && inSource.every((file) => file.startsWith('src/'))) ? 'src' : '';
}

/** JSON with comments and trailing commas, as tsc takes it: JSON5 has both. */
export function parseJsonc(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON5.parse(text.replace(/^\ufeff/, ''));
    return isRecord(value) ? value : null;
  } catch {
    return null; // its SyntaxError, or a stack that nesting has used up
  }
}

function lineOfOutDir(text: string): number | undefined {
  const index = text.split('\n').findIndex((line) => /"outDir"\s*:/.test(line));
  return index < 0 ? undefined : index + 1;
}
