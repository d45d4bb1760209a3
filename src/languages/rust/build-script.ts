import type { Finding } from '../../app.ts';
import type { Project } from '../language.ts';
import { placeAt, placeOf } from '../place.ts';
import { sightings } from '../scan.ts';
import type { Package } from './manifest.ts';

/** What the project's own build scripts do that a sealed build cannot, read from their text: a hint, not a proof. */

interface Hint {
  id: string;
  pattern: RegExp;
  message: (what: string) => string;
  why: string;
  mend: string;
}

const hints: readonly Hint[] = [
  {
    id: 'rust-build-git',
    pattern: /\bCommand::new\(\s*"(git)"/g,
    message: () => 'The build script asks git, and .git is no part of the build.',
    why: 'The commit is in the attestation; git’s answers differ from clone to clone (tags, depth, changes).',
    mend: 'Let the script go on without git, or leave the value out.',
  },
  {
    id: 'rust-build-tool',
    pattern:
      /\bCommand::new\(\s*"(npm|npx|pnpm|yarn|bun|deno|node|trunk|wasm-pack|tailwindcss|esbuild|python3?|go|docker|sqlite3|psql|curl|wget)(?:\.cmd)?"/g,
    message: (tool) =>
      `The build script calls ${tool}, which StageX’s Rust pallet does not have, or which needs a network.`,
    why: 'Code is compiled without a network, with what the pallet holds.',
    mend: 'Commit what it makes, and let the script go on without it.',
  },
  {
    id: 'rust-build-time',
    pattern: /\b((?:SystemTime|Utc|Local|OffsetDateTime|Zoned|Timestamp)::now(?:_utc|_local)?)\(/g,
    message: (call) => `The build script reads the time (${call}).`,
    why: 'Two builds at different times are then two different enclaves.',
    mend: 'Leave it out, or take the time from SOURCE_DATE_EPOCH, which the build sets.',
  },
];

/** The hints in the build scripts of some packages, one of a kind. */
export function buildScriptFindings(project: Project, built: readonly Package[]): Finding[] {
  const scripts = built.flatMap(({ buildScript }) => buildScript ?? []);
  return [...hints.flatMap((hint) => hintFinding(project, scripts, hint)), ...downloadFindings(built)];
}

function hintFinding(project: Project, scripts: readonly string[], hint: Hint): Finding[] {
  const [first] = sightings(project, scripts, [hint.pattern]);
  if (!first) return [];
  return [
    {
      id: hint.id,
      level: 'warning',
      ...placeOf(first.from),
      message: hint.message(first.value),
      why: hint.why,
      mend: hint.mend,
    },
  ];
}

/** A build script with a client for the network among its dependencies most likely uses it. */
function downloadFindings(built: readonly Package[]): Finding[] {
  for (const { dependencies, manifest, buildScript } of built) {
    const client = dependencies.find(
      ({ name, kind }) => kind === 'build' && /^(reqwest|ureq|curl|minreq|attohttpc)$/.test(name),
    );
    if (!client || buildScript === null) continue;
    return [
      {
        id: 'rust-build-network',
        level: 'warning',
        ...placeAt(manifest, client.line),
        message: `The build script has ${client.name} among its dependencies, and code is compiled without a network.`,
        why: 'What a server says today is in no lock file.',
        mend: 'Commit what it downloads, and let the script go on without it.',
      },
    ];
  }
  return [];
}
