import { parseProcfile } from '../../caution/procfile.ts';
import { splitWords } from '../../caution/words.ts';
import type { Project } from '../../languages/language.ts';
import { lineOf, literal, type Sighting } from '../../languages/scan.ts';
import { printableLine } from '../../output.ts';
import { looksSecret } from '../../secrets.ts';
import { type Command, type Part, together } from '../facts.ts';
import { beforeFinding } from '../rules.ts';
import { recordOf } from './fly.ts';
import { readJson } from './railway.ts';

/** What Heroku, and the platforms that read its files, are told of the service. */
export function herokuFacts(project: Project): Part {
  return together([procfileFacts(project), manifestFacts(project)]);
}

/**
 * A Procfile in Heroku's form: a line a process type, `web` being the one that gets requests.
 * Source: https://devcenter.heroku.com/articles/procfile
 */
function procfileFacts(project: Project): Part {
  const text = project.read('Procfile');
  // Where `run` stands it is Caution's own, whatever else it holds.
  if (text === null || text.length > 200_000 || parseProcfile(text).run !== null) return {};
  const lines = text.split('\n').flatMap((line, index): (Sighting & { key: string })[] => {
    const match = /^([A-Za-z0-9_-]{1,100}):(.*)$/.exec(line.trimEnd());
    const value = match?.[2]?.trim() ?? '';
    return match && value !== '' ? [{ key: match[1] ?? '', value, from: `Procfile:${index + 1}` }] : [];
  });
  const [first] = lines;
  if (first === undefined) return {};
  const release = lines.filter(({ key }) => key === 'release');
  const running = lines.filter(({ key }) => key !== 'release').flatMap(commandOf);
  const web = running.find(({ process }) => process === 'web') ?? running[0];
  const types = lines.map(({ key }) => printableLine(key, 30)).slice(0, 5);
  return {
    commands: web === undefined ? [] : [web],
    beside: running.filter((command) => command !== web),
    findings: [
      {
        id: 'procfile-of-another',
        level: 'warning',
        path: 'Procfile',
        line: Number(first.from.slice('Procfile:'.length)),
        message: `This Procfile is another platform's: Caution does not know ${types.join(', ')}, and says nothing of it.`,
        why: 'Caution reads a file of this name, with keys of its own, and would find no run command.',
        source: 'https://docs.caution.co',
        mend: 'It is replaced when you agree (--overwrite), and the other platform then needs its own from elsewhere.',
      },
      ...(release.length > 0 ? [beforeFinding(release)] : []),
    ],
  };
}

function commandOf({ key, value, from }: Sighting & { key: string }): Command[] {
  const words = splitWords(value.replaceAll('\t', ' '));
  return words && words.length > 0 ? [{ words, from, process: key }] : [];
}

/** The variables of an `app.json`. Source: https://devcenter.heroku.com/articles/app-json-schema#env */
function manifestFacts(project: Project): Part {
  const text = project.read('app.json');
  if (text === null || text.length > 200_000) return {};
  const env = recordOf(readJson(text)?.env);
  return {
    variables: Object.entries(env)
      .filter(([name]) => /^[A-Za-z_]\w*$/.test(name) && name !== 'PORT')
      .map(([name, value]) => {
        const line = lineOf(text, new RegExp(`^[ \\t]*"${literal(name)}"[ \\t]*:`, 'm'));
        const secret = recordOf(value).generator === 'secret' || looksSecret(name, null);
        return { name, value: null, secret, from: line === undefined ? 'app.json' : `app.json:${line}` };
      }),
  };
}
