/** Times as programs write them, found in text. */

/** What a time in whole seconds may stand for: the second that it begins. */
export const secondMs = 1000;
const minuteMs = 60_000;
export const dayMs = 86_400_000;

const month = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const longMonth = '(?:January|February|March|April|May|June|July|August|September|October|November|December)';
const weekday = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';

interface TimeForm {
  form: RegExp;
  /** Milliseconds since 1970; NaN for what is no time after all. */
  read: (match: string) => number;
  /** How coarse it is, in milliseconds. */
  step: number;
}

/** More telling forms first: what one has taken, the next ones do not see. */
const timeForms: readonly TimeForm[] = [
  // 2026-08-01T10:11:12.123Z, 2026-08-01 10:11:12 +0000, 2026-08-01T10_11_12_123Z, 2026/08/01 10:11:12
  {
    form: /\d{4}([-/])\d\d\1\d\d[T _]\d\d([:_-])\d\d\2\d\d(?:[.,_]\d{1,9})?(?: ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d))?/g,
    read: readIso,
    step: secondMs,
  },
  // Sat Aug  1 10:11:12 UTC 2026, Sat Aug 01 2026 10:11:12 GMT+0000
  {
    form: new RegExp(`${weekday},? ${month} +\\d{1,2} \\d\\d:\\d\\d:\\d\\d (?:[A-Z]{3,4} )?\\d{4}`, 'g'),
    read: (match) => Date.parse(`${match.replace(/ [A-Z]{3,4}(?= \d{4}$)/, '')} UTC`),
    step: secondMs,
  },
  {
    form: new RegExp(
      `${weekday} ${month} \\d\\d \\d{4} \\d\\d:\\d\\d:\\d\\d(?: GMT[+-]\\d{4})?(?: \\([^)]{1,60}\\))?`,
      'g',
    ),
    read: (match) => {
      const text = match.replace(/ \(.*$/, '');
      return Date.parse(/GMT/.test(text) ? text : `${text} UTC`);
    },
    step: secondMs,
  },
  // Sat, 01 Aug 2026 10:11:12 +0000, 1 Aug 2026 10:11:12, Saturday, 01-Aug-26 10:11:12 GMT
  {
    form: new RegExp(
      `(?:[A-Z][a-z]{2,8}, )?\\d{1,2}[ -]${month}[ -]\\d{2,4} \\d\\d:\\d\\d:\\d\\d(?: (?:UTC|GMT|[+-]\\d{4}))?`,
      'g',
    ),
    read: (match) => {
      const text = match.replace(/^[A-Z][a-z]+, /, '').replaceAll(/(?<=\d)-|-(?=\d{2,4} )/g, ' ');
      return Date.parse(/(UTC|GMT|[+-]\d{4})$/.test(text) ? text : `${text} UTC`);
    },
    step: secondMs,
  },
  // August 1, 2026 at 10:11:12 AM; Aug  1 2026 10:11:12, as C compilers write __DATE__ and __TIME__
  {
    form: new RegExp(`(?:${longMonth}|${month}) +\\d{1,2},? \\d{4}(?:,| at)? +\\d{1,2}:\\d\\d:\\d\\d(?: [AP]M)?`, 'g'),
    read: (match) => Date.parse(`${match.replace(/(,| at)(?= +\d{1,2}:)/, '')} UTC`),
    step: secondMs,
  },
  // Aug  1 10:11, as ls -l writes times of this year: of no certain year
  // datetime.datetime(2026, 8, 1, 10, 11, 12, 123)
  {
    form: /\(20\d\d, \d{1,2}, \d{1,2}, \d{1,2}, \d{1,2}(?:, \d{1,2})?(?:, \d{1,6})?[,)]/g,
    read: (match) => {
      const [year = 0, monthOf = 1, day = 1, hour = 0, minute = 0, second = 0] = (match.match(/\d+/g) ?? []).map(
        Number,
      );
      return Date.UTC(year, monthOf - 1, day, hour, minute, second);
    },
    step: secondMs,
  },
  // 20260801101112, 20260801T101112Z, 20260801.101112
  {
    form: /(?<!\d)20\d{6}[T_.-]?\d{6}Z?(?!\d)/g,
    read: (match) => {
      const digits = match.replace(/\D/g, '');
      return Date.parse(digits.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3T$4:$5:$6Z'));
    },
    step: secondMs,
  },
  // seconds, milli-, micro- and nanoseconds since 1970
  { form: /(?<![\w.])\d{10}(?:\d{3}|\d{6}|\d{9})?(?:\.\d{1,9})?(?![\w])/g, read: readEpoch, step: secondMs },
  { form: /(?<![\w.])\d{9}(?:\.\d{1,9})?(?![\w.])/g, read: (match) => Number(match) * 1000, step: secondMs },
  { form: /(?<!\d)\d{10}(?:\d{3}|\d{6}|\d{9})?(?!\d)/g, read: readEpoch, step: secondMs },
  // 2026-08-01 10:11
  {
    form: /\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?![\d:])/g,
    read: (match) => Date.parse(`${match.replace(' ', 'T')}:00Z`),
    step: minuteMs,
  },
];

/** Times without a date, and dates without a time, mean something only beside a known day. */
const partForms: readonly { form: RegExp; read: (match: string, near: number) => number; step: number }[] = [
  // 10:11:12.123
  {
    form: /(?<![\d:])\d{1,2}:\d\d:\d\d(?:[.,]\d{1,9})?(?![\d:])/g,
    read: (match, near) => {
      const [hour = 0, minute = 0, second = 0] = match.split(/[:.,]/).map(Number);
      return Math.floor(near / dayMs) * dayMs + ((hour * 60 + minute) * 60 + second) * 1000;
    },
    step: secondMs,
  },
  // Mar  4  2003: ls -l, of other years
  {
    form: new RegExp(`(?<![A-Za-z])${month} +\\d{1,2} +\\d{4}(?!\\d)`, 'g'),
    read: (match) => Date.parse(`${match} UTC`),
    step: dayMs,
  },
  { form: /(?<![\d-])\d{4}-\d\d-\d\d(?![\d-])/g, read: (match) => Date.parse(`${match}T00:00:00Z`), step: dayMs },
];

function readEpoch(match: string): number {
  const [whole = '', fraction] = match.split('.');
  return Number(whole.slice(0, 10)) * 1000 + Number((whole.slice(10) || fraction || '').slice(0, 3).padEnd(3, '0'));
}

function readIso(match: string): number {
  const [, year, monthOf, day, hour, minute, second, fraction = '', zone = ''] =
    /^(\d{4}).(\d\d).(\d\d).(\d\d).(\d\d).(\d\d)(?:[.,_](\d+))? ?(.*)$/.exec(match) ?? [];
  const offset = /^[+-]/.test(zone) ? zone.replace(/^([+-]\d\d):?(\d\d)$/, '$1:$2') : 'Z';
  return Date.parse(
    `${year}-${monthOf}-${day}T${hour}:${minute}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}${offset}`,
  );
}

/** Moments near which a time of day or a date without a time is looked for. Milliseconds since 1970. */
export type Near = readonly { began: number; fileTime: Date }[];

/**
 * Puts `<time>` in the place of every time, in any common form, that belongs somewhere.
 * @param belongs told a time (milliseconds since 1970) and how coarse it is (milliseconds).
 * @param near what a time without a date, or a date without a time, may be near to; none: such are left alone.
 * @param take told each time that is replaced, as it was written.
 */
export function maskTimes(
  text: string,
  belongs: (at: number, step: number) => boolean,
  near: Near = [],
  take: (word: string) => void = () => undefined,
): string {
  const masking = (ours: (match: string) => boolean) => (match: string) => {
    if (!ours(match)) return match;
    take(match);
    return '<time>';
  };
  const masked = timeForms.reduce(
    (rest, { form, read, step }) =>
      rest.replace(
        form,
        masking((match) => belongs(read(match), step)),
      ),
    text,
  );
  const days = near.flatMap(({ began, fileTime }) => [began, fileTime.getTime()]).filter(Number.isFinite);
  if (days.length === 0) return masked;
  return partForms.reduce(
    (rest, { form, read, step }) =>
      rest.replace(
        form,
        masking((match) => days.some((day) => belongs(read(match, day), step))),
      ),
    masked,
  );
}

/** Whether two texts hold the same moments, written in two zones, and are the same but for that. */
export function sameMoments(a: string, b: string): boolean {
  const [left, right] = [inUtc(a), inUtc(b)];
  return left.text === right.text && left.offsets !== right.offsets;
}

/** Text with each time that names its zone (`Z`, `UTC`, `GMT`, `+02:00`) as the moment that it is. */
function inUtc(text: string): { text: string; offsets: string } {
  const offsets: string[] = [];
  const moments = timeForms.reduce(
    (rest, { form, read }) =>
      rest.replace(form, (match) => {
        const zone = /(?:Z|UTC|GMT|[+-]\d\d:?\d\d)$/.exec(match)?.[0];
        const at = zone === undefined ? Number.NaN : read(match);
        if (zone === undefined || Number.isNaN(at)) return match;
        offsets.push(/^[+-]/.test(zone) && !/^[+-]00:?00$/.test(zone) ? zone.replace(':', '') : '0');
        // Digits after the second are part of what is written, beyond milliseconds as well.
        return `<moment ${at} ${/[.,_](\d+)(?= ?[A-Z+-]+[\d:]*$)/.exec(match)?.[1] ?? ''}>`;
      }),
    text,
  );
  return { text: moments, offsets: offsets.join() };
}

const plausible = { from: Date.UTC(2000, 0, 1), to: Date.UTC(2100, 0, 1) };

/** Whether a whole word is a time that a program of our days could have written. */
export function isTime(word: string): boolean {
  return maskTimes(word, (at) => at >= plausible.from && at < plausible.to) === '<time>';
}

/** Dates without a time, in the forms that people read. */
const dateForms: readonly RegExp[] = [
  /(?<![\d.-])20\d\d([-/.])(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])(?![\d.-])/g,
  /(?<![\d.-])(?:0?[1-9]|[12]\d|3[01])([/.])(?:0?[1-9]|1[0-2])\1(?:20)?\d\d(?![\d.-])/g,
  /(?<![\d.-])(?:0?[1-9]|1[0-2])\/(?:0?[1-9]|[12]\d|3[01])\/(?:20)?\d\d(?![\d.-])/g,
  /(?<!\d)20\d\d-W(?:0[1-9]|[1-4]\d|5[0-3])(?:-[1-7])?(?!\d)/g,
  new RegExp(
    `(?:${weekday}[a-z]*,? )?(?<!\\d)\\d{1,2}(?:st|nd|rd|th)?[ -](?:${longMonth}|${month})[ -](?:20)?\\d\\d(?!\\d)`,
    'g',
  ),
  new RegExp(`(?:${weekday}[a-z]*,? )?(?:${longMonth}|${month}) +\\d{1,2}(?:st|nd|rd|th)?,? 20\\d\\d(?!\\d)`, 'g'),
];

/** Puts `<time>` in the place of everything that looks like a time or a date of our days. */
export function maskDates(text: string): string {
  const masked = maskTimes(text, (at) => at >= plausible.from && at < plausible.to);
  return dateForms.reduce((rest, form) => rest.replace(form, '<time>'), masked);
}
