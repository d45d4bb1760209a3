import type { Evidence } from '../../app.ts';
import type { Project } from '../language.ts';
import { fromOf } from '../place.ts';
import { lineOf, sightings } from '../scan.ts';
import type { Listening } from './listen.ts';
import type { Binary, Package } from './manifest.ts';
import { sourcesOf, withoutTests } from './sources.ts';
import { readToml, type Table, tableOf, textOf } from './toml.ts';

/**
 * Rocket takes address and port from Rocket.toml and from ROCKET_* variables, and without them listens where only the
 * machine itself can reach it. Source: https://rocket.rs/guide/v0.5/configuration/
 */

const defaultPort = 8000;

/** Where a Rocket service listens; null when the chosen program is none. */
export function rocketPlaces(project: Project, built: readonly Package[], binary: Binary | null): Listening | null {
  if (binary === null) return null;
  const owner = built.find(({ name }) => name === binary.package);
  const uses = owner?.dependencies.find(
    ({ name, kind, optional }) => name === 'rocket' && kind === 'normal' && !optional,
  );
  if (!owner || !uses) return null;
  const [launch] = sightings(
    project,
    sourcesOf(project, built),
    [/#\[(launch|rocket::launch|rocket::main)\]/g, /\brocket::(build|custom|ignite)\(/g],
    withoutTests,
  );
  if (!launch) return null;
  const configured = rocketToml(project, owner);
  const from = configured.from ?? launch.from;
  const port: Evidence = { setting: 'port', value: configured.port ?? defaultPort, from };
  return {
    port: configured.port ?? defaultPort,
    env: { ROCKET_ADDRESS: '0.0.0.0', ROCKET_PORT: '{port}' },
    args: [],
    evidence: [port, { setting: 'env', value: 'ROCKET_ADDRESS, ROCKET_PORT', from: launch.from }],
    findings: [],
  };
}

/** The port of a release build: `global` wins over the profile `release`, and that over `default`. */
function rocketToml(project: Project, owner: Package): { port: number | null; from: string | null } {
  const path = ['Rocket.toml', owner.dir === '' ? 'Rocket.toml' : `${owner.dir}/Rocket.toml`].find(project.has);
  if (path === undefined) return { port: null, from: null };
  const toml = readToml(project, path);
  if (!('table' in toml)) return { port: null, from: null };
  for (const profile of ['global', 'release', 'default']) {
    const table: Table = tableOf(toml.table[profile]);
    const value = Number(typeof table.port === 'number' ? table.port : textOf(table.port));
    if (!Number.isInteger(value) || value < 1 || value > 65_535) continue;
    const line = lineOf(toml.text, new RegExp(`^[ \\t]*port[ \\t]*=[ \\t]*["']?${value}\\b`, 'm'));
    return { port: value, from: fromOf(path, line) };
  }
  return { port: null, from: null };
}
