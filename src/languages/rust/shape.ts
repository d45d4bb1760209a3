import type { Finding } from '../../app.ts';
import type { Project } from '../language.ts';
import { placeAt } from '../place.ts';
import { lineOf } from '../scan.ts';
import type { Package } from './manifest.ts';
import type { Choice } from './programs.ts';
import { tableOf } from './toml.ts';
import type { Crates } from './workspace.ts';

/** What a project's shape rules out, whatever its code does. */
export function shapeFindings(project: Project, crates: Crates, programs: readonly Choice[]): Finding[] {
  return [
    ...(programs.length === 0 ? [noProgram()] : []),
    ...outsideFindings(project, crates),
    ...memberFindings(crates),
    ...frontEndFindings(crates),
  ];
}

/**
 * A static program has no loader of its own. Crates that bind libraries at build time use the same crates, so only what
 * the service itself asks for counts. Source: https://doc.rust-lang.org/reference/linkage.html#static-and-dynamic-c-runtimes
 */
export function loadingFindings(built: readonly Package[]): Finding[] {
  for (const { dependencies, manifest } of built) {
    const loader = dependencies.find(
      ({ name, kind, optional }) => /^(libloading|dlopen2?|abi_stable)$/.test(name) && kind === 'normal' && !optional,
    );
    if (!loader) continue;
    return [
      {
        id: 'rust-dynamic-loading',
        level: 'warning',
        ...placeAt(manifest, loader.line),
        message: `${loader.name} loads shared libraries at run time, which a static program cannot.`,
        why: 'The image holds one static binary: musl’s dlopen fails in it.',
        mend: 'Compile the plugins in, or run them as WebAssembly (wasmtime, wasmi).',
      },
    ];
  }
  return [];
}

function noProgram(): Finding {
  return {
    id: 'rust-no-binary',
    level: 'error',
    path: 'Cargo.toml',
    message: 'No program was found: neither src/main.rs, nor src/bin, nor a [[bin]] table.',
    why: 'An enclave runs a program, and this is a library.',
    mend: 'Add src/main.rs, or name the folder that the program is in.',
  };
}

function outsideFindings(project: Project, { packages }: Crates): Finding[] {
  return packages.flatMap(({ dependencies, manifest }): Finding[] => {
    const lost = dependencies.find(
      ({ path, outside }) => outside || (path !== null && !project.has(`${path === '' ? '' : `${path}/`}Cargo.toml`)),
    );
    if (!lost) return [];
    return [
      {
        id: 'rust-path-outside',
        level: 'error',
        ...placeAt(manifest, lost.line),
        message: `${lost.name} is taken from a folder that is not in this project.`,
        why: 'Only the service’s folder reaches the build.',
        mend: 'Make one workspace of both, with its Cargo.toml and Cargo.lock in the folder that holds them.',
      },
    ];
  });
}

function memberFindings({ workspace, packages }: Crates): Finding[] {
  if (workspace || !packages[0]?.inherits) return [];
  return [
    {
      id: 'rust-workspace-member',
      level: 'error',
      path: 'Cargo.toml',
      message: 'This package takes values from a workspace, and no workspace above it has it as a member.',
      why: 'Cargo needs the workspace’s manifest and its Cargo.lock.',
      mend: 'Add the package to the workspace’s members; outside of a repository, start from the workspace’s folder.',
    },
  ];
}

/** Tools that build a front end together with the service. Source: https://book.leptos.dev/deployment/ssr.html */
function frontEndFindings({ packages, root }: Crates): Finding[] {
  const places = [
    ...packages.map(({ table, manifest, text }) => ({
      table: tableOf(tableOf(table.package).metadata),
      manifest,
      text,
    })),
    { table: tableOf(tableOf(root.table.workspace).metadata), manifest: 'Cargo.toml', text: root.text },
  ];
  const place = places.find(({ table }) => Object.hasOwn(table, 'leptos'));
  if (!place) return [];
  const line = lineOf(place.text, /^[ \t]*\[{1,2}(?:package|workspace)\.metadata\.leptos/m);
  return [
    {
      id: 'rust-leptos',
      level: 'error',
      ...placeAt(place.manifest, line),
      message: 'The service is built with cargo-leptos, which makes WebAssembly and JavaScript besides the program.',
      why: 'StageX has neither cargo-leptos nor Rust’s standard library for wasm32.',
      mend: 'Serve a front end that is built and committed, or make the service one of its own.',
    },
  ];
}
