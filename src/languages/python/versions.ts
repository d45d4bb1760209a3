/** No project writes a longer one. */
const longestRange = 500;

/**
 * Whether a version range of a Python project admits a version, for the clauses that projects write: PEP 440's
 * (`>=3.11,<4`, `~=3.12`, `==3.13.*`, `!=`) and Poetry's (`^3.11`, `~3.11`, `3.11`).
 * Source: https://peps.python.org/pep-0440/#version-specifiers, https://python-poetry.org/docs/dependency-specification/
 * @returns null when a clause is none of these.
 */
export function admits(range: string, version: readonly number[]): boolean | null {
  let admitted = true;
  if (range.length > longestRange) return null;
  for (const clause of range.split(',')) {
    const match = /^(\^|~=|~|===?|!=|<=|>=|<|>|)\s*v?(\d+(?:\.\d+){0,4})(?:\.?(?:a|b|rc|dev|post)\d*)?(\.\*)?$/.exec(
      clause.trim(),
    );
    if (!match) return clause.trim() === '*' ? admitted : null;
    const bound = (match[2] ?? '').split('.').map(Number);
    if (!clauseAdmits(match[1] ?? '', bound, match[3] !== undefined, version)) admitted = false;
  }
  return admitted;
}

function clauseAdmits(operator: string, bound: number[], wildcard: boolean, version: readonly number[]): boolean {
  const order = compare(version, bound);
  const within = (digits: number) => bound.slice(0, digits).every((part, index) => part === (version[index] ?? 0));
  switch (operator) {
    case '^':
      return order >= 0 && within(firstNumber(bound));
    case '~':
      return order >= 0 && within(Math.min(bound.length, 2));
    case '~=':
      return order >= 0 && within(bound.length - 1);
    case '!=':
      return wildcard ? !within(bound.length) : order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
    default:
      return wildcard ? within(bound.length) : order === 0;
  }
}

/** How many numbers of a version there are up to the first that is not 0; all of them where there is none. */
function firstNumber(version: readonly number[]): number {
  const first = version.findIndex((part) => part !== 0);
  return first < 0 ? version.length : first + 1;
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < 5; index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The release part of a version: `[2, 1, 0]` of `2.1.0rc1`. */
export function releaseOf(version: string): number[] {
  return (/^v?(?:\d+!)?(\d+(?:\.\d+)*)/.exec(version)?.[1] ?? '0').split('.').map(Number);
}

/** Below zero when the first of two versions is the older one. */
export function compareVersions(a: string, b: string): number {
  return compare(releaseOf(a), releaseOf(b));
}
