// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates of HCL
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deepest } from '../../../../src/caution/hcl/scanner.ts';
import { parseHcl } from '../../../../src/caution/hcl/syntax.ts';
import type { Expression } from '../../../../src/caution/hcl/tree.ts';
import { busyFor } from '../../busy.ts';

const numRuns = Number(process.env.SETTINGS_RUNS ?? 2000);

/** The value of `a` in a file that says nothing else. */
function value(text: string): Expression {
  const { body, error } = parseHcl(`a = ${text}`);
  const [item] = body?.items ?? [];
  if (item?.kind !== 'attribute') throw new Error(error?.message ?? 'no attribute');
  return item.value;
}

const accepted = (text: string) => parseHcl(text).error === null;

describe('the syntax of caution.hcl', () => {
  it.each([
    ...[
      '',
      '\n\n',
      '# only',
      '// only',
      '/* only */',
      'a = 1',
      'a = 1 # x',
      'a = 1 /* x */ // y',
      '/* x */ a /* y */ = /* z */ 1',
    ],
    ...[
      'a {}',
      'a { b = 1 }',
      'a { # c\n}',
      'a "b" c "d" {\n}\n',
      'a {\n  b {\n    c = 1\n  }\n}',
      'a {\r\n  b = 1\r\n}\r\n',
    ],
    ...[
      'a = [\n  1, # x\n  2,\n]',
      'a = {b = 1, "c" : 2,}',
      'a = {\n  b = 1 // x\n  c = 2\n}',
      'a = [for x in y : x if z]',
    ],
    ...[
      'a = {for k, v in y : k => v...}',
      'a = (1\n+ 2)',
      'a = b ? c : d',
      'a = x.y[0].*.z[*]',
      'a = x::y("z", [1]...)',
      'ä-b = !c',
    ],
    ...[
      'a = "x\ny"',
      'a = "${f("}")}"',
      'a = "%{ if x }"y"%{ else }z%{ endif }"',
      'a = <<E\nhi\n  E',
      'a = <<-E\n  E\n',
    ],
  ])('takes what the platform takes: %j', (text) => expect(parseHcl(text).error).toBeNull());

  it.each([
    ['a = 1 b = 2', 1, 7, 'Here the line should end.'],
    ['a = 1\na = 2', 2, 1, 'a is said twice.'],
    ['a =\n1', 1, 4, 'Here a value is missing.'],
    ['a\n{}', 1, 2, 'After a name there is "=", a label or "{".'],
    ['a "b" = 1', 1, 7, 'After the label of a block there is "{".'],
    ['a "b${c}" {}', 1, 3, 'A label may not be a template.'],
    ['a {\n  b = 1 }', 2, 9, 'Here the line should end.'],
    ['a { b = 1, c = 2 }', 1, 10, 'A block ends with "}".'],
    ['a {\n', 2, 1, 'A block ends with "}".'],
    ['}', 1, 1, 'This "}" closes nothing.'],
    ['\ufeffa = 1', 1, 1, 'The file begins with a byte order mark.'],
    ['/*', 1, 1, 'A comment has no end.'],
    ['a = [1 2]', 1, 8, 'The items of a list are separated by commas, and it ends with "]".'],
    ['a = {b = 1 c = 2}', 1, 12, 'The entries of a map are separated by commas or line breaks, and it ends with "}".'],
    ['a = "x', 1, 5, 'A text in quotes has no end.'],
    ['a = "\\q"', 1, 6, 'The escapes are \\n, \\r, \\t, \\b, \\f, \\", \\\\, \\/, \\uXXXX and \\UXXXXXXXX.'],
    ['a = "\\ud800"', 1, 6, 'This escape is no Unicode character.'],
    ['a = "${x"', 1, 9, 'A template ends with "}".'],
    ['a = "%{x}"', 1, 6, '"%{" begins "if" or "for"; for the text itself write "%%{".'],
    ['a = <<E\nhi', 1, 5, 'A heredoc ends with a line of E.'],
    ['a = 18446744073709551616', 1, 5, 'The number is too large.'],
    ['a = x::y', 1, 9, 'A function is called with "(…)".'],
    ['1a = 1', 1, 1, 'Here a name is expected: "name = value", or "name {".'],
    ['"a" = 1', 1, 1, 'Here a name is expected: "name = value", or "name {".'],
    ['a = 1\rb = 2', 1, 6, 'Here the line should end.'],
  ])('says where %j is wrong', (text, line, column, message) =>
    expect(parseHcl(text)).toMatchObject({ body: null, error: { line, column, message } }),
  );

  it.each([
    ['"\\n\\t\\"\\\\\\/\\u00e9\\U0001F600"', '\n\t"\\/é😀'],
    ['"$${a} %%{b} $ % $$ $a"', '${a} %{b} $ % $$ $a'],
    ['"$$${a}"', '$${a}'],
    ['"\n"', '\n'],
  ])('reads the text %s', (text, wanted) => expect(value(text)).toMatchObject({ kind: 'string', value: wanted }));

  it.each([
    ['"x ${ a }\\n"', 'x ${ a }\n'],
    ['"$${b} ${a}"', '$${b} ${a}'],
    ['<<E\n a $${b} \\n\nE', ' a $${b} \\n\n'],
    ['<<-E\n   a\n\n  b\n  E', ' a\n\nb\n'],
    ['<<E\nE', ''],
  ])('leaves the template %j as it is', (text, wanted) =>
    expect(value(text)).toMatchObject({ kind: 'template', value: wanted }),
  );

  it.each([
    ['1', 1n],
    ['80.0', 80n],
    ['1e3', 1000n],
    ['-2', -2n],
    ['1.5', 1.5],
    ['18446744073709551615', 18446744073709551615n],
  ])('reads the number %s', (text, wanted) => expect(value(text)).toMatchObject({ kind: 'number', value: wanted }));

  it('knows the place of everything', () => {
    const text = '# c\na "b" {\n  c = [1, "d"]\n}\n';
    const [block] = parseHcl(text).body?.items ?? [];
    if (block?.kind !== 'block') throw new Error('no block');
    const [item] = block.body.items;
    if (item?.kind !== 'attribute' || item.value.kind !== 'list') throw new Error('no list');
    const at = ({ start, end }: { start: number; end: number }) => text.slice(start, end);
    expect([block, ...block.labels, block.body, item, ...item.value.items].map(at)).toEqual([
      ...['a "b" {\n  c = [1, "d"]\n}', '"b"', '\n  c = [1, "d"]\n', 'c = [1, "d"]', '1', '"d"'],
    ]);
    expect(parseHcl(text).place(item.value.start)).toEqual({ line: 3, column: 7 });
  });

  it.each(['[', '{a=', '(', '!', '"${', 'a(', '1 ? ', '-', '<<E\n${'])('refuses %j without end', (open) => {
    expect(accepted(`a = ${open.repeat(100_000)}`)).toBe(false);
  });
  it('refuses blocks in blocks without end', () => expect(accepted('a {\n'.repeat(100_000))).toBe(false));
  it('takes what is nested less than too deep', () => {
    const depth = deepest - 1;
    expect(accepted(`a = ${'['.repeat(depth)}1${']'.repeat(depth)}`)).toBe(true);
  });

  it.each([
    'a = 1\n',
    'a "b" {\n',
    '# x\n',
    '/* x */',
    'b = "${x}"\n',
    'b = <<E\nE\n',
    'b = <<-E\n  ${x}\n  E\n',
    '[1, ',
    '{a = 1, ',
    'a ? b : ',
    'a + ',
    'x.y',
    '"\\u0041 $${',
    '%{ if x }',
    '/*',
    '\n ',
    '"',
    '$',
    '\\',
    'é\ud800',
  ])(
    'reads a megabyte of %j in less than a second',
    async (piece) => {
      const long = piece.repeat(1_000_000 / piece.length);
      for (const text of [long, `a = [${long}`, `a = <<-X\n${long}\nX`])
        expect(await busyFor(() => parseHcl(text))).toBeLessThan(1000);
    },
    60_000,
  );

  it('never throws', () => {
    const pieces = fc.constantFrom(
      ...[
        'a',
        'b',
        '=',
        '{',
        '}',
        '[',
        ']',
        '(',
        ')',
        '"',
        '$',
        '%',
        '${',
        '%{',
        '$${',
        '%%{',
        '\n',
        '\r\n',
        ' ',
        '#',
        '//',
      ],
      ...[
        '/*',
        '*/',
        '<<',
        '<<-',
        'E',
        '\nE\n',
        '1',
        '.',
        ',',
        ':',
        '::',
        '?',
        '!',
        '-',
        '\\',
        '\\n',
        'if ',
        'for ',
        'in ',
        '~',
        '...',
      ],
    );
    const text = fc.oneof(
      fc.array(pieces, { maxLength: 40 }).map((all) => all.join('')),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(text, (one) => {
        const { body, error } = parseHcl(one);
        expect(body === null).toBe(error !== null);
      }),
      { numRuns },
    );
  }, 300_000);
});
