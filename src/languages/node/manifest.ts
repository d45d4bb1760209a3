import { LineCounter, parseDocument } from 'yaml';

/** A JSON manifest: its value, and the line of each of its keys. */
export interface Manifest {
  value: Record<string, unknown>;
  /** Line (from 1) of the value at a path such as `['scripts', 'start']`; undefined when it is not there. */
  lineOf(path: readonly string[]): number | undefined;
}

/** Why a manifest cannot be used, and in which line. */
export interface BrokenManifest {
  reason: string;
  line: number | undefined;
}

/** In a larger file lines are not looked for: no package.json that a person wrote is. */
const largestWithLines = 200_000;

/** Reads a JSON object. JSON is a subset of YAML, whose parser knows where things stand; what JSON is, JSON decides. */
export function readManifest(text: string): Manifest | BrokenManifest {
  // npm itself takes a byte order mark.
  const json = text.replace(/^\ufeff/, '');
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    return { reason: 'It is no valid JSON.', line: brokenLine(json, error) };
  }
  if (!isRecord(value)) return { reason: 'It is no JSON object.', line: 1 };
  return { value, lineOf: lineFinder(json) };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The member of an object, when it is an object itself; else an empty one. */
export function recordAt(value: Record<string, unknown>, key: string): Record<string, unknown> {
  const member = Object.hasOwn(value, key) ? value[key] : undefined;
  return isRecord(member) ? member : {};
}

/** The member of an object, when it is a text that is not empty. */
export function textAt(value: Record<string, unknown>, key: string): string | null {
  const member = Object.hasOwn(value, key) ? value[key] : undefined;
  return typeof member === 'string' && member.trim() !== '' ? member : null;
}

function lineFinder(json: string): Manifest['lineOf'] {
  let document: { lines: LineCounter; root: ReturnType<typeof parseDocument> } | undefined;
  return (path) => {
    if (json.length > largestWithLines) return undefined;
    if (!document) {
      const lines = new LineCounter();
      document = {
        lines,
        root: parseDocument(json, { lineCounter: lines, uniqueKeys: false, logLevel: 'silent', prettyErrors: false }),
      };
    }
    const node: unknown = document.root.getIn(path, true);
    const start = isRecord(node) && Array.isArray(node.range) ? node.range[0] : undefined;
    return typeof start === 'number' ? document.lines.linePos(start).line : undefined;
  };
}

/**
 * The line of a syntax error. V8 does not always say where it is, but a beginning of the text that is merely cut short
 * fails in another way than one that holds the error: the shortest that holds it is searched for.
 */
function brokenLine(json: string, error: unknown): number | undefined {
  if (!(error instanceof SyntaxError)) throw error;
  let whole = 0;
  let broken = json.length;
  while (broken - whole > 1) {
    const middle = Math.floor((whole + broken) / 2);
    if (isCutShort(json.slice(0, middle))) whole = middle;
    else broken = middle;
  }
  return json.slice(0, broken).split('\n').length;
}

function isCutShort(beginning: string): boolean {
  try {
    JSON.parse(beginning);
    return true;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const position = /at position (\d+)/.exec(error.message)?.[1];
    return /end of JSON|[Uu]nterminated/.test(error.message) || Number(position) >= beginning.length;
  }
}
