import { after, rewrite } from '../../fix/block.ts';
import { stagexName } from '../../stagex/references.ts';
import type { Stage } from '../../verify/containerfile.ts';
import type { Rule, Sighting } from '../rule.ts';
import { sources } from '../sources.ts';
import type { Subject } from '../subject.ts';
import { type Build, finalStage, lineage, rootOf, runsIn, scriptOf, variablesOf } from './build.ts';
import { commandsOf, valuesOf, withoutFetches } from './commands.ts';

/** What compiles or packs, and may stamp a time on what it makes. Go stamps none. */
const stamping =
  /\b(?:cc|gcc|g\+\+|clang|make|cmake|ninja|meson|ar|cargo|rustc|pip3?|python3?|uv|wheel|maturin|poetry|mvn|gradle|javac|jar|zip|tar|gzip)\b/;
/** Of these a plugin may. */
const bundling = /\b(?:npm|npx|yarn|pnpm|bun|node)\b/;

/** The times that a Containerfile's steps leave in what they make. */
export const timeRules: readonly Rule[] = [
  {
    id: 'no-source-date-epoch',
    level: 'warning',
    title: 'A build stage without SOURCE_DATE_EPOCH',
    why: 'Compilers and packers that know this variable write its time in place of the clock’s.',
    source: sources.epoch,
    mend: 'Set it in the stage: ENV SOURCE_DATE_EPOCH=1 (315532800 for Python, whose zip files know no date before 1980).',
    *look({ build }) {
      if (!build) return;
      const told = new Set<number>();
      for (const stage of build.file.needed) {
        const steps = runsIn(build, stage);
        const stamps = steps.find((one) => stamping.test(withoutFetches(one)));
        const step = stamps ?? steps.find((one) => bundling.test(withoutFetches(one)));
        const chain = lineage(build, stage);
        if (!step || chain.some(({ index }) => told.has(index)) || fixesTime(build, stage)) continue;
        told.add(stage.index);
        const from = build.instructions.find(({ keyword, stage: at }) => keyword === 'FROM' && at === stage.index);
        yield {
          ...{ path: build.path, line: step.line, level: stamps ? 'warning' : 'note' },
          message: 'SOURCE_DATE_EPOCH is not set where this step runs.',
          ...(from && {
            fix: {
              lines: [from.line, from.endLine] as const,
              change: after(
                `ENV SOURCE_DATE_EPOCH=${/\bp(?:ython3?|ip3?)\b|\buv\b/.test(commandsOf(step)) ? 315_532_800 : 1}`,
              ),
            },
          }),
        };
      }
    },
  },
  {
    id: 'timestamped-bytecode',
    level: 'warning',
    title: "Byte code that records its sources' times",
    why: 'It differs from build to build, and is stale in the enclave, where all times are 0: Python compiles everything again at each start.',
    source: sources.bytecode,
    mend: 'Compile with --invalidation-mode unchecked-hash, install with --no-compile, or set SOURCE_DATE_EPOCH, by which Python takes hashes.',
    look: bytecodeSightings,
  },
];

/** Whether Python and compilers find the time that they are to write. */
function fixesTime(build: Build, stage: Stage): boolean {
  if (variablesOf(build, stage).has('SOURCE_DATE_EPOCH')) return true;
  if (/^pallet-c?go$/.test(stagexName(rootOf(build, stage)) ?? '')) return true; // the image itself sets it
  const indexes = new Set(lineage(build, stage).map(({ index }) => index));
  const own = build.instructions.filter((one) => indexes.has(one.stage));
  const argument = own.some(
    ({ keyword, pairs }) =>
      keyword === 'ARG' &&
      pairs.some(({ name, value }) => name === 'SOURCE_DATE_EPOCH' && (value !== null || hasDefault(build))),
  );
  return argument || own.some((one) => /\bSOURCE_DATE_EPOCH=/.test(scriptOf(one)));
}

/** An ARG before the first FROM gives its default to those that name it again. */
function hasDefault(build: Build): boolean {
  return build.instructions.some(
    ({ stage, pairs }) => stage < 0 && pairs.some(({ name, value }) => name === 'SOURCE_DATE_EPOCH' && value !== null),
  );
}

/** What compiles byte code, up to the next command. */
const compiling =
  /(?:\bpip3? install|-m (?:pip install|compileall|py_compile)|\buv (?:sync|pip (?:install|sync)))\b[^;&|\n]*/g;

function* bytecodeSightings({ build }: Subject): Iterable<Sighting> {
  if (!build) return;
  for (const stage of build.file.needed) {
    const values = valuesOf(build, stage);
    if (fixesTime(build, stage) || /HASH/.test(values.get('PYC_INVALIDATION_MODE') ?? '')) continue;
    // uv compiles when it is told to; pip does, unless it is told not to. Source: https://docs.astral.sh/uv/reference/environment/
    const uvCompiles = /^(?:1|true|yes|on)$/i.test(values.get('UV_COMPILE_BYTECODE') ?? '');
    for (const step of runsIn(build, stage)) {
      const bad = commandsOf(step)
        .match(compiling)
        ?.find((one) =>
          one.startsWith('uv ')
            ? /--compile-bytecode\b/.test(one) || (uvCompiles && !/--no-compile-bytecode\b/.test(one))
            : !/--no-compile\b|--invalidation-mode\b/.test(one),
        );
      if (bad === undefined || !installsIntoImage(build, stage, bad)) continue;
      yield {
        ...{
          path: build.path,
          line: step.line,
          message: 'This step writes .pyc files with the times of their sources.',
        },
        ...(/-m (?:compileall|py_compile)/.test(bad) && {
          fix: {
            lines: [step.line, step.endLine] as const,
            change: rewrite((text) =>
              text.replace(
                /(-m (?:compileall|py_compile))\b(?!.*--invalidation-mode)/g,
                '$1 --invalidation-mode unchecked-hash',
              ),
            ),
          },
        }),
      };
    }
  }
}

/** What a COPY takes when it takes the packages of an interpreter: a root, its folders, or a virtual environment. */
const packages =
  /^\/?\.?$|^\/?usr(?:\/local)?(?:\/lib(?:64)?(?:\/python[\d.]*)?)?\/?$|site-packages|dist-packages|venv|\.local/;

/**
 * Whether packages that a step installs where its interpreter has them can reach the image: a tool that only helps to
 * build does not. Where the step names a place for them, that is not followed.
 */
function installsIntoImage(build: Build, stage: Stage, command: string): boolean {
  if (/--(?:target|prefix|root)\b|\s-t\s|-m (?:compileall|py_compile)|\buv sync\b/.test(command)) return true;
  const final = finalStage(build);
  const below = build.file.needed.filter((one) => lineage(build, one).some(({ index }) => index === stage.index));
  if (final && below.some(({ index }) => index === final.index)) return true;
  const names = new Set(below.flatMap(({ name, index }) => [name, String(index)]));
  return build.file.needed
    .flatMap(({ steps }) => steps)
    .some(
      ({ from, sources: taken }) =>
        from !== null && names.has(from.toLowerCase()) && taken.some((one) => packages.test(one)),
    );
}
