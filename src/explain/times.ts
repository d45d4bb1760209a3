/** Times as programs write them, found in text. */

const month = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const timeForms: readonly { form: RegExp; read: (match: string) => number }[] = [
  // seconds, milli-, micro- and nanoseconds since 1970
  { form: /(?<!\d)\d{10}(?:\d{3}|\d{6}|\d{9})?(?:\.\d{1,9})?(?!\d)/g, read: readEpoch },
  // 2026-08-01T10:11:12.123Z, 2026-08-01 10:11:12 +0000
  {
    form: /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d))?/g,
    read: (match) => Date.parse(readIso(match)),
  },
  // Sat Aug  1 10:11:12 UTC 2026
  {
    form: new RegExp(`(?:[A-Z][a-z]{2},? )?${month} +\\d{1,2} \\d\\d:\\d\\d:\\d\\d (?:UTC |GMT )?\\d{4}`, 'g'),
    read: (match) => Date.parse(`${match.replace(/ (?:UTC|GMT)/, '')} UTC`),
  },
  // Sat, 01 Aug 2026 10:11:12 +0000
  {
    form: new RegExp(
      `(?:[A-Z][a-z]{2}, )?\\d{1,2} ${month} \\d{4} \\d\\d:\\d\\d:\\d\\d(?: (?:UTC|GMT|[+-]\\d{4}))?`,
      'g',
    ),
    read: (match) => Date.parse(/(UTC|GMT|[+-]\d{4})$/.test(match) ? match : `${match} UTC`),
  },
  // Aug  1 2026 10:11:12, as C compilers write __DATE__ and __TIME__
  {
    form: new RegExp(`${month} [ \\d]\\d \\d{4}[ ,]+\\d\\d:\\d\\d:\\d\\d`, 'g'),
    read: (match) => Date.parse(`${match} UTC`),
  },
  // 20260801101112, 20260801T101112Z
  {
    form: /(?<!\d)20\d{6}[T_-]?\d{6}Z?(?!\d)/g,
    read: (match) => {
      const digits = match.replace(/\D/g, '');
      return Date.parse(digits.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3T$4:$5:$6Z'));
    },
  },
];

function readEpoch(match: string): number {
  const [whole = '', fraction] = match.split('.');
  return Number(whole.slice(0, 10)) * 1000 + Number((whole.slice(10) || fraction || '').slice(0, 3).padEnd(3, '0'));
}

function readIso(match: string): string {
  const text = match
    .replace(' ', 'T')
    .replace(',', '.')
    .replace(/ ?(UTC|GMT)$/, 'Z')
    .replace(' ', '');
  return /(Z|[+-]\d\d:?\d\d)$/.test(text) ? text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2') : `${text}Z`;
}

/** Puts `<time>` in the place of every time, in any common form, that belongs somewhere. Milliseconds since 1970. */
export function maskTimes(text: string, belongs: (at: number) => boolean): string {
  return timeForms.reduce(
    (rest, { form, read }) => rest.replace(form, (match) => (belongs(read(match)) ? '<time>' : match)),
    text,
  );
}
