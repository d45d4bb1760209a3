import fc from 'fast-check';

/** A service's files while they are spoilt: path to bytes, and links by what they lead to. */
export interface Spoilt {
  files: Map<string, Buffer>;
  links: Map<string, string>;
}

export type Mutation = (service: Spoilt) => void;

/** What every hostile word carries, so that it is found again wherever it lands. */
export const marker = 'INJ3CT';

/** Words that mean something in a Containerfile, to a shell, to a terminal or to a parser. */
const words = [
  ...[`a\nRUN touch /${marker}`, `a\r\nRUN ${marker}`, `a\nEOF\nRUN ${marker}`, `a\rUSER ${marker}`, `${marker}\\`],
  ...[`$(touch ${marker})`, `\`${marker}\``, `'; ${marker}; '`, `"; ${marker}; "`, `${marker} && b`, `${marker}|tee`],
  ...[`--${marker}`, `-r${marker}`, `../${marker}`, `../../${marker}`, `/etc/${marker}`, `~${marker}`, `${marker}*`],
  ...[`{{${marker}}}`, `{{CADDY_DOMAIN}}${marker}`, `\${${marker}}`, `$${marker}`, `%${marker}%`, `${marker} # x`],
  ...[`\u0000${marker}`, `\u001b]0;${marker}\u0007`, `\u001b[31m${marker}`, `\u202e${marker}`, `\u2028${marker}`],
  ...[`\u009b31m${marker}`, `${marker}\u200b`, `\ufeff${marker}`, `\ud800${marker}`, `ünï-${marker}`, `${marker}\t`],
  ...[`# syntax=${marker}`, `["${marker}"]`, `<<EOF ${marker}`, `${marker}>out`, `${marker} b`, `${marker}=1`, marker],
  ...['__proto__', 'constructor', 'toString', '', '.', '..', '/', `${marker}${'a'.repeat(5000)}`],
];

export const hostileWord = (): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...words) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }).map((text) => `${marker}${text}`) },
  );

const manifest =
  /(^|\/)(Cargo\.(toml|lock)|package(-lock)?\.json|pyproject\.toml|[\w.-]*\.lock|requirements[\w.-]*|go\.(mod|sum|work)|Procfile|Dockerfile|Containerfile|[\w.-]*\.(ya?ml|toml|json)|\.env[\w.]*|setup\.\w+)$/;

/** The file that a number stands for: mostly a manifest. */
function pick({ files }: Spoilt, seed: number): [string, Buffer] | null {
  const names = [...files.keys()];
  const manifests = names.filter((name) => manifest.test(name));
  const among = manifests.length > 0 && seed % 5 !== 0 ? manifests : names;
  const name = among[seed % among.length];
  const content = name === undefined ? undefined : files.get(name);
  return name === undefined || content === undefined ? null : [name, content];
}

/** A change of one file's bytes. */
function inFile(seed: number, change: (content: Buffer) => Buffer): Mutation {
  return (service) => {
    const file = pick(service, seed);
    if (file) service.files.set(file[0], change(file[1]));
  };
}

const place = (content: Buffer, at: number) => at % (content.length + 1);

function splice(content: Buffer, at: number, removed: number, added: Buffer): Buffer {
  const from = place(content, at);
  return Buffer.concat([content.subarray(0, from), added, content.subarray(from + removed)]);
}

/** A quoted string of a file, or a value behind `:` or `=`, becomes another, escaped as it must be or raw. */
function replaceValue(content: Buffer, at: number, word: string, escaped: boolean): Buffer {
  const text = content.toString('utf8');
  const values = [...text.matchAll(/"[^"\n]*"|'[^'\n]*'|(?<=^[\w.-]+ ?[:=] ?)[^"'\s[{].*$/gm)];
  const value = values[at % Math.max(values.length, 1)];
  if (!value) return content;
  const quoted = value[0].startsWith('"') || value[0].startsWith("'");
  const written = escaped && quoted ? JSON.stringify(word) : quoted ? `"${word}"` : word;
  return Buffer.from(text.slice(0, value.index) + written + text.slice(value.index + value[0].length));
}

/** A file gets a hostile name, and everything that named it names it so. */
function rename(seed: number, word: string): Mutation {
  return ({ files }) => {
    const names = [...files.keys()].filter((name) => !manifest.test(name));
    const old = names[seed % Math.max(names.length, 1)];
    if (old === undefined) return;
    const base = old.slice(old.lastIndexOf('/') + 1);
    const extension = base.includes('.') ? base.slice(base.lastIndexOf('.')) : '';
    const fresh = `${word.replace(/[\0/]/g, '').slice(0, 60) || 'x'}${extension}`;
    const content = files.get(old) ?? Buffer.alloc(0);
    files.delete(old);
    files.set(old.slice(0, old.length - base.length) + fresh, content);
    const named = JSON.stringify(fresh).slice(1, -1);
    for (const [name, bytes] of files) {
      if (bytes.includes(base)) files.set(name, Buffer.from(bytes.toString('utf8').replaceAll(base, named)));
    }
  };
}

/** Members, includes and paths that lead round in a circle, or out. */
const circles: readonly [file: string, text: string][] = [
  ['Cargo.toml', '\n[workspace]\nmembers = [".", "..", "**", "./a/../a", "crates/*"]\n'],
  ['Cargo.toml', '\n[dependencies.self]\npath = "."\n[dependencies.out]\npath = "../outside"\n'],
  ['a/Cargo.toml', '[package]\nname = "a"\nversion = "1.0.0"\nworkspace = ".."\n[workspace]\nmembers = [".."]\n'],
  ['package.json', '{"name":"x","workspaces":[".","..","**","a/../..","packages/*"],"scripts":{"start":"npm start"}}'],
  ['package.json', '{"name":"x","main":"../outside/secret","scripts":{"start":"npm run b","b":"npm run start"}}'],
  ['package.json', `{"name":"x","scripts":{"start":"node a.js; touch ${marker}","build":"sh -c 'echo ${marker}'"}}`],
  ['pnpm-workspace.yaml', 'packages:\n  - .\n  - ..\n  - "**"\n'],
  ['pnpm-workspace.yaml', 'a: &a [*a, *a]\npackages: &p\n  - *p\n'],
  ['compose.yaml', 'x: &x {a: 1}\ny: &y [*x,*x,*x,*x,*x,*x,*x,*x,*x]\nz: &z [*y,*y,*y,*y,*y,*y,*y,*y]\nservices: *z\n'],
  [
    'tsconfig.json',
    '{"extends":"./tsconfig.json","compilerOptions":{"outDir":"../outside"},"references":[{"path":"."}]}',
  ],
  ['requirements.txt', '-r requirements.txt\n-r ../outside/secret\n-c /etc/passwd\n-e .\nflask==1\n'],
  ['go.work', 'go 1.24\n\nuse (\n\t.\n\t..\n\t./a\n\t./a/../..\n)\nreplace x => ../outside\n'],
  [
    'go.mod',
    `module example.com/${marker}\n\ngo 1.24\n\nreplace example.com/a => ../outside\nreplace example.com/b => ./\n`,
  ],
  [
    'pyproject.toml',
    '[tool.uv.workspace]\nmembers = [".", "..", "*"]\n[tool.uv.sources]\na = { path = "../outside" }\n',
  ],
  ['Procfile', `web: sh -c "touch ${marker}"\nrelease: ${marker}\nrun: /bin/sh -c "${marker}"\nports: 80,80,0,-1\n`],
  ['Dockerfile', `FROM a AS a\nFROM a AS a\nCOPY --from=a ../outside /\nCMD ["${marker}\\n"]\nEXPOSE 99999 $PORT\n`],
];

const deep = (depth: number, seed: number): string =>
  [
    '['.repeat(depth) + ']'.repeat(depth),
    `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`,
    `a = ${'['.repeat(depth)}${']'.repeat(depth)}\n`,
    `a${'.a'.repeat(depth)} = 1\n`,
    `${'- '.repeat(depth)}a\n`,
    `x = ${'('.repeat(depth)}1${')'.repeat(depth)}\n`,
    `[${'a.'.repeat(depth)}b]\n`,
  ][seed % 7] ?? '';

const long = (size: number, seed: number): string =>
  [
    ' '.repeat(size),
    'a'.repeat(size),
    '"'.repeat(size),
    '\\'.repeat(size),
    `"${'\\"'.repeat(size / 2)}"`,
    '\n'.repeat(size),
    'a==1\n'.repeat(size / 5),
    '/*'.repeat(size / 2),
    'process.env.PORT || '.repeat(size / 20),
    '- - '.repeat(size / 4),
  ][seed % 10] ?? '';

/** A link where a file or folder was, or where the tool writes. */
function link(seed: number, to: string): Mutation {
  return ({ files, links }) => {
    const written = ['Containerfile', 'Procfile', '.dockerignore', 'Containerfile.dockerignore', 'src', 'app', '.git'];
    const among = [...files.keys(), ...written];
    const name = among[seed % among.length] ?? 'x';
    for (const each of [...files.keys()]) if (each === name || each.startsWith(`${name}/`)) files.delete(each);
    links.set(name, to);
  };
}

/** One change; most keep the manifest readable, so that what it says goes on to what is written. */
export function mutation(): fc.Arbitrary<Mutation> {
  const seed = fc.nat();
  const word = hostileWord();
  const text = fc.oneof(word, fc.string({ unit: 'binary', maxLength: 30 }));
  return fc.oneof(
    {
      weight: 12,
      arbitrary: fc
        .tuple(seed, seed, word, fc.boolean())
        .map(([a, b, w, escaped]) => inFile(a, (content) => replaceValue(content, b, w, escaped || b % 4 > 0))),
    },
    { weight: 5, arbitrary: fc.tuple(seed, word).map(([a, w]) => rename(a, w)) },
    { weight: 3, arbitrary: fc.tuple(seed, seed).map(([a, b]) => inFile(a, (c) => c.subarray(0, place(c, b)))) },
    {
      weight: 3,
      arbitrary: fc.tuple(seed, seed, text).map(([a, b, t]) => inFile(a, (c) => splice(c, b, 0, Buffer.from(t)))),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(seed, seed, fc.nat(40))
        .map(([a, b, n]) => inFile(a, (c) => splice(c, b, n, Buffer.alloc(0)))),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(seed, seed, fc.uint8Array({ minLength: 1, maxLength: 8 }))
        .map(([a, b, bytes]) => inFile(a, (c) => splice(c, b, 1, Buffer.from(bytes)))),
    },
    {
      weight: 3,
      arbitrary: fc.tuple(fc.constantFrom(...circles), fc.boolean()).map(
        ([[name, added], replaces]): Mutation =>
          ({ files }) => {
            const before = replaces ? Buffer.alloc(0) : (files.get(name) ?? Buffer.alloc(0));
            files.set(name, Buffer.concat([before, Buffer.from(added)]));
          },
      ),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(seed, seed, fc.constantFrom(50, 600, 5000, 60_000), fc.boolean())
        .map(([a, b, depth, whole]) =>
          inFile(a, (c) =>
            whole ? Buffer.from(deep(depth, b)) : splice(c, c.length, 0, Buffer.from(`\n${deep(depth, b)}`)),
          ),
        ),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(seed, seed, seed, fc.constantFrom(2000, 50_000, 400_000))
        .map(([a, b, d, size]) => inFile(a, (c) => splice(c, b, 0, Buffer.from(long(size, d))))),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(
          seed,
          fc.constantFrom('../outside/secret', '../outside', '/etc/passwd', '.', '..', 'loop', 'missing', '/dev/zero'),
        )
        .map(([a, to]) => link(a, to)),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(seed, fc.constantFrom('\r\n', '\r', '\u2028'))
        .map(([a, end]) => inFile(a, (c) => Buffer.from(c.toString('utf8').replaceAll('\n', end)))),
    },
    { weight: 1, arbitrary: seed.map((a) => inFile(a, (c) => Buffer.concat([Buffer.from('\ufeff'), c]))) },
    { weight: 1, arbitrary: seed.map((a) => inFile(a, (c) => Buffer.concat([c, c]))) },
    {
      weight: 1,
      arbitrary: seed.map(
        (a): Mutation =>
          (service) =>
            void service.files.delete(pick(service, a)?.[0] ?? ''),
      ),
    },
  );
}
