import { describe, expect, it } from 'vitest';
import type { LanguageId } from '../../../src/app.ts';
import { busyFor } from '../busy.ts';
import { detected } from '../surroundings/detect.ts';

/** Detection of a service with one file that was made to keep an expression busy may take this long. */
const longest = 1000;

const size = 100_000;
const pumped = (word: string) => word.repeat(Math.ceil(size / word.length));
const blank = pumped('\n');
const spaces = pumped(' ');

const node = {
  'package.json': '{ "name": "svc", "scripts": { "start": "node a.js" } }',
  'a.js': 'require("./b"); app.listen(3000)',
};
const python = {
  'requirements.txt': 'flask==1.0 --hash=sha256:0123456789abcdef',
  'a.py': 'app = Flask(__name__)\n',
};
const go = {
  'go.mod': 'module example.com/team/svc\n\ngo 1.25.0\n',
  'main.go': 'package main\n\nfunc main() {\n\thttp.ListenAndServe(":8080", nil)\n}\n',
};

const cases: readonly [language: LanguageId, files: Record<string, string>, file: string, texts: readonly string[]][] =
  [
    [
      'node',
      node,
      'b.js',
      [
        pumped('/*\n'),
        pumped('/*'),
        `import${blank}`,
        `import${spaces}`,
        pumped('constructor(\n'),
        pumped('.listen({ port:\n'),
        pumped('.listen({\n'),
        pumped('{ PORT = 1\n'),
        pumped('process.env.PORT ? '),
        pumped('serve({\n'),
        pumped('require(\n'),
        `x${pumped('`')}`,
      ],
    ],
    ['node', node, 'b.ts', [pumped('constructor('), `export${blank}`, `@a${spaces}`]],
    ['node', { ...node, 'compose.yaml': 'services: {}' }, 'package.json', [`${blank}{ "dependencies": { "a": "1" } }`]],
    ['node', node, 'compose.yaml', [`${pumped('"')}x: 1`, pumped('[a]\n'), pumped(': ')]],
    ['node', node, '.npmrc', [pumped('a_'), `_auth${spaces}`]],
    ['node', node, '.env.example', [`A=${spaces}x`, spaces, `A="${pumped('"a')}`, pumped('A=# ')]],
    ['node', node, 'Procfile', [`web: ${spaces}x`, `web: x${spaces}y`, pumped('web: a\\\n')]],
    [
      'node',
      node,
      'Dockerfile',
      [`FROM a\nCMD ${spaces}x`, `FROM a\nRUN${pumped(' apt')}`, `FROM a\nRUN ${pumped('a\\\n')}`],
    ],
    ['node', node, 'fly.toml', [`${blank}a = 1\n[deploy]\nrelease_command = "x"\n[mounts]\n[env]\nPORT = 1\nA = 1`]],
    ['go', go, '.goreleaser.yaml', [pumped('"').slice(0, 90_000)]],
    ['node', node, 'start.sh', [pumped('a \\\n'), pumped('"')]],
    [
      'node',
      {
        ...node,
        'package.json':
          '{ "name": "svc", "dependencies": { "@prisma/client": "5" }, "scripts": { "start": "node a.js" } }',
      },
      'prisma/schema.prisma',
      [blank, spaces],
    ],
    ['node', node, 'pnpm-workspace.yaml', [`packages:\n  - ${pumped('/')}a\n  - a${pumped('/')}b`]],
    ['python', python, 'pyproject.toml', [`${blank}[project]\nversion = "1"\n[project.scripts]\na = "a:b"`, spaces]],
    ['python', python, 'setup.cfg', [`[metadata]\na${spaces}x`, `[metadata]\n[${pumped('[')}`]],
    ['python', python, 'setup.py', [`setup(${pumped('name ')})`, `setup(name=1,${blank})`]],
    [
      'python',
      python,
      'Dockerfile',
      [`FROM a\nRUN ${pumped('pip install ')}`, `FROM a\nRUN pip install${spaces}`, `FROM a\nCMD${spaces}`],
    ],
    ['python', python, 'Makefile', [`run:\n\t${pumped('@')}\n`, `run:\n\t${pumped('a\\\n')}`, `${pumped('a')}\n`]],
    ['python', python, 'requirements.txt', [`a${spaces}#`, pumped('a \\\n'), `a;${pumped('" ')}`]],
    ['python', python, `compose${'-'.repeat(60)}!`, ['']],
    [
      'python',
      python,
      'src/b.py',
      [pumped('app = f()\n'), pumped('app(1)\n'), pumped('from a import app\n'), pumped('os.environ["A"]\n')],
    ],
    [
      'python',
      { ...python, 'pyproject.toml': '[project]\nname = "x"\ndependencies = ["a"]' },
      'pdm.lock',
      [pumped('[[package]]\nname = "a"\nversion = "1"\nextras = ["b"]\ndependencies = ["a"]\n')],
    ],
    ['python', python, 'src/b.py', [`${blank}x = 1`, spaces, pumped('open(\n'), pumped('os.environ[\n')]],
    [
      'python',
      python,
      'uv.lock',
      [
        `[[package]]\nname = "a"\nversion = "1"\nsource = { editable = "." }\ndependencies = [{ name = "b", marker = "${spaces}a" }]`,
      ],
    ],
    ['go', go, 'railway.toml', [`${blank}[deploy]\nstartCommand = "x"`]],
    ['go', go, 'app.json', [`{${blank}"env": { "A": {} } }`]],
    [
      'go',
      { ...go, 'compose.yaml': `services:\n  a:\n    image: ${pumped('a-')}!\n    ports: ["${pumped('$')}"]` },
      'x',
      [''],
    ],
    [
      'go',
      {
        ...go,
        'compose.yaml': `services:\n  a:\n    build: .\n    image: "${pumped('@sha256:')}"\n    ports: ["${pumped('{a:-')}"]`,
      },
      'x',
      [''],
    ],
  ];

describe('a text that is made to keep an expression busy', () => {
  it.each(
    cases.flatMap(([language, files, file, texts]) =>
      texts.map((text) => ({ language, files, file, text, shown: JSON.stringify(text.slice(0, 30)) })),
    ),
  )('is read in time: $language, $file, $shown', async ({ language, files, file, text }) => {
    await detected(language, files).catch(() => null);
    const taken = await busyFor(() => detected(language, { ...files, [file]: text }).catch(() => null));
    expect(taken).toBeLessThan(longest);
  });
});
