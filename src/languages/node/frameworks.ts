import semver from 'semver';
import type { Finding } from '../../app.ts';
import { lineOf } from '../scan.ts';
import { withoutComments } from './comments.ts';
import type { Lock } from './lock.ts';
import { recordAt, textAt } from './manifest.ts';
import type { Program } from './programs.ts';
import type { Member } from './workspace.ts';

/** What frameworks and code generators do that keeps a build from working, or from being the same twice. */
export function frameworkFindings(member: Member, framework: Program['framework'], lock: Lock): Finding[] {
  return [...(framework === 'next' ? nextFindings(member) : []), ...prismaFindings(member, lock)];
}

const nextConfigs = ['next.config.js', 'next.config.mjs', 'next.config.cjs', 'next.config.ts', 'next.config.mts'];

/** Source: https://nextjs.org/docs/app/api-reference/config/next-config-js/generateBuildId */
function nextFindings({ project }: Member): Finding[] {
  const config = nextConfigs.find((file) => project.has(file));
  const findings: Finding[] = [];
  if (!/\bgenerateBuildId\b/.test(withoutComments(config === undefined ? '' : (project.read(config) ?? '')))) {
    findings.push({
      id: 'node-next-build-id',
      level: 'error',
      path: config ?? 'package.json',
      message: 'Next.js gives each build a random id.',
      why: 'The id is in the names of files that are built, so no two builds would be the same.',
      source: 'https://nextjs.org/docs/app/api-reference/config/next-config-js/generateBuildId',
      mend: `In ${config ?? 'next.config.js'}: generateBuildId: () => 'build' (or the version of package.json).`,
    });
  }
  findings.push({
    id: 'node-next-keys',
    level: 'warning',
    path: 'package.json',
    message: 'Next.js draws the keys of its preview mode, and of server actions, at random in each build.',
    why: 'They stand in .next/prerender-manifest.json and in the server’s manifests, so two builds differ there.',
    source: 'https://nextjs.org/docs/app/guides/self-hosting#server-functions-encryption-key',
    mend: 'Let the "build" script put fixed ones in their place afterwards; verification shows where they are.',
  });
  const font = project.files.find(
    (file) =>
      /\.[jt]sx?$/.test(file) &&
      !file.includes('node_modules/') &&
      /['"]next\/font\/google['"]/.test(project.read(file) ?? ''),
  );
  if (font !== undefined) {
    const line = lineOf(project.read(font) ?? '', /['"]next\/font\/google['"]/);
    findings.push({
      id: 'node-next-font',
      level: 'error',
      path: font,
      ...(line === undefined ? {} : { line }),
      message: 'next/font/google fetches fonts while it builds.',
      why: 'What is built runs without a network: what is fetched then is in no lock file.',
      source: 'https://nextjs.org/docs/app/getting-started/fonts#local-fonts',
      mend: 'Commit the font files, and take next/font/local.',
    });
  }
  return findings;
}

/** Before version 7 Prisma's client runs a program that its install script fetches. */
function prismaFindings({ project, manifest }: Member, lock: Lock): Finding[] {
  const client = lock.packages.find(({ name }) => name === '@prisma/client');
  const asked = Object.hasOwn(recordAt(manifest.value, 'dependencies'), '@prisma/client');
  if (!asked || (client && semver.valid(client.version) !== null && semver.gte(client.version, '7.0.0'))) return [];
  const named = textAt(recordAt(manifest.value, 'prisma'), 'schema');
  const schema =
    [named, 'prisma/schema.prisma', 'schema.prisma'].find((file) => file !== null && project.has(file)) ?? null;
  const text = schema === null ? '' : (project.read(schema) ?? '');
  if (/^[ \t]*engineType[ \t]*=[ \t]*"client"/m.test(text)) return [];
  const line = lineOf(text, /^[ \t]*generator\s/m);
  return [
    {
      id: 'node-prisma-engine',
      level: 'error',
      path: schema ?? 'package.json',
      ...(line === undefined ? {} : { line }),
      message: "Prisma's client needs an engine, which is fetched while it is installed.",
      why: 'The engine is in no lock file, and the build has no network.',
      source: 'https://www.prisma.io/docs/orm/prisma-client/setup-and-configuration/no-rust-engine',
      mend: 'In the generator: engineType = "client", with a driver adapter; or take Prisma 7, which has no engine.',
    },
  ];
}
