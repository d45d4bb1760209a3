import { simpleCommands } from '../shell.ts';
import type { Container, Line } from './read.ts';

/** Why a Dockerfile may build something else tomorrow: what, and in which line. */
export interface Doubt {
  what: string;
  line: number;
}

/** Whether a base is fixed by what it holds, or nothing at all. */
export function isPinned(image: string): boolean {
  return image === 'scratch' || /@sha256:[0-9a-f]{64}$/.test(image);
}

/** Whether all that a container is built on are StageX's images, by digest: as this tool writes it. */
export function isStagex({ bases }: Container): boolean {
  return bases.length > 0 && bases.every(({ image }) => /(^|\/)stagex\/[^@]{1,200}@sha256:[0-9a-f]{64}$/.test(image));
}

/** What makes a Dockerfile's result vary, as far as it can be read off: images by tag, and whatever is newest. */
export function doubtsOf(container: Container): Doubt[] {
  const images = container.bases
    .filter(({ image }) => !isPinned(image))
    .map(({ image, line }) => ({ what: `FROM ${image}`, line }));
  const steps = [...container.others, ...container.final].flatMap(stepDoubts);
  return [...images, ...steps].sort((a, b) => a.line - b.line);
}

const fetching: readonly [RegExp, RegExp | null][] = [
  [/^(apt|apt-get|apk|yum|dnf|microdnf) .*\b(install|add|upgrade)\b/, null],
  [/^(curl|wget)\b/, null],
  [/^git clone\b/, null],
  [/^(pip3?|python3? -m pip) install\b/, /--require-hashes/],
  [/^npm (install|i|add)\b/, null],
  [/^(yarn|pnpm)( install)?$/, null],
  [/^(yarn|pnpm) (add|global)\b/, null],
  [/^go (get|install) .*@/, null],
  [/^cargo install\b/, /--locked/],
  [/^date\b/, null],
];

function stepDoubts({ keyword, text, line }: Line): Doubt[] {
  if (keyword === 'ADD')
    return /https?:\/\//.test(text) && !/--checksum=/.test(text) ? [{ what: 'ADD of an address', line }] : [];
  if (keyword === 'ARG') return /^CACHEBUST\b/.test(text) ? [{ what: 'ARG CACHEBUST', line }] : [];
  if (keyword !== 'RUN') return [];
  return simpleCommands(text).flatMap(({ words }) => {
    const command = words
      .slice(words.findIndex((word) => !/^(\w+=.*|sudo|--mount=.*|--network=.*)$/.test(word)))
      .join(' ');
    const known = fetching.find(([pattern, unless]) => pattern.test(command) && !(unless?.test(command) ?? false));
    return known ? [{ what: command.split(' ').slice(0, 3).join(' '), line }] : [];
  });
}
