import type { Value } from './expressions.ts';
import { type Interface, madeBy } from './frameworks.ts';
import { qualified, type Source } from './sources.ts';

/** An app object at the top level of a module, or a function without parameters that makes one. */
export interface AppObject {
  /** `package.module:name`. */
  entry: string;
  interface: Interface;
  /** A server has to call it first. */
  factory: boolean;
  from: string;
}

/** What is known of dotted names: which make an app when they are called, and which are one. */
interface Known {
  makers: Map<string, Interface>;
  objects: Map<string, AppObject>;
  factories: Map<string, AppObject>;
}

/** Names of factories that a server may call; any other function that returns an app is one part of many. */
const factoryName = /^(create|make|build|get|init|setup|factory)|_?(app|application|factory)$/i;

/** What servers could call. */
export interface Apps {
  /** What one would think of: the apps at the top of modules, or else what makes them. */
  apps: readonly AppObject[];
  /** All of them, for a start command that names one. */
  callable: readonly AppObject[];
}

/**
 * The apps that servers could call. Apps that others are made of, or mount, are left out; factories are given only
 * where nothing at a module's top level was made by them.
 */
export function findApps(sources: readonly Source[]): Apps {
  const known: Known = { makers: new Map(), objects: new Map(), factories: new Map() };
  // A factory may be made of another one, and that of a class: what one round finds, the next builds on.
  for (let round = 0; round < 3; round += 1) for (const source of sources) learn(source, known);
  const inner = innerApps(sources, known);
  const objects = [...known.objects].filter(([name]) => !inner.has(name)).map(([, object]) => object);
  const factories = [...known.factories.values()];
  return {
    apps: objects.length > 0 ? objects : factories,
    callable: [...known.objects.values(), ...factories],
  };
}

function learn(source: Source, known: Known): void {
  const { module, file, syntax } = source;
  if (module === null) return;
  for (const [name, bases] of syntax.classes) {
    const kind = bases.map((base) => kindMadeBy(source, base, known)).find((each) => each !== null);
    if (kind) known.makers.set(`${module}.${name}`, kind);
  }
  for (const { name, line, required, returns, isAsync } of syntax.functions) {
    const kind = returns.map((value) => kindOf(source, value, name, known)).find((each) => each !== null);
    if (!kind) continue;
    known.makers.set(`${module}.${name}`, kind);
    // A server calls a factory, and does not wait for it.
    if (required === 0 && !isAsync && factoryName.test(name)) {
      const from = `${file}:${line}`;
      known.factories.set(`${module}.${name}`, { entry: `${module}:${name}`, interface: kind, factory: true, from });
    }
  }
  for (const { name, value, line, within } of syntax.assignments) {
    const kind = within === '' && value.kind === 'call' ? kindOf(source, value, '', known) : null;
    if (kind === null || known.objects.has(`${module}.${name}`)) continue;
    const from = `${file}:${line}`;
    known.objects.set(`${module}.${name}`, { entry: `${module}:${name}`, interface: kind, factory: false, from });
  }
}

/** The kind of app that a value is: made on the spot, named by its class, or a variable of the same function. */
function kindOf(source: Source, value: Value, within: string, known: Known, depth = 0): Interface | null {
  if (value.kind === 'call') {
    return value.call.callee === null ? null : kindMadeBy(source, value.call.callee, known);
  }
  if (value.kind !== 'name' || within === '' || depth > 3) return null;
  const assigned = source.syntax.assignments.find((each) => each.name === value.name && each.within === within);
  // A name that is no variable here is an annotation: `-> FastAPI`.
  return assigned ? kindOf(source, assigned.value, within, known, depth + 1) : kindMadeBy(source, value.name, known);
}

function kindMadeBy(source: Source, callee: string, known: Known): Interface | null {
  return known.makers.get(qualified(source, callee)) ?? madeBy(callee);
}

/** Apps that stand in another app: mounted, or wrapped under another name. */
function innerApps(sources: readonly Source[], known: Known): Set<string> {
  const inner = new Set<string>();
  for (const source of sources) {
    const mounted = source.syntax.calls.filter(
      ({ callee }) => callee !== null && /(^|\.)([mM]ount|add_subapp)$/.test(callee),
    );
    const wrapped = source.syntax.assignments.flatMap(({ name, value, within }) =>
      within === '' && value.kind === 'call' && known.objects.has(`${source.module}.${name}`)
        ? [{ name, call: value.call }]
        : [],
    );
    const parts = [...mounted.map((call) => ({ name: '', call })), ...wrapped];
    for (const { name, call } of parts) {
      for (const value of [...call.positional, ...call.keywords.values()]) {
        if (value.kind !== 'name' || value.name === name) continue;
        const full = qualified(source, value.name);
        if (known.objects.has(full)) inner.add(full);
      }
    }
  }
  return inner;
}
