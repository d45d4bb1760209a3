import { inside } from '../scan.ts';
import { isRecord } from './manifest.ts';

/** Options of node that load a module before the service. */
const loadsModule = new Set(['-r', '--require', '--import', '--loader', '--experimental-loader']);

/**
 * The options by which node starts a service in the enclave, where everything starts in `/`.
 * @param build detection's facts: `directory` to change to, `loader`, `options`, `home` (the service's folder), and `next`,
 *   our script for a service of Next.js.
 */
export function launchOptions(build: Readonly<Record<string, unknown>>): string[] {
  const home = typeof build.home === 'string' ? build.home : '';
  const packages = build.manager === 'pnpm' ? `/app/${home}node_modules` : '/app/node_modules';
  const next = isRecord(build.next) && typeof build.next.runs === 'string' ? build.next.runs : null;
  const given = Array.isArray(build.options) ? build.options.map(String) : [];
  return [
    ...(typeof build.directory === 'string' ? [`--import=${data(`process.chdir("${build.directory}")`)}`] : []),
    ...(next === null ? [] : ['--import', `/app/${next}`]),
    ...(build.loader === 'tsx' ? ['--import', `${packages}/tsx/dist/loader.mjs`] : []),
    ...(build.loader === 'ts-node' ? ['-r', `${packages}/ts-node/register/index.js`] : []),
    ...given.flatMap((option, index) => {
      const previous = given[index - 1] ?? '';
      const [name = '', inline] = option.split('=', 2);
      if (inline !== undefined && loadsModule.has(name)) return moduleOption(name, inline, `/app/${home}`, packages);
      if (loadsModule.has(option) && given[index + 1] !== undefined) return [];
      return loadsModule.has(previous) ? moduleOption(previous, option, `/app/${home}`, packages) : [option];
    }),
  ];
}

/** Modules are looked for from the working folder, which in the enclave is `/`; `--import` takes no folder of a package. */
function moduleOption(option: string, name: string, home: string, packages: string): string[] {
  if (name.startsWith('/') || /^(node|data|file):/.test(name)) return [option, name];
  if (/^\.\.?\//.test(name)) return [option, `${home}${inside('', name) ?? name}`];
  if (option === '-r' || option === '--require') return [option, `${packages}/${name}`];
  const found = `(await import("node:module")).createRequire("${home}").resolve(${JSON.stringify(name)})`;
  return [option, data(`await import("file://"+${found})`)];
}

function data(code: string): string {
  return `data:text/javascript,${code}`;
}
