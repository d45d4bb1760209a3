import { agreedPort, type Sighting } from '../scan.ts';
import type { AppObject } from './apps.ts';
import type { Call, Value } from './expressions.ts';
import { portOf, readsEnvironment, servingCalls } from './mains.ts';
import type { Run } from './run.ts';
import { defaultPort, serverFor } from './servers.ts';
import type { Source } from './sources.ts';

/** Ports of metrics and the like are no answer to «where does the service listen». */
const sideDoor = /metric|prometheus|debug|admin|telemetry|tracing/i;

/** The port that start command or code name. */
export function findPort(
  sources: readonly Source[],
  run: Run,
  isApp: (name: string) => boolean,
): { port: number; from: string } | null {
  return run.port ?? agreedPort(sources.flatMap((source) => portsOf(source, isApp)));
}

/**
 * The server's own port, where our command tells it any: it is what nobody has changed. Which of several apps it
 * serves does not matter for that.
 */
export function usualPort(
  run: Run,
  apps: readonly AppObject[],
  packages: { has(name: string): boolean },
): { port: number; from: string } | null {
  const [app] = run.entry === null ? apps : [];
  const server = run.server ?? (app ? serverFor(app.interface, packages) : null);
  const from = run.from ?? app?.from ?? null;
  return server === null || from === null ? null : { port: defaultPort(server), from };
}

function portsOf(source: Source, isApp: (name: string) => boolean): Sighting[] {
  const called = servingCalls(source, isApp)
    .filter(({ call }) => !isSideDoor(call))
    .flatMap(({ call }) => sighting(portOf(call, source), source, call));
  const defaults = source.syntax.calls
    .filter(({ callee, positional }) => readsEnvironment(callee) && textOf(positional[0]) === 'PORT')
    .flatMap((call) => sighting(numberIn(call.positional[1] ?? call.keywords.get('default')), source, call));
  return [...called, ...defaults];
}

function isSideDoor({ within, callee, positional }: Call): boolean {
  const names = positional.map((value) => (value.kind === 'name' ? value.name : ''));
  return sideDoor.test([within, callee ?? '', ...names].join(' '));
}

function sighting(port: number | null, { file }: Source, { line }: Call): Sighting[] {
  return port === null ? [] : [{ value: String(port), from: `${file}:${line}` }];
}

function textOf(value: Value | undefined): string | null {
  return value?.kind === 'text' ? value.text : null;
}

function numberIn(value: Value | undefined): number | null {
  if (value?.kind === 'number') return value.number;
  const text = textOf(value);
  return text !== null && /^\d{2,5}$/.test(text) ? Number(text) : null;
}

/** Where the code reads the variable PORT. */
export function findPortVariable(sources: readonly Source[]): string | null {
  for (const { file, syntax } of sources) {
    const looked = syntax.lookups.find(({ name, key }) => /(^|\.)environ$/.test(name) && key === 'PORT');
    const called = syntax.calls.find(
      ({ callee, positional }) => readsEnvironment(callee) && textOf(positional[0]) === 'PORT',
    );
    const lines = [looked?.line, called?.line].filter((line) => line !== undefined);
    if (lines.length > 0) return `${file}:${Math.min(...lines)}`;
  }
  return null;
}

const loopback = /^(127\.0\.0\.1|localhost|\[?::1\]?)$/;

/** Where a module that serves by itself binds to a loopback address; uvicorn does unless it is told otherwise. */
export function loopbacks(sources: readonly Source[], isApp: (name: string) => boolean): Sighting[] {
  return sources.flatMap((source) => {
    const calls = source.syntax.calls.filter(({ callee }) => /(^|\.)uvicorn\.Config$/.test(callee ?? ''));
    const serving = [...servingCalls(source, isApp).map(({ call }) => call), ...calls];
    return serving
      .filter(bindsLoopback)
      .map((call) => ({ value: call.callee ?? '', from: `${source.file}:${call.line}` }));
  });
}

function bindsLoopback({ callee, keywords, spread }: Call): boolean {
  const host = textOf(keywords.get('host'));
  if (host !== null) return loopback.test(host);
  const silent = !spread && !['host', 'fd', 'uds'].some((key) => keywords.has(key));
  return silent && /(^|\.)uvicorn\.(run|Config)$/.test(callee ?? '');
}

/** A variable that says where a serving call binds, and that is a loopback address until it is set. */
export function hostVariable(sources: readonly Source[], isApp: (name: string) => boolean): Sighting | null {
  for (const source of sources) {
    for (const { call } of servingCalls(source, isApp)) {
      const host = call.keywords.get('host');
      if (host?.kind !== 'call' || !readsEnvironment(host.call.callee)) continue;
      const name = textOf(host.call.positional[0]);
      const otherwise = textOf(host.call.positional[1] ?? host.call.keywords.get('default'));
      const valid = name !== null && /^[A-Z][A-Z0-9_]{0,60}$/.test(name);
      if (valid && (otherwise === null || loopback.test(otherwise))) {
        return { value: name, from: `${source.file}:${call.line}` };
      }
    }
  }
  return null;
}
