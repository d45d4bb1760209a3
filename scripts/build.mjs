// Bundles src into dist: one entry, and chunks that are loaded only when they are needed. Writes beside it the licences
// of everything that was bundled.
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import Handlebars from 'handlebars';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const dist = path.join(root, 'dist');

/**
 * Puts compiled templates in the place of the module that compiles them.
 * @type {import('esbuild').Plugin}
 */
const compiledTemplates = {
  name: 'compiled-templates',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]src[\\/]scaffold[\\/]compile\.ts$/ }, async () => ({
      contents: await compiledModule(),
      loader: 'js',
      resolveDir: root,
    }));
  },
};

/** The exports of `src/scaffold/compile.ts`, over templates that are compiled now. */
async function compiledModule() {
  const folder = path.join(root, 'templates');
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.hbs')).sort();
  const specs = await Promise.all(
    names.map(async (name) => {
      const source = await readFile(path.join(folder, name), 'utf8');
      return `${JSON.stringify(name.split(path.sep).join('/'))}: ${Handlebars.precompile(source, { noEscape: true, strict: true, preventIndent: true })}`;
    }),
  );
  return `import Handlebars from 'handlebars/runtime.js';
const specs = {\n${specs.join(',\n')}\n};
export function compileTemplate(file, helpers) {
  const handlebars = Handlebars.create();
  handlebars.registerHelper(helpers);
  return handlebars.template(specs[file]);
}`;
}

await rm(dist, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['src/cli.ts'],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  minifySyntax: true,
  minifyWhitespace: true,
  chunkNames: 'chunks/[name]-[hash]',
  // Bundled CommonJS asks for `require`, which a module does not have.
  banner: {
    js: "#!/usr/bin/env node\nimport { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
  },
  plugins: [compiledTemplates],
  metafile: true,
  logLevel: 'warning',
});
await writeFile(path.join(dist, 'THIRD-PARTY-LICENSES.txt'), await licences(Object.keys(metafile.inputs)));

/**
 * The licence texts of the packages that these files belong to.
 * @param {string[]} inputs paths of bundled files
 * @returns {Promise<string>} one block a package, sorted by name
 */
async function licences(inputs) {
  const packages = new Set(
    inputs
      .map((input) => /^(node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1])
      .filter((each) => each !== undefined),
  );
  const blocks = await Promise.all([...packages].sort().map(licenceOf));
  return `The published program contains code of these packages.\n\n${blocks.join('\n')}`;
}

/** @param {string} folder @returns {Promise<string>} */
async function licenceOf(folder) {
  const at = path.join(root, folder);
  const { name, version, license } = JSON.parse(await readFile(path.join(at, 'package.json'), 'utf8'));
  const file = (await readdir(at)).find((each) => /^(licen[cs]e|copying)/i.test(each));
  if (file === undefined && license === undefined) throw new Error(`${name} says nothing of its licence`);
  const text = file === undefined ? `Licence: ${license}` : (await readFile(path.join(at, file), 'utf8')).trim();
  return `== ${name} ${version} (${license})\n\n${text}\n`;
}
