import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import Handlebars from 'handlebars';
import type { App } from '../app.ts';
import { formatRun, quoteWord } from '../caution/words.ts';
import { shipped } from '../package-root.ts';
import { imageReference } from '../stagex/releases.ts';

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
export function render(app: App): RenderedFile[] {
  const context = templateContext(app);
  const folder = path.join(shipped('templates'), app.language);
  const files = [
    { path: app.containerfile, template: path.join(folder, 'Containerfile.hbs') },
    { path: 'Procfile', template: path.join(shipped('templates'), 'common', 'Procfile.hbs') },
    { path: ignoreFile(app), template: templateFile(folder, '_dockerignore') },
    ...(app.starter ? starterFiles(path.join(folder, 'starter'), app) : []),
  ];
  return files
    .map((file) => ({ path: file.path, content: renderFile(file.template, context) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * Where the build looks for its ignore patterns. For a service in a subfolder it is the file beside the Containerfile,
 * which BuildKit prefers, so that other images of the same repository keep their own.
 * Source: https://docs.docker.com/build/concepts/context/#filename-and-location
 */
export function ignoreFile(app: Pick<App, 'dir' | 'containerfile'>): string {
  return app.dir === '' ? '.dockerignore' : `${app.containerfile}.dockerignore`;
}

/** A template that may or may not vary: with `.hbs` when it does. */
function templateFile(folder: string, name: string): string {
  const varying = path.join(folder, `${name}.hbs`);
  return existsSync(varying) ? varying : path.join(folder, name);
}

function starterFiles(folder: string, app: App): { path: string; template: string }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const template = path.join(entry.parentPath, entry.name);
      const written = path.relative(folder, template).split(path.sep).map(writtenName).join('/');
      return { path: app.dir === '' ? written : `${app.dir}/${written}`, template };
    });
}

/** npm leaves `.gitignore` out of packages, so dot files are kept as `_gitignore`. */
function writtenName(name: string): string {
  const plain = name.replace(/\.hbs$/, '');
  return /^_(?!_)/.test(plain) ? `.${plain.slice(1)}` : plain;
}

function renderFile(template: string, context: Record<string, unknown>): string {
  const source = readFileSync(template, 'utf8');
  if (!template.endsWith('.hbs')) return source;
  // Nothing is escaped for HTML: each value was validated, or is quoted by the helper for the place where it lands.
  return handlebars.compile(source, { noEscape: true, strict: true, preventIndent: true })(context);
}

function templateContext(app: App): Record<string, unknown> {
  return {
    ...app,
    port: app.httpPort ?? app.ports[0] ?? null,
    prefix: app.dir === '' ? '' : `${app.dir}/`,
    run: formatRun(app),
  };
}

const handlebars = Handlebars.create();
handlebars.registerHelper({
  image(this: App, name: string) {
    return imageReference(name, this);
  },
  json: (value: unknown) => JSON.stringify(value),
  toml: (value: unknown) => JSON.stringify(String(value)),
  word: (value: unknown) => quoteWord(String(value)),
  envLine: (env: Record<string, string>) =>
    Object.entries(env)
      .map(([name, value]) => `${name}=${dockerfileWord(value)}`)
      .join(' '),
  list: (values: readonly unknown[], separator: string) => values.join(separator),
  eq: (a: unknown, b: unknown) => a === b,
});

/**
 * A value for a Dockerfile's `NAME=value`: double quotes when it is not plain, with `\`, `"` and `$` escaped.
 * Source: https://docs.docker.com/reference/dockerfile/#env
 */
function dockerfileWord(value: string): string {
  return /^[A-Za-z0-9_./:@%+,-]+$/.test(value) ? value : `"${value.replace(/[\\"$]/g, '\\$&')}"`;
}
