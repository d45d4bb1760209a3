import { type Mend, rewrite } from '../../fix/block.ts';
import { printableLine } from '../../output.ts';
import { stagexName } from '../../stagex/references.ts';
import { defaultRelease, digestsOf, releases } from '../../stagex/releases.ts';
import { nearestDigest, type StagexUse, stagexUse } from '../../stagex/uses.ts';
import { stageNamed } from '../../verify/containerfile.ts';
import { floatingBases } from '../../verify/findings.ts';
import { frontendOf } from '../../verify/frontend.ts';
import { naming } from '../../verify/naming.ts';
import type { Rule, Sighting } from '../rule.ts';
import { sources } from '../sources.ts';
import type { Subject } from '../subject.ts';
import type { Build, Written } from './build.ts';

interface PlacedUse extends StagexUse {
  line: number;
}

/** From the top of the file. */
function stagexUses({ build }: Subject): PlacedUse[] {
  const uses = (build?.file.images ?? []).flatMap(({ reference, line }) => {
    const use = stagexUse(reference);
    return use === null ? [] : [{ ...use, line }];
  });
  return uses.sort((a, b) => a.line - b.line);
}

const shownDigest = (digest: string) => `sha256:${digest.slice(0, 12)}…`;

/** What is said of a digest that was cut, mistyped, or copied with something else. */
function misspelt(reference: string, build: Build): Omit<Sighting, 'path' | 'line'> {
  const [image = '', written = ''] = reference.split('@');
  const digits = /^sha256:([0-9a-f]*)$/.exec(written)?.[1];
  const shown = printableLine(written, 40);
  const message =
    digits === undefined
      ? `${shown} is no digest.`
      : `${shown} has ${digits.length} digits, and a digest has 64: no engine pulls it.`;
  const name = stagexName(image);
  const meant = name === null || digits === undefined ? null : nearestDigest(name, digits);
  const why = 'The engine refuses the reference: the build ends there.';
  if (meant === null) return { message, why };
  const instruction = build.instructions.find(({ text }) => text.includes(written));
  return {
    ...{ message, why },
    mend: `The digest that StageX ${meant.release} lists for ${name}: sha256:${meant.digest}`,
    ...(instruction && {
      fix: {
        lines: [instruction.line, instruction.endLine],
        change: rewrite((text) => text.replace(written, `sha256:${meant.digest}`)),
      },
    }),
  };
}

/** The release that a setup's pinned images are of, else the one that new services get. */
function releaseOf(subject: Subject): string {
  const [of] = stagexUses(subject).flatMap(({ listed }) => listed.at(-1) ?? []);
  return of ?? defaultRelease;
}

/** How a StageX image is pinned: by the release of its tag, or where it has no tag, by one that is given. */
function pinOf(use: PlacedUse, build: Build, release: string): Partial<Sighting> {
  const bare = !/:[^/]*$/.test(use.reference);
  const wanted = use.release ?? (bare ? release : null);
  const digest = wanted !== null && releases().includes(wanted) ? digestsOf(wanted).get(use.name) : undefined;
  const instruction = build.instructions.find(({ line }) => line === use.line);
  if (wanted === null || digest === undefined || !instruction) return {};
  const pinned = `${use.reference}${bare ? `:sx${wanted}` : ''}@sha256:${digest}`;
  return {
    mend: bare
      ? `Add the tag and the digest of a release: check --fix adds those of StageX ${wanted}.`
      : `Add the digest of StageX ${wanted}: @sha256:${digest}`,
    fix: {
      lines: [instruction.line, instruction.endLine],
      change: rewrite((text) => text.replace(use.reference, pinned)),
    },
  };
}

/** What another image of a known release has this digest. */
function ownerOf(digest: string): string | null {
  for (const release of releases()) {
    for (const [name, own] of digestsOf(release)) if (own === digest) return `${name} of ${release}`;
  }
  return null;
}

/** The images that a build starts from. */
export const imageRules: readonly Rule[] = [
  {
    id: 'base-not-pinned',
    level: 'warning',
    title: 'An image that a name alone chooses',
    why: 'The name may mean another image tomorrow: then nobody can build this one again.',
    source: sources.pinning,
    mend: 'Add @sha256: and the digest of the linux/amd64 manifest.',
    *look(subject) {
      const { build } = subject;
      if (!build) return;
      const own = new Map(stagexUses(subject).map((use) => [use.line, use]));
      for (const { path, line, message } of floatingBases(build.path, build.file)) {
        const reference = build.file.images.find((one) => one.line === line)?.reference ?? '';
        if (reference.includes('@')) {
          yield { path, line, level: 'error', ...misspelt(reference, build) };
          continue;
        }
        const use = line === undefined ? undefined : own.get(line);
        yield { path, line, message, ...(use && pinOf(use, build, releaseOf(subject))) };
      }
    },
  },
  {
    id: 'stagex-tag-mismatch',
    level: 'warning',
    title: 'Tag and digest of different StageX releases',
    why: 'The digest decides what is pulled; a tag of another release misleads readers and update bots.',
    source: sources.stagex,
    mend: 'Let tag and digest name the same release.',
    *look(subject) {
      for (const { reference, line, release, listed } of stagexUses(subject)) {
        const actual = listed.at(-1);
        if (release === null || actual === undefined || listed.includes(release)) continue;
        const instruction = subject.build?.instructions.find((one) => one.line === line);
        yield {
          ...{ path: subject.build?.path, line },
          message: `The tag says ${release}, and the digest is that of ${actual}.`,
          mend: `Write :sx${actual}, or the digest of ${release}.`,
          ...(instruction && {
            fix: {
              lines: [instruction.line, instruction.endLine] as const,
              change: rewrite((text) => text.replace(reference, reference.replace(`:sx${release}@`, `:sx${actual}@`))),
            },
          }),
        };
      }
    },
  },
  {
    id: 'stagex-unknown-digest',
    level: 'warning',
    title: 'A digest that no StageX release lists for this image',
    why: 'StageX signs and lists the digests of linux/amd64 manifests. A tag resolves to an index, whose digest is another, and which nobody has signed.',
    source: sources.stagex,
    mend: "Take the digest from the release's own list (digests/*.txt).",
    *look(subject) {
      const path = subject.build?.path;
      const nowhere: PlacedUse[] = [];
      for (const use of stagexUses(subject)) {
        const { line, name, release, digest, listed } = use;
        if (digest === null || listed.length > 0) continue;
        // A release whose list is not here may well have it.
        if (release !== null && !releases().includes(release)) continue;
        const owner = ownerOf(digest);
        if (release === null && owner === null) {
          nowhere.push(use);
          continue;
        }
        const known = release === null ? undefined : digestsOf(release).get(name);
        const because = owner === null ? '' : ` It is that of ${owner}.`;
        yield {
          ...{ path, line },
          message: `${shownDigest(digest)} is not listed for ${name} by ${release ?? 'any release that is known here'}.${because}`,
          ...(known !== undefined && { mend: `The digest that ${release} lists for ${name}: sha256:${known}` }),
        };
      }
      const [first, ...more] = nowhere;
      if (!first) return;
      const known = releases();
      yield {
        ...{ path, line: first.line, level: 'note' },
        message: `No release known here (${known[0]} to ${known.at(-1)}) lists ${more.length === 0 ? `the digest of ${first.name}` : `the digests of ${naming(nowhere.map(({ name }) => name))}`}.`,
        mend: 'Look them up in the list of the release that you mean (digests/*.txt), or name the release in the tag: :sxRELEASE@sha256:…',
      };
    },
  },
  {
    id: 'stagex-mixed-releases',
    level: 'warning',
    title: 'Images of several StageX releases',
    why: 'Shared libraries of two releases need not fit each other.',
    source: sources.stagex,
    mend: 'Take all images from one release.',
    *look(subject) {
      const uses = stagexUses(subject).map((use) => ({
        ...use,
        of: use.listed.length > 0 ? use.listed : use.release === null ? [] : [use.release],
      }));
      const [first, ...more] = uses.filter(({ of }) => of.length > 0);
      if (!first) return;
      let common = first.of;
      for (const { line, name, of } of more) {
        const shared = common.filter((release) => of.includes(release));
        if (shared.length > 0) {
          common = shared;
          continue;
        }
        yield {
          ...{ path: subject.build?.path, line },
          message: `${name} is of ${of.at(-1)}, and ${first.name} (line ${first.line}) of ${common.at(-1)}.`,
        };
      }
    },
  },
  {
    id: 'platform',
    level: 'note',
    title: 'A base without --platform=linux/amd64',
    why: 'Caution builds for linux/amd64. Elsewhere the builder’s own platform decides: on an arm64 machine StageX’s images do not even pull.',
    source: `${sources.dockerfile}#from`,
    mend: 'Write FROM --platform=linux/amd64.',
    look: platformSightings,
  },
  {
    id: 'syntax-line',
    level: 'warning',
    title: 'A # syntax= line',
    why: 'It has the engine pull and run another program to read this file: one more thing that can change, and that the network must give.',
    source: `${sources.dockerfile}#syntax`,
    mend: 'Leave the line out: Docker 23 and newer read heredocs and RUN --network on their own.',
    *look({ build }) {
      const frontend = build && frontendOf(build.text);
      if (!build || !frontend) return;
      const pinned = /@sha256:[0-9a-f]{64}$/.test(frontend.reference);
      yield {
        ...{ path: build.path, line: frontend.line, level: pinned ? 'note' : 'warning' },
        message: `${printableLine(frontend.reference.replace(/(@sha256:\w{12})\w+/, '$1…'), 100)} decides what is built of this file${pinned ? '' : ', and is not pinned by a digest'}.`,
        fix: { lines: [frontend.line, frontend.line], change: (block) => ({ ...block, text: '#' }) },
      };
    },
  },
];

/** A stage's base that is another image, with the platform that it asks for; null when that is left open. */
interface Based {
  instruction: Written;
  wanted: string | null;
}

/** One sighting for all bases that are left open, and one for each that asks for another platform. */
function* platformSightings({ build }: Subject): Iterable<Sighting> {
  if (!build) return;
  const bases = build.file.needed.flatMap(({ index, base, line }): Based[] => {
    if (base === 'scratch' || base === '' || stageNamed(build.file, base, index)) return [];
    const instruction = build.instructions.find((one) => one.line === line && one.keyword === 'FROM');
    const wanted = instruction?.flags.find(({ name }) => name === 'platform')?.value ?? null;
    return instruction && (wanted === null || !isAmd64(wanted)) ? [{ instruction, wanted }] : [];
  });
  const [first, ...more] = bases.filter(({ wanted }) => wanted === null);
  if (first) {
    const others = more.length === 0 ? '' : `, and of ${more.length} more,`;
    yield {
      ...{ path: build.path, line: first.instruction.line },
      message: `The platform of this base${others} is left to the builder.`,
      fix: [first, ...more].map(({ instruction }) => ofPlatform(instruction, null)),
    };
  }
  for (const { instruction, wanted } of bases) {
    if (wanted === null) continue;
    yield {
      ...{ path: build.path, line: instruction.line },
      level: wanted.includes('$') ? 'note' : 'error',
      message: `The platform of this base is ${printableLine(wanted, 40)}.`,
      fix: ofPlatform(instruction, wanted),
    };
  }
}

/** The names that the engine takes for it. Source: https://github.com/containerd/platforms */
function isAmd64(platform: string): boolean {
  return /^(?:linux\/)?(?:amd64|x86_64|x86-64)(?:\/v1)?$/i.test(platform);
}

function ofPlatform({ line, endLine }: Written, wanted: string | null): Mend {
  const change = rewrite((text) =>
    wanted === null
      ? text.replace(/^(\s*FROM)\s+/i, '$1 --platform=linux/amd64 ')
      : text.replace(`--platform=${wanted}`, '--platform=linux/amd64'),
  );
  return { lines: [line, endLine], change };
}
