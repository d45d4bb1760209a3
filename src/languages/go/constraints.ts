/**
 * Which files the go command builds for linux/amd64. Source: https://pkg.go.dev/cmd/go#hdr-Build_constraints
 */

const systems =
  'aix|android|darwin|dragonfly|freebsd|hurd|illumos|ios|js|linux|nacl|netbsd|openbsd|plan9|solaris|wasip1|windows|zos';
const processors =
  '386|amd64|amd64p32|arm|armbe|arm64|arm64be|loong64|mips|mipsle|mips64|mips64le|mips64p32|mips64p32le|ppc|ppc64|ppc64le|riscv|riscv64|s390|s390x|sparc|sparc64|wasm';
const suffixes = new RegExp(`_(?:(${systems})(?:_(${processors}))?|(${processors}))$`);

/** `x_windows.go`, `x_linux_arm64.go`: not built for linux/amd64. `linux.go` itself has no such suffix. */
export function foreignName(file: string): boolean {
  const name = file.slice(file.lastIndexOf('/') + 1).replace(/\.go$/, '');
  const match = suffixes.exec(name);
  if (!match) return false;
  const system = match[1] ?? 'linux';
  const processor = match[2] ?? match[3] ?? 'amd64';
  return system !== 'linux' || processor !== 'amd64';
}

/** Tags that hold in every build of ours: Go's release tags besides, up to the pallet's. */
const always = new Set(['linux', 'amd64', 'unix', 'gc']);

/**
 * Whether an expression of `//go:build` holds, such as `linux && !cgo`. C counts as turned off: files that ask for it
 * by name have a twin in Go, or are not needed.
 * @param tags what `go build -tags` is given.
 * @param minor of the toolchain: 26 for Go 1.26.
 */
export function holds(expression: string, tags: ReadonlySet<string>, minor: number): boolean {
  const tokens = expression.slice(0, 2000).match(/&&|\|\||[!()]|[^\s!()&|]+/g) ?? [];
  let at = 0;
  const tag = (name: string): boolean => {
    const release = /^go1\.(\d+)$/.exec(name)?.[1];
    return release === undefined ? always.has(name) || tags.has(name) : Number(release) <= minor;
  };
  const operand = (depth: number): boolean => {
    const token = tokens[at++] ?? '';
    if (token === '!') return !operand(depth);
    if (token !== '(') return tag(token);
    if (depth > 50) return false;
    const inner = either(depth + 1);
    at += 1;
    return inner;
  };
  const both = (depth: number): boolean => {
    let value = operand(depth);
    while (tokens[at] === '&&') {
      at += 1;
      value = operand(depth) && value;
    }
    return value;
  };
  const either = (depth: number): boolean => {
    let value = both(depth);
    while (tokens[at] === '||') {
      at += 1;
      value = both(depth) || value;
    }
    return value;
  };
  return either(0);
}

/** A line `// +build a,b c` as the expression that it means: blanks are «or», commas «and». */
export function oldExpression(words: string): string {
  const options = words
    .trim()
    .split(/\s+/)
    .map((option) => option.split(',').join(' && '));
  return options.map((option) => `(${option})`).join(' || ');
}
