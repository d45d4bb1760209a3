import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { App } from '../app.ts';
import { formatRun, quoteWord } from '../caution/words.ts';
import { shipped } from '../package-root.ts';
import { imageReference } from '../stagex/releases.ts';
import { compileTemplate, type Helpers } from './compile.ts';
import { configurationOf } from './configuration.ts';

/** A file as it shall stand. `path` is relative to the build context's root, with `/` separators. */
export interface RenderedFile {
  path: string;
  content: string;
}

/**
 * The files of one app: pure but for reading the templates that are shipped with this package.
 * Every app gets its Containerfile, Procfile and ignore file; a starter gets its sources as well.
 * @returns files sorted by path.
 */
export async function render(app: App): Promise<RenderedFile[]> {
  const context = templateContext(app);
  const { format = 'procfile' } = app;
  const files = [
    { path: app.containerfile, template: `${app.language}/Containerfile.hbs` },
    ...(format === 'hcl' ? [] : [{ path: 'Procfile', template: 'common/Procfile.hbs' }]),
    { path: ignoreFile(app), template: ignoreTemplate(app.language) },
    ...(app.starter ? starterFiles(app) : []),
  ];
  const derived = Object.entries(app.files ?? {}).map(([path, content]) => ({ path, content }));
  return files
    .map((file) => ({ path: file.path, content: renderFile(file.template, context) }))
    .concat(derived, format === 'procfile' ? [] : [await hclFile(app)])
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Written by the module that reads it; loaded only where there is one. */
async function hclFile(app: App): Promise<RenderedFile> {
  const { writeHcl } = await import('../caution/hcl/write.ts');
  return { path: 'caution.hcl', content: writeHcl(configurationOf(app)) };
}

/**
 * Where the build looks for its ignore patterns. For a service in a subfolder it is the file beside the Containerfile,
 * which BuildKit prefers, so that other images of the same repository keep their own.
 * Source: https://docs.docker.com/build/concepts/context/#filename-and-location
 */
export function ignoreFile(app: Pick<App, 'dir' | 'containerfile'>): string {
  return app.dir === '' ? '.dockerignore' : `${app.containerfile}.dockerignore`;
}

/** The ignore file varies in some languages, and has `.hbs` there. */
function ignoreTemplate(language: string): string {
  const varying = `${language}/_dockerignore.hbs`;
  return existsSync(path.join(templates(), varying)) ? varying : `${language}/_dockerignore`;
}

function starterFiles(app: App): { path: string; template: string }[] {
  const folder = `${app.language}/starter`;
  return readdirSync(path.join(templates(), folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const relative = path.relative(path.join(templates(), folder), path.join(entry.parentPath, entry.name));
      const parts = relative.split(path.sep);
      const written = parts.map(writtenName).join('/');
      return { path: app.dir === '' ? written : `${app.dir}/${written}`, template: `${folder}/${parts.join('/')}` };
    });
}

/** npm leaves `.gitignore` out of packages, so dot files are kept as `_gitignore`. */
function writtenName(name: string): string {
  const plain = name.replace(/\.hbs$/, '');
  return /^_(?!_)/.test(plain) ? `.${plain.slice(1)}` : plain;
}

const templates = () => shipped('templates');

function renderFile(template: string, context: Record<string, unknown>): string {
  if (template.endsWith('.hbs')) return compileTemplate(template, helpers)(context);
  return readFileSync(path.join(templates(), template), 'utf8');
}

function templateContext(app: App): Record<string, unknown> {
  return {
    ...{ domain: null, encryption: null, secrets: [], debug: null, aws: null, format: 'procfile' },
    ...app,
    steve: app.encryption?.mode === 'steve',
    port: app.httpPort ?? app.ports[0] ?? null,
    prefix: app.dir === '' ? '' : `${app.dir}/`,
    run: formatRun(app),
  };
}

const helpers: Helpers = {
  // Within #each, `this` is the item: the app is the root.
  image: (name: string, { data }: { data: { root: App } }) => imageReference(name, data.root),
  json: (value: unknown) => JSON.stringify(value),
  toml: (value: unknown) => JSON.stringify(String(value)),
  word: (value: unknown) => quoteWord(String(value)),
  envLine: (env: Record<string, string>) =>
    Object.entries(env)
      .map(([name, value]) => `${name}=${dockerfileWord(value)}`)
      .join(' '),
  list: (values: readonly unknown[], separator: string) => values.join(separator),
  first: (values: readonly unknown[]) => values[0],
  eq: (a: unknown, b: unknown) => a === b,
};

/**
 * A value for a Dockerfile's `NAME=value`: double quotes when it is not plain, with `\`, `"` and `$` escaped.
 * Source: https://docs.docker.com/reference/dockerfile/#env
 */
function dockerfileWord(value: string): string {
  return /^[A-Za-z0-9_./:@%+,-]+$/.test(value) ? value : `"${value.replace(/[\\"$]/g, '\\$&')}"`;
}
