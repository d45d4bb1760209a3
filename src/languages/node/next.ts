import type { Finding } from '../../app.ts';
import { lineOf, withoutLongLines } from '../scan.ts';
import { withoutComments } from './comments.ts';
import type { Entry } from './entry.ts';
import type { Member } from './workspace.ts';

/**
 * What Next.js does that would make each build another: keys of its preview mode and of server actions that it draws,
 * maps in the order in which its workers are done, the number of processors, and a build id. A script of ours, which is
 * written beside package.json, fixes the first two in the build and draws keys anew when the service starts.
 */

/** The script, by the name that it has among our templates and in the service. */
export const nextScript = 'next.caution.mjs';

/** Keys without a secret, for the build alone: 32 bytes of 0. */
const buildKey = Buffer.alloc(32).toString('base64');

/** True for a service that Next.js serves, by its own command or as it builds it to stand alone. */
export function isNext({ start, file }: Pick<Entry, 'start' | 'file'>): boolean {
  return start?.framework === 'next' || file?.startsWith('.next/standalone/') === true;
}

/** The folder that the script works in, relative to the member: beside the `.next` that is served. */
export function nextFolder({ file }: Pick<Entry, 'file'>): string {
  return file?.startsWith('.next/') ? file.slice(0, file.lastIndexOf('/') + 1) : '';
}

/** Fixes for what Next.js reads of the machine. Source: next/dist/server/config-shared.js, `cpus` */
export const nextVariables = ['CIRCLE_NODE_TOTAL=2'];

/**
 * The commands around a build by Next.js that make it the same each time.
 * @param home the service's folder, below the workspace's root: `apps/web/`, or nothing.
 * @param steps the commands of the build itself.
 */
export function nextSteps(entry: Entry, home: string, steps: readonly string[]): string[] {
  const folder = `${home}${nextFolder(entry)}`;
  return [
    '# Fixed, and so no secret: when it starts, the service draws a key of its own.',
    `export NEXT_SERVER_ACTIONS_ENCRYPTION_KEY=${buildKey}`,
    ...steps,
    '# Likewise the keys of its preview mode; and maps are sorted.',
    ...(folder === home ? [] : [`cp ${home}${nextScript} ${folder}`]),
    `node ${folder}${nextScript}`,
  ];
}

const configs = ['next.config.js', 'next.config.mjs', 'next.config.cjs', 'next.config.ts', 'next.config.mts'];

/** As many sources are looked at. */
const mostFiles = 3000;

/** What keeps a build by Next.js from working without a network, or from being the same twice. */
export function nextFindings({ project }: Member): Finding[] {
  const files = project.files
    .filter((file) => /\.[cm]?[jt]sx?$/.test(file) && !/(^|\/)(node_modules|\.next)\//.test(file))
    .slice(0, mostFiles);
  const first = (pattern: RegExp): { path: string; line: number } | null => {
    for (const path of files) {
      const line = lineOf(withoutLongLines(project.read(path) ?? ''), pattern);
      if (line !== undefined) return { path, line };
    }
    return null;
  };
  const config = configs.find((file) => project.has(file));
  const text = withoutComments(config === undefined ? '' : (project.read(config) ?? ''));
  const font = first(/['"]next\/font\/google['"]/);
  // At the top of a file it makes functions of a module actions, which close over nothing.
  const action = first(/^[ \t]+['"]use server['"]/m);
  return [
    ...(/\bgenerateBuildId\b/.test(text) ? [] : [buildIdFinding(config)]),
    ...(/\bdistDir\b/.test(text) && config !== undefined ? [folderFinding(config)] : []),
    ...(font === null ? [] : [fontFinding(font)]),
    ...(action === null ? [] : [actionFinding(action)]),
    keysFinding,
  ];
}

/** Source: https://nextjs.org/docs/app/api-reference/config/next-config-js/generateBuildId */
function buildIdFinding(config: string | undefined): Finding {
  return {
    id: 'node-next-build-id',
    level: 'error',
    path: config ?? 'package.json',
    message: 'Next.js gives each build a random id.',
    why: 'The id is in the names of files that are built, so no two builds would be the same.',
    source: 'https://nextjs.org/docs/app/api-reference/config/next-config-js/generateBuildId',
    mend: `In ${config ?? 'next.config.js'}: generateBuildId: () => 'build' (or the version of package.json).`,
  };
}

function folderFinding(config: string): Finding {
  return {
    id: 'node-next-folder',
    level: 'error',
    path: config,
    message: 'Next.js is told to build into another folder than .next.',
    why: 'What makes its builds the same each time works there.',
    mend: 'Leave distDir out of it, at least where the build runs for production.',
  };
}

function fontFinding(place: { path: string; line: number }): Finding {
  return {
    id: 'node-next-font',
    level: 'error',
    ...place,
    message: 'next/font/google fetches fonts while it builds.',
    why: 'What is built runs without a network: what is fetched then is in no lock file.',
    source: 'https://nextjs.org/docs/app/getting-started/fonts#local-fonts',
    mend: 'Commit the font files, and take next/font/local.',
  };
}

function actionFinding(place: { path: string; line: number }): Finding {
  return {
    id: 'node-next-actions',
    level: 'warning',
    ...place,
    message: 'A server action inside of a component: what it closes over is encrypted in the page, with random bytes.',
    why: 'A page that is made in the build then differs each time, and the key of the build is not that of the enclave.',
    source: 'https://nextjs.org/docs/app/guides/data-security#closures-and-encryption',
    mend: "Move the action to a file that begins with 'use server', or make the page when it is asked for: export const dynamic = 'force-dynamic'.",
  };
}

const keysFinding: Finding = {
  id: 'node-next-keys',
  level: 'note',
  path: 'package.json',
  message: `Next.js draws keys in each build; ${nextScript} fixes them there, and draws others when the service starts.`,
  why: 'They are those of its preview mode and of server actions: what everybody can build again keeps no secret.',
  source: 'https://nextjs.org/docs/app/guides/self-hosting#server-functions-encryption-key',
  mend: 'Several enclaves of one service need one key for server actions: give them NEXT_SERVER_ACTIONS_ENCRYPTION_KEY by Locksmith.',
};
