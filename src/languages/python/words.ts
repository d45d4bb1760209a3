import { splitWords } from '../../caution/words.ts';

/** The words of an exec or a shell form; a shell inside (`sh -c "…"`) is opened. */
export function wordsOf(command: string): string[] {
  const words = execForm(command) ?? splitWords(command.replaceAll('\t', ' ')) ?? [];
  const shell = words.findIndex((word) => /^-\w*c$/.test(word));
  const opened = shell > 0 && /(^|\/)(ba|da|a)?sh$/.test(words[shell - 1] ?? '') ? words[shell + 1] : undefined;
  return opened === undefined ? words : (splitWords(opened.replaceAll('\t', ' ')) ?? []);
}

function execForm(command: string): string[] | null {
  try {
    const parsed: unknown = JSON.parse(command);
    return Array.isArray(parsed) ? parsed.filter((word) => typeof word === 'string') : null;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return null; // no JSON: the shell form
  }
}
