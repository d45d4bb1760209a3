/** One assignment of a file of variables. */
export interface Assignment {
  name: string;
  /** Without quotes around it, and without a comment behind it. */
  value: string;
  line: number;
}

/** A longer text is read no further: no file of settings that a person wrote is. */
const longest = 200_000;

/** The assignments of a `.env` file, or of an example of one; nothing is expanded. Source: https://dotenvx.com/docs/env-file */
export function readDotenv(text: string): Assignment[] {
  return text
    .slice(0, longest)
    .split('\n')
    .flatMap((line, index) => {
      const match = /^(?:export[ \t]{1,20})?([A-Za-z_]\w*)[ \t]{0,20}=(.*)$/s.exec(line.trim());
      return match ? [{ name: match[1] ?? '', value: unquoted((match[2] ?? '').trim()), line: index + 1 }] : [];
    });
}

function unquoted(value: string): string {
  const quote = value.charAt(0);
  const end = quote === '"' || quote === "'" ? value.indexOf(quote, 1) : -1;
  if (end > 0) return value.slice(1, end);
  const comment = value.search(/[ \t]#/);
  return comment < 0 ? value : value.slice(0, comment).trim();
}
