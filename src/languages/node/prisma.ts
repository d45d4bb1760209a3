import semver from 'semver';
import type { Finding } from '../../app.ts';
import { lineOf } from '../scan.ts';
import type { Lock } from './lock.ts';
import { recordAt, textAt } from './manifest.ts';
import type { Member } from './workspace.ts';

/** The finding for a client of Prisma that needs an engine: before version 7 it runs a program that its install script fetches. */
export function prismaFindings({ project, manifest }: Member, lock: Lock): Finding[] {
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
