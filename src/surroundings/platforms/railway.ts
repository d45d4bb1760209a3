import { splitWords } from '../../caution/words.ts';
import type { Project } from '../../languages/language.ts';
import { fromOf } from '../../languages/place.ts';
import { lineOf } from '../../languages/scan.ts';
import type { Part } from '../facts.ts';
import { beforeFinding } from '../rules.ts';
import { readToml, recordOf } from './fly.ts';

/** What Railway is told of the service, in either form. Source: https://docs.railway.com/reference/config-as-code */
export function railwayFacts(project: Project): Part {
  for (const file of ['railway.json', 'railway.toml']) {
    const text = project.read(file);
    if (text === null || text.length > 200_000) continue;
    const deploy = recordOf((file.endsWith('.json') ? readJson(text) : readToml(text))?.deploy);
    const at = (key: string): string =>
      fromOf(file, lineOf(text, new RegExp(`(?:^|[{, \\t])"?${key}"?[ \\t]*[:=]`, 'm')));
    const words = typeof deploy.startCommand === 'string' ? splitWords(deploy.startCommand) : null;
    const before = [deploy.preDeployCommand].flat().filter((step) => typeof step === 'string');
    return {
      commands: words && words.length > 0 ? [{ words, from: at('startCommand'), process: 'railway' }] : [],
      findings:
        before.length > 0 ? [beforeFinding(before.map((value) => ({ value, from: at('preDeployCommand') })))] : [],
    };
  }
  return {};
}

/** A JSON object; null for what is none. */
export function readJson(text: string): Record<string, unknown> | null {
  try {
    return recordOf(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return null;
    throw error;
  }
}
