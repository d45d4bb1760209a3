import { printableLine } from '../../output.ts';

/**
 * BuildKit's progress stream (`docker buildx build --progress=rawjson`), folded line by line.
 * Format: https://github.com/moby/buildkit/blob/master/client/graph.go (SolveStatus)
 */

/** One node of the build, as last heard of. Times are milliseconds since 1970, by the engine's clock. */
export interface Vertex {
  name: string;
  /** When it first began; steps may begin, pause and begin again. */
  started: number | null;
  completed: number | null;
  cached: boolean;
  error: string;
  /** Its last lines of output. */
  log: string[];
}

export interface Progress {
  /** By digest, in the order of appearance. */
  vertices: Map<string, Vertex>;
  /** Lines that were no JSON: the engine's last words. */
  words: string[];
}

export type ProgressChange =
  | { type: 'start' | 'done' | 'cached' | 'error'; vertex: Vertex; at: number }
  | { type: 'output'; vertex: Vertex; text: string };

/** Enough for the longest explanation of a compiler, whose first lines tell more than its last. */
const keptLines = 200;
/** Far more than any real build has; the rest is dropped, and so cannot count as having run. */
const maxVertices = 20_000;

export function emptyProgress(): Progress {
  return { vertices: new Map(), words: [] };
}

interface RawVertex {
  digest?: unknown;
  name?: unknown;
  started?: unknown;
  completed?: unknown;
  cached?: unknown;
  error?: unknown;
}

/**
 * Takes in one line.
 * @param partial lines of output that have not ended yet, by vertex; kept between calls.
 * @returns what changed, in order.
 */
export function foldProgress(progress: Progress, line: string, partial: Map<string, string>): ProgressChange[] {
  const status = parse(line);
  if (!status) {
    if (line.trim() !== '') keep(progress.words, printableLine(line, 500));
    return [];
  }
  return [
    ...list<RawVertex>(status.vertexes).flatMap((raw) => foldVertex(progress, raw)),
    ...list<{ vertex?: unknown; data?: unknown }>(status.logs).flatMap((raw) => foldLog(progress, raw, partial)),
  ];
}

function parse(line: string): Record<string, unknown> | null {
  if (!line.startsWith('{')) return null;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null; // a line of plain text that begins with a brace: the caller keeps it as the engine's words
  }
}

function list<T extends object>(value: unknown): T[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'object' && item !== null) : [];
}

function time(value: unknown): number | null {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? null : at;
}

function foldVertex(progress: Progress, raw: RawVertex): ProgressChange[] {
  if (typeof raw.digest !== 'string') return [];
  const known = progress.vertices.get(raw.digest);
  if (!known && progress.vertices.size >= maxVertices) return [];
  const vertex: Vertex = known ?? { name: '', started: null, completed: null, cached: false, error: '', log: [] };
  progress.vertices.set(raw.digest, vertex);
  if (typeof raw.name === 'string') vertex.name = raw.name;
  const changes: ProgressChange[] = [];
  const started = time(raw.started);
  if (started !== null && vertex.started === null) {
    vertex.started = started;
    if (raw.cached !== true) changes.push({ type: 'start', vertex, at: started });
  }
  const completed = time(raw.completed);
  const failed = typeof raw.error === 'string' && raw.error !== '';
  const ended = vertex.completed !== null;
  if (raw.cached === true) vertex.cached = true;
  if (failed) vertex.error = String(raw.error);
  if (completed !== null) vertex.completed = completed;
  if (completed !== null && !ended)
    changes.push({ type: failed ? 'error' : vertex.cached ? 'cached' : 'done', vertex, at: completed });
  return changes;
}

function foldLog(
  progress: Progress,
  raw: { vertex?: unknown; data?: unknown },
  partial: Map<string, string>,
): ProgressChange[] {
  const vertex = typeof raw.vertex === 'string' ? progress.vertices.get(raw.vertex) : undefined;
  if (!vertex || typeof raw.vertex !== 'string' || typeof raw.data !== 'string') return [];
  const text = (partial.get(raw.vertex) ?? '') + Buffer.from(raw.data, 'base64').toString('utf8');
  // A carriage return redraws a line: what stands at the end is what a person would see.
  const lines = text.split(/\r?\n/);
  partial.set(raw.vertex, (lines.pop() ?? '').slice(-4096));
  return lines.map((whole): ProgressChange => {
    const shown = printableLine(whole.slice(whole.lastIndexOf('\r') + 1), 400);
    keep(vertex.log, shown);
    return { type: 'output', vertex, text: shown };
  });
}

/** Adds what was written without a final newline. */
export function endProgress(progress: Progress, partial: Map<string, string>): void {
  for (const [digest, text] of partial) {
    const vertex = progress.vertices.get(digest);
    if (vertex && text.trim() !== '') keep(vertex.log, printableLine(text, 400));
  }
  partial.clear();
}

function keep(lines: string[], line: string): void {
  lines.push(line);
  if (lines.length > keptLines) lines.shift();
}
