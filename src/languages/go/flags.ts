import type { Evidence, Finding } from '../../app.ts';
import { placeOf } from '../place.ts';
import type { BuildCommand } from './commands.ts';

/** What the service's own build commands give the compiler, as far as ours must give it as well. */
export interface Flags {
  tags: string[];
  evidence: Evidence[];
  findings: Finding[];
}

/** What a build with C is given by us, so that one of these files may be of our making. */
export const withoutLibraries = ['netgo', 'osusergo'];

/** From the commands of a Dockerfile, or else of the other build files, to what of them is kept. */
export function buildFlags({
  image,
  other,
}: {
  image: readonly BuildCommand[];
  other: readonly BuildCommand[];
}): Flags {
  const commands = image.length > 0 ? image : other;
  const tagged = commands.find(({ tags }) => tags !== null && tags.length > 0);
  const open = commands.find(({ openTags }) => openTags);
  const agreed = commands.every(({ tags }) => ownTags(tags) === ownTags(tagged?.tags));
  const stamped = commands.find(({ stamps }) => stamps.length > 0);
  const doubtful = open ?? (agreed ? undefined : tagged);
  const tags = doubtful ? [] : (tagged?.tags ?? []);
  return {
    tags,
    evidence: tagged && !doubtful ? [{ setting: 'tags', value: tags.join(','), from: tagged.from }] : [],
    findings: [...(doubtful ? [tagsUnknown(doubtful.from)] : []), ...(stamped ? [stampsLeftOut(stamped)] : [])],
  };
}

function ownTags(tags: readonly string[] | null | undefined): string {
  return (tags ?? []).filter((tag) => !withoutLibraries.includes(tag)).join();
}

function tagsUnknown(from: string): Finding {
  return {
    id: 'go-build-tags',
    level: 'warning',
    ...placeOf(from),
    message: 'Build tags are given here that cannot be told from the files; the build gives none.',
    why: 'Tags decide which files are compiled, and the commands name a variable, or do not agree.',
    source: 'https://pkg.go.dev/cmd/go#hdr-Build_constraints',
    mend: 'Add `-tags` to the `go build` of the Containerfile if the service needs them.',
  };
}

function stampsLeftOut({ from, stamps }: BuildCommand): Finding {
  const names = [...new Set(stamps)].slice(0, 4).join(', ');
  return {
    id: 'go-stamp',
    level: 'note',
    ...placeOf(from),
    message: `The linker sets ${names} here; the build leaves that out, and the source’s own value stands.`,
    why: 'Such values come from git or from the clock, and then no two builds are the same.',
    source: 'https://pkg.go.dev/cmd/link',
    mend: 'Write a version into the source if the service must show one.',
  };
}
