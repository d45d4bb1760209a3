import type { ContainerCli } from './cli.ts';

/** The build cache of one builder, of which a run removes what it added, and nothing else. */
export interface BuildCache {
  /** Ids of all records; null when the builder does not tell. */
  ids(signal: AbortSignal): Promise<ReadonlySet<string> | null>;
  /**
   * Removes records. Never throws: it runs on the way out.
   * @param before ids of what is not to be touched.
   * @param own how to know the run's own records.
   * @returns whether all of the run's own records are gone.
   */
  removeNew(before: ReadonlySet<string>, own: OwnSteps): Promise<boolean>;
}

/** The steps of a run's own builds, as the cache describes them. */
export interface OwnSteps {
  /** What the progress called them. */
  names: ReadonlySet<string>;
  /** How the commands of RUN steps begin, blanks folded. */
  commands: readonly string[];
}

interface CacheRecord {
  id: string;
  type: string;
  description: string;
}

/** Nobody who cancels waits longer for a clean cache. */
const timeoutMs = 30_000;

/** How many ids one command names. */
const batch = 100;

/**
 * Records of a builder of docker buildx; null when it does not tell.
 * @param builder its name; absent: the one that `docker build` would use.
 */
export async function listRecords(
  cli: ContainerCli,
  builder?: string,
  signal?: AbortSignal,
): Promise<CacheRecord[] | null> {
  const named = builder === undefined ? [] : ['--builder', builder];
  const { ok, stdout } = await cli.run(['buildx', 'du', ...named, '--format', 'json'], signal, timeoutMs);
  return ok ? readRecords(stdout) : null;
}

/**
 * The cache of a builder of docker buildx.
 * @param builder its name.
 * @param listed its records before anything was built, where they were asked for already.
 */
export function buildxCache(cli: ContainerCli, builder: string, listed?: CacheRecord[] | null): BuildCache {
  return {
    ids: async (signal) => {
      const records = listed ?? (await listRecords(cli, builder, signal));
      return records && new Set(records.map(({ id }) => id));
    },
    removeNew: async (before, steps) => {
      const own = (await listRecords(cli, builder))?.filter((record) => !before.has(record.id) && isOwn(record, steps));
      if (!own) return false;
      // «All» are those too that share content with others; which ones, the ids say.
      const removed = new Set<string>();
      for (let at = 0; at < own.length; at += batch) {
        const filter = `id~=^(${own
          .slice(at, at + batch)
          .map(({ id }) => id)
          .join('|')})$`;
        const { ok, stdout } = await cli.run(
          ['buildx', 'prune', '--builder', builder, '--all', '--force', '--filter', filter],
          undefined,
          timeoutMs,
        );
        if (!ok) return false;
        for (const [id] of stdout.matchAll(/^[a-z0-9]+/gm)) removed.add(id);
      }
      if (own.every(({ id }) => removed.has(id))) return true;
      // Checkouts of other builds at the same time are called alike, and stay: they are in use.
      const left = new Set((await listRecords(cli, builder))?.map(({ id }) => id));
      return own.every((record) => isCheckout(record) || !left.has(record.id));
    },
  };
}

/** The records that `docker buildx du --format json` prints, one a line. */
export function readRecords(text: string): CacheRecord[] {
  return text.split('\n').flatMap((line) => {
    try {
      const { ID, Type, Description } = JSON.parse(line) as Record<string, unknown>;
      // Ids are put into a regular expression.
      if (typeof ID !== 'string' || !/^[a-z0-9]+$/.test(ID)) return [];
      return [{ id: ID, type: String(Type), description: String(Description) }];
    } catch {
      return []; // an empty line, or one that is no record
    }
  });
}

/**
 * Whether a record is of a step with one of these names. A RUN's record is described by its command, others by the step's
 * name. Checkouts are called alike for all builds: those that came during the run count as its own; records in use are
 * never removed, and cache mounts never are.
 */
function isOwn(record: CacheRecord, { names, commands }: OwnSteps): boolean {
  const { type, description } = record;
  if (isCheckout(record)) return true;
  if (type !== 'regular') return false;
  if (names.has(description)) return true;
  const ran = /^mount \/ from exec ([\s\S]*)$/.exec(description)?.[1]?.replaceAll(/\s+/g, ' ');
  return ran !== undefined && commands.some((command) => command !== '' && ran.includes(command));
}

function isCheckout({ type, description }: CacheRecord): boolean {
  const kinds = ['source.local', 'regular'];
  return kinds.includes(type) && /^local source for (?:context|dockerfile)$/.test(description);
}
