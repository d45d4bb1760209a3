import type { Project } from '../language.ts';
import { sightings } from '../scan.ts';
import { withoutTests } from './sources.ts';

/**
 * A field of clap's that no word may be left out for (`Option<…>` may), a program whose options are an enum, and the same
 * by clap's builder. Source: https://docs.rs/clap/latest/clap/_derive/index.html
 */
const required = [
  /#\[(?:clap|command)\(\s*subcommand\s*\)\]\s{0,80}(?:pub(?:\(\w{1,20}\))?\s{1,10})?(\w{1,60}\s{0,10}:\s{0,10}(?!\s|Option\s*<)\w)/g,
  /#\[derive\([^)\]]{0,120}\bParser\b[^)\]]{0,120}\)\]\s{0,80}(?:#\[[^\]\n]{0,200}\]\s{0,80}){0,6}(?:pub(?:\(\w{1,20}\))?\s{1,10})?(enum\s)/g,
  /(\.subcommand_required\(\s*true\s*\)|\bSubcommandRequired(?:ElseHelp)?\b)/g,
];

/** Where the sources of a program say that it does nothing without the name of one of its commands; null when none does. */
export function neededCommand(project: Project, files: readonly string[]): string | null {
  return sightings(project, files, required, withoutTests)[0]?.from ?? null;
}
