import type { Finding } from '../app.ts';
import { printableLine } from '../output.ts';
import type { Proof } from './proof.ts';

/** Docker's own frontend, which names each step by its stage, number and text. */
const ownFrontend = /^(?:docker\.io\/)?docker\/dockerfile(?:-upstream)?(?=[:@]|$)/;

/** The directives that may stand before `syntax`; a line that is none of them ends the search. */
const directives = new Set(['syntax', 'escape', 'check']);

/**
 * The image that a Containerfile names to be its frontend: a program that the engine runs, and that decides what is built.
 * Rules: https://docs.docker.com/reference/dockerfile/#parser-directives
 * @returns the reference as written, with its line (from 1); null when the engine's own frontend reads the file.
 */
export function frontendOf(text: string): { reference: string; line: number } | null {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/, 20);
  const begin = lines[0]?.startsWith('#!') ? 1 : 0;
  for (const [index, line] of lines.entries()) {
    if (index < begin) continue;
    const [, name = '', value = ''] = /^(?:#|\/\/)\s*([a-z][a-z0-9]*)\s*=\s*(.*?)\s*$/i.exec(line) ?? [];
    if (!directives.has(name.toLowerCase())) return null;
    // Words after the image are arguments for it.
    if (name.toLowerCase() === 'syntax') return { reference: value.split(/\s+/)[0] ?? '', line: index + 1 };
  }
  return null;
}

/** What a frontend puts in doubt: its version, when only a name chooses it, and all that it says, when it is not Docker's. */
export function frontendFindings(containerfile: string, text: string): Finding[] {
  const frontend = frontendOf(text);
  if (!frontend) return [];
  const { reference, line } = frontend;
  const shown = printableLine(reference, 200);
  const findings: Finding[] = [];
  if (!/@sha256:[0-9a-f]{64}$/.test(reference)) {
    findings.push({
      id: 'base-not-pinned',
      level: 'warning',
      path: containerfile,
      line,
      message: `${shown} is not pinned by a digest, and decides what is built of this file.`,
      why: 'The name may mean another frontend tomorrow: both builds here took the same one, and others may not.',
      source: 'https://docs.docker.com/reference/dockerfile/#syntax',
      mend: 'Leave the syntax line out, or add @sha256: and a digest.',
    });
  }
  if (!ownFrontend.test(reference)) {
    findings.push({
      id: 'foreign-frontend',
      level: 'warning',
      path: containerfile,
      line,
      message: `${shown} is not Docker's own frontend: it decides which steps there are, and what they are called.`,
      why: 'Nothing here shows that the steps it reports are those of the file, so their execution is not proved.',
      source: 'https://docs.docker.com/build/buildkit/frontend/',
      mend: 'Leave the syntax line out: the engine reads Containerfiles itself.',
    });
  }
  return findings;
}

/** A proof rests on names that the frontend gives: one that is not Docker's own can give a step any name. */
export function doubtFrontend(proof: Proof, text: string): Proof {
  const frontend = frontendOf(text);
  if (!frontend || ownFrontend.test(frontend.reference)) return proof;
  const doubt = {
    line: frontend.line,
    text: printableLine(`# syntax=${frontend.reference}`, 160),
    reason: "a frontend that is not Docker's own says what its steps are",
  };
  return { ...proof, executionProved: false, unproved: [...proof.unproved, doubt] };
}
