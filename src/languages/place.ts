/** Where a finding is. */
export interface Place {
  path: string;
  line?: number;
}

/** A place in a file as evidence names it: `path:line`, or the path alone where no line is known. */
export function fromOf(path: string, line: number | undefined): string {
  return line === undefined ? path : `${path}:${line}`;
}

/** The same place as a finding has it; a path may hold colons of its own. */
export function placeOf(from: string): Place {
  const match = /^(.*):(\d+)$/s.exec(from);
  return match ? { path: match[1] ?? '', line: Number(match[2]) } : { path: from };
}

/** A place whose line may not be known, as a finding has it. */
export function placeAt(path: string, line: number | undefined): Place {
  return line === undefined ? { path } : { path, line };
}
