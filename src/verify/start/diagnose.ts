import { printable, printableLine } from '../../output.ts';
import { idioms, type Trouble } from './idioms.ts';

/** What a service's own output says of why it does not run as it should. */
export interface Diagnosis {
  trouble: Trouble;
  /** The variable, host, address, library or path that it is about; null when the output does not name it. */
  subject: string | null;
  /** The line that says so, on one line and at most 200 characters. */
  evidence: string;
}

/** The last of a long output is what counts. */
const maxLog = 128 * 1024;
const maxLine = 2000;
const maxDiagnoses = 20;

/**
 * Recognises, in what a service wrote before it ended or did not listen, the words of runtimes and common libraries.
 * @param log hostile text.
 * @returns in the order of the output, each trouble with each subject once.
 */
export function diagnose(log: string): Diagnosis[] {
  const text = printable(log.slice(-maxLog));
  const lines = text.split('\n').map((line) => line.slice(0, maxLine));
  const found: Diagnosis[] = [...inBlocks(lines), ...lines.flatMap((line) => ofLine(line, lines))];
  const unique = new Map<string, Diagnosis>();
  for (const one of found) {
    const key = `${one.trouble} ${one.subject}`;
    if (!unique.has(key)) unique.set(key, one);
  }
  const named = new Set([...unique.values()].filter(({ subject }) => subject !== null).map(({ trouble }) => trouble));
  // A line without a name says no more than one of the same trouble that has it.
  return [...unique.values()]
    .filter(({ trouble, subject }) => subject !== null || !named.has(trouble))
    .slice(0, maxDiagnoses);
}

function ofLine(line: string, lines: readonly string[]): Diagnosis[] {
  const key = /^KeyError: '([A-Za-z_]\w{0,63})'$/.exec(line.trim())?.[1];
  if (key !== undefined) return fromEnviron(lines) ? [diagnosis('variable', key, line)] : [];
  for (const { trouble, pattern, groups = [] } of idioms) {
    const match = pattern.exec(line);
    if (!match) continue;
    const subject = groups.map((group) => match[group]).find((text) => text !== undefined && text !== '') ?? null;
    if (trouble === 'variable' && subject !== null && isNoVariable(subject)) continue;
    return [diagnosis(trouble, trouble === 'variable' ? (subject?.toUpperCase() ?? null) : subject, line)];
  }
  return [];
}

function diagnosis(trouble: Trouble, subject: string | null, line: string): Diagnosis {
  return {
    trouble,
    subject: subject === null ? null : printableLine(subject.replaceAll(/["']/g, ''), 200),
    evidence: printableLine(line),
  };
}

/** Words in capitals that logs have where a variable's name could stand. */
function isNoVariable(word: string): boolean {
  return /^(?:ERROR|FATAL|WARN|WARNING|INFO|DEBUG|TRACE|PANIC|CRITICAL|NOTICE|TLS|SSL|HTTP|HTTPS|JSON|YAML|TOML|SQL|GET|PUT|POST|DELETE|PATCH|HEAD|OPTIONS|OK|ID|IP|URL|URI|UTF|NULL|CA)$/.test(
    word,
  );
}

/** A KeyError may come from any dictionary: that of the environment is `os.environ`, in os.py. */
function fromEnviron(lines: readonly string[]): boolean {
  return lines.some((line) => /os\.environ|File "[^"]{0,300}[/<](?:frozen )?os(?:\.py|>)", line \d+/.test(line));
}

/** Messages of several lines: the name stands on another line than the complaint. */
function inBlocks(lines: readonly string[]): Diagnosis[] {
  return lines.flatMap((line, index) => {
    const before = lines[index - 1]?.trim() ?? '';
    // pydantic: the field, then what is wrong with it.
    if (/^\s+Field required \[type=missing|^\s+field required \(type=value_error\.missing\)/.test(line)) {
      const settings = lines
        .slice(0, index)
        .some((one) => /validation errors? for \w{0,60}(?:Settings|Config|Env)/i.test(one));
      return settings && /^\w{1,64}$/.test(before)
        ? [diagnosis('variable', before.toUpperCase(), `${before}: ${line.trim()}`)]
        : [];
    }
    // zod: a list of issues as JSON, each with a path.
    const path = /^\s*"([A-Z][A-Z0-9_]{1,63})"$/.exec(line)?.[1];
    if (path !== undefined && /^"path": \[$/.test(before)) {
      const around = lines.slice(Math.max(0, index - 6), index + 4).join('\n');
      return /received"?:? "?undefined|"Required"/.test(around)
        ? [diagnosis('variable', path, `${path}: required, and undefined`)]
        : [];
    }
    // dotenv-safe and others: a heading, then the names.
    if (
      /(?:[Mm]issing|[Uu]ndefined|not present in the) (?:\w+ ){0,2}(?:environment(?: variables?)?|env(?: vars?)?):$/.test(
        before,
      )
    ) {
      const names = line.split(/[\s,:-]+/).filter((word) => /^[A-Z][A-Z0-9_]{1,63}$/.test(word));
      return names.map((name) => diagnosis('variable', name, `${before} ${line.trim()}`));
    }
    return [];
  });
}
