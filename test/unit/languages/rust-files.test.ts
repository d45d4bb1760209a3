import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Detection } from '../../../src/languages/language.ts';
import { projectOf } from '../../../src/languages/project.ts';
import { detectRust } from '../../../src/languages/rust/detect.ts';
import { rust } from '../../../src/languages/rust/index.ts';
import { literalsOf, withoutTests } from '../../../src/languages/rust/sources.ts';
import { busyFor } from '../busy.ts';

/** What a Rust program's sources name: files that it reads, and parts of the workspace that it is made of. */

function locked(...names: string[]): string {
  return ['version = 4', ...names.map((name) => `[[package]]\nname = "${name}"\nversion = "0.1.0"`)].join('\n\n');
}

function manifest(name: string, more = ''): string {
  return `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2021"\n${more}`;
}

function build(files: Record<string, string>): Record<string, unknown> & { detection: Detection } {
  const detection = detectRust(projectOf(files)) as Detection;
  const entry = detection.entry ?? '';
  const app = { name: 'shop', entry, dir: '', manager: 'cargo', build: detection.build, starter: false };
  return { ...rust.runnable(app).build, detection };
}

function shop(code: string, files: Record<string, string> = {}) {
  return build({ 'Cargo.toml': manifest('shop'), 'Cargo.lock': locked('shop'), 'src/main.rs': code, ...files });
}

describe('string literals', () => {
  test.each([
    ['f("a")', ['a']],
    ['r"b" r#"c "quoted" d"#', ['b', 'c "quoted" d']],
    ['// "no"\n/* "no" */ "yes"', ['yes']],
    ['let quote = \'"\'; "after"', ['after']],
    ['fn f<\'a>(x: &\'a str) { "life" }', ['life']],
    ['"one \\" still"', ['one \\" still']],
    ['#[cfg(test)]\nmod t { "no" }', []],
    ['"open', []],
  ])('of %j are %j', (source, values) => {
    expect(literalsOf(source).map(({ value }) => value)).toEqual(values);
  });
});

describe('a source without its tests', () => {
  test.each([
    ['#[cfg(test)]\nmod tests;\nfn a() {}\n', '\n\nfn a() {}\n'],
    ['#[cfg(test)]\nuse x::{y, z};\na\n', '\n\na\n'],
    ['a\n#[cfg(test)]\nmod tests {\n    b\n}\nc\n', 'a\n\n\n\n\nc\n'],
    ['mod x {\n    #[cfg(test)]\n    mod t {\n        b\n    }\n    c\n}\n', 'mod x {\n\n\n\n\n    c\n}\n'],
    ['#[cfg(test)]\nmod t { b {} }\nc\n', '\n\nc\n'],
    ['#[cfg(test)]\n#[path = "t.rs"]\nmod t;\nc\n', '\n\n\nc\n'],
    ['#[cfg(all(test, unix))]\nmod t {\n}\nc\n', '\n\n\nc\n'],
    ['#[cfg(test)]\nmod t {\n  never closed\n', '\n\n\n'],
    ['#[cfg(testing)]\nmod t;\n', '#[cfg(testing)]\nmod t;\n'],
  ])('of %j is %j, every place as it was', (source, left) => {
    const text = withoutTests(source);
    expect(text).toHaveLength(source.length);
    expect(text.replace(/ +$/gm, '')).toBe(left);
  });

  test('takes no time, whatever it is', async () => {
    const took = await busyFor(() => {
      withoutTests('#[cfg(test)]\nmod t {\n'.repeat(100_000));
      withoutTests('#[cfg(test)]\n'.repeat(200_000));
      withoutTests(`${'#[cfg(test)]\n'.repeat(100_000)}mod t {\n}\n`);
    });
    expect(took).toBeLessThan(2000);
  });
});

describe('a file that is read at run time', () => {
  const there = { 'templates/a.html': '', 'static/a.css': '', 'config/base.yaml': '', 'config/local.yaml': '' };

  test.each([
    ['Tera::new("templates/**/*.html")', [{ folder: '/', sources: ['templates'] }]],
    ['ServeDir::new("./static/")', [{ folder: '/', sources: ['static'] }]],
    ['Files::new("/static", "static")', [{ folder: '/', sources: ['static'] }]],
    ['config::File::with_name("config/base")', [{ folder: '/config/', sources: ['config/base.yaml'] }]],
    ['#[arg(default_value = "config/base.yaml")] c: P', [{ folder: '/config/', sources: ['config/base.yaml'] }]],
    ['ServeDir::new(concat!(env!("CARGO_MANIFEST_DIR"), "/static"))', [{ folder: '/src/', sources: ['static'] }]],
    ['FileServer::from(relative!("static"))', [{ folder: '/src/', sources: ['static'] }]],
    ['include_str!("templates/a.html")', []],
    ['include_dir!(concat!(env!("CARGO_MANIFEST_DIR"), "/static"))', []],
    ['ServeDir::new("elsewhere")', []],
    ['// ServeDir::new("static")', []],
    ['nest_service("/static", x)', []],
    ['fs::read_to_string("src/main.rs")', []],
    ['fs::read_to_string("../static/a.css")', []],
  ])('by %s goes to where it is looked for', (code, files) => {
    expect(shop(`fn main() { ${code}; }`, there).files).toEqual(files);
  });

  test('is not copied over what the image has of its own, and that is said', () => {
    const { files, detection } = shop('fn main() { ServeDir::new("lib"); }', { 'lib/a.js': '' });
    expect(files).toEqual([]);
    expect(detection.findings).toMatchObject([{ id: 'rust-file-reserved', path: 'src/main.rs', line: 1 }]);
  });

  test('has its place as evidence', () => {
    const { detection } = shop('fn main() {\n    ServeDir::new("static");\n}\n', there);
    expect(detection.evidence).toContainEqual({ setting: 'files', value: 'static', from: 'src/main.rs:2' });
  });
});

describe('the parts of a workspace that are compiled', () => {
  const workspace = (files: Record<string, string>) =>
    build({
      'Cargo.toml': '[workspace]\nmembers = ["api", "other"]\n',
      'Cargo.lock': locked('api', 'other'),
      'api/Cargo.toml': manifest('api'),
      'api/src/main.rs': 'fn main() {}\n',
      'other/Cargo.toml': manifest('other'),
      'other/src/lib.rs': '',
      'proto/a.proto': '',
      'sql/a.sql': '',
      ...files,
    }).copies;

  test('are the members that the program depends on', () => {
    expect(workspace({})).toEqual(['api']);
  });

  test.each([
    ['api/src/main.rs', 'include_str!("../../sql/a.sql")', ['api', 'sql/a.sql']],
    ['api/src/main.rs', '#[folder = "$CARGO_MANIFEST_DIR/../sql"] struct S;', ['api', 'sql']],
    ['api/build.rs', 'fn main() { compile(&["../proto/a.proto"]) }', ['api', 'proto']],
  ])('and what %s names outside: %s', (file, code, copies) => {
    expect(workspace({ [file]: code })).toEqual(copies);
  });

  test.each([
    ['api/build.rs', 'fn main() { run("../made/by-me.txt") }'],
    ['api/src/main.rs', 'Path::new(env!("CARGO_MANIFEST_DIR")).parent()'],
    ['api/src/main.rs', 'include_str!("../../Cargo.toml"); include_dir!("../..")'],
  ])('are all where %s finds its way in another manner: %s', (file, code) => {
    expect(workspace({ [file]: code })).toEqual([]);
  });
});

describe('hostile names', () => {
  const piece = fc.constantFrom('a', 'a b', '$(x)', '..', '-x', '\nRUN x', '{{x}}', '"', "'", ';', 'ok');
  const name = fc.array(piece, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));

  test('of folders and files reach no line of a Containerfile', () => {
    fc.assert(
      fc.property(name, name, (member, file) => {
        const files = {
          'Cargo.toml': `[workspace]\nmembers = [${JSON.stringify(member)}, "other"]\n`,
          'Cargo.lock': locked('api', 'other'),
          [`${member}/Cargo.toml`]: manifest('api'),
          [`${member}/src/main.rs`]: `fn main() { ServeDir::new(${JSON.stringify(file)}); include_str!(${JSON.stringify(`../../${file}`)}) }`,
          [`${member}/${file}`]: '',
          [file]: '',
          'other/Cargo.toml': manifest('other'),
          'other/src/lib.rs': '',
        };
        const { copies, files: read } = build(files);
        expect(JSON.stringify([copies, read])).toMatch(/^[\w"{}[\]:,./@+-]*$/);
        expect(JSON.stringify([copies, read])).not.toMatch(/\.\.|"-/);
      }),
    );
  });

  test.each(['var("PORT")', 'r#"', 'Arg::new("port")', 'ServeDir::new("'])(
    'and endless code take no time: %s',
    (code) => {
      const started = performance.now();
      shop(code.repeat(100_000));
      expect(performance.now() - started).toBeLessThan(3000);
    },
  );
});
