/** Language and time zone. */
import type { WordPair } from './differing.ts';
import type { Look } from './look.ts';

const zoneName = /^(?:UTC|GMT|CES?T|EES?T|WES?T|[ECMP][SD]T|BST|JST|IST|AES?T|[+-]\d\d:?\d\d)$/;

export function zone({ a, b, context }: WordPair): Look | null {
  if (zoneName.test(a) && zoneName.test(b))
    return { cause: 'timezone', because: 'the names of two time zones stand in it' };
  const area = /^[A-Z][a-z]+\/[A-Z][A-Za-z_]+$|^UTC$/;
  if (area.test(a) && area.test(b) && /\//.test(a + b))
    return { cause: 'timezone', because: 'two time zones stand in it' };
  const [offsetA, offsetB] = [a, b].map((one) => /[T ]?\d\d:\d\d(?::\d\d)?([+-]\d\d:?\d\d|Z)$/.exec(one)?.[1]);
  if (offsetA && offsetB && offsetA !== offsetB)
    return { cause: 'timezone', because: `offsets ${offsetA} and ${offsetB}` };
  const apart = Math.abs(clockOf(a) - clockOf(b));
  return apart > 0 &&
    apart % 1800 === 0 &&
    !Number.isNaN(apart) &&
    /\b(?:time ?)?zone\b|\blocal ?time\b|\bTZ\b/i.test(context)
    ? { cause: 'timezone', because: 'two times stand whole half-hours apart' }
    : null;
}

function clockOf(text: string): number {
  const [, hour, minute, second = '0'] = /(\d\d):(\d\d)(?::(\d\d))?/.exec(text) ?? [];
  return hour === undefined ? Number.NaN : (Number(hour) * 60 + Number(minute)) * 60 + Number(second);
}

export function locale({ a, b, context, other }: WordPair): Look | null {
  const tag = /^(?:[a-z]{2,3}[_-][A-Z]{2}|C|POSIX)(?:\.[A-Za-z0-9-]+)?$/;
  if (tag.test(a) && tag.test(b)) return { cause: 'locale', because: 'the names of two languages stand in it' };
  const decimal = context !== other && withPoints(context) === withPoints(other);
  if (decimal) return { cause: 'locale', because: 'numbers are written with another decimal sign' };
  const [languageA, languageB] = [languageOf(a), languageOf(b)];
  if (languageA && languageB && languageA !== languageB)
    return { cause: 'locale', because: `names of days or months in two languages: ${languageA} and ${languageB}` };
  return /^LANG(?:UAGE)?=|\bLC_[A-Z]+=/.test(context)
    ? { cause: 'locale', because: 'a setting of the language stands in it' }
    : null;
}

/** Names of days and months, by language; those that several languages share tell nothing. */
const calendars: Record<string, string> = {
  English:
    'monday tuesday wednesday thursday friday saturday sunday january february march may june july october december mon tue wed thu fri sun mar oct dec',
  German:
    'montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag januar februar märz mai juni juli oktober dezember mo di mi do fr mär okt dez',
  French:
    'lundi mardi mercredi jeudi vendredi samedi dimanche janvier février mars avril mai juin juillet août septembre octobre novembre décembre lun mer jeu ven sam dim févr avr juil',
  Spanish:
    'lunes martes miércoles jueves viernes sábado domingo enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre lun mié jue vie sáb dom ene abr ago dic',
  Italian:
    'lunedì martedì mercoledì giovedì venerdì sabato domenica gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre dicembre gio dom gen mag giu lug ott dic',
  Portuguese:
    'segunda terça quarta quinta sexta janeiro fevereiro março maio junho julho setembro outubro novembro dezembro seg ter qua qui sex fev set out dez',
  Dutch: 'maandag dinsdag woensdag donderdag vrijdag zaterdag zondag januari februari maart mei juni juli augustus',
};
const languages = new Map<string, string | null>();
for (const [language, names] of Object.entries(calendars)) {
  for (const name of names.split(' ')) languages.set(name, languages.has(name) ? null : language);
}

/** @param bytes a byte string. */
function languageOf(bytes: string): string | null {
  const text = Buffer.from(bytes, 'latin1').toString('utf8').toLowerCase();
  return languages.get(text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '')) ?? null;
}

/** Numbers as English writes them. */
function withPoints(text: string): string {
  return text.replace(/(?<=\d),(?=\d)/g, '.');
}
