import { type Carriers, flagName, isSwitch, type Setting } from './setting.ts';
import { settingGroups, settings } from './table/index.ts';

/** The page on settings, made of the table that flags and questions are made of. */
export function settingsPage(): string {
  const sections = settingGroups.map(({ title, settings: own }) => {
    const rows = own.map(
      (setting) => `| ${code(setting.flag)} | ${cell(helpOf(setting))} | ${carried(setting.carriers)} |`,
    );
    return `## ${title}\n\n| flag | sets | Procfile | caution.hcl |\n| --- | --- | --- | --- |\n${rows.join('\n')}`;
  });
  return `${introduction}\n\n${sections.join('\n\n')}\n`;
}

const code = (text: string) => `\`${text.replaceAll('|', '\\|')}\``;
const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

function helpOf({ help, choices }: Setting): string {
  const missing = (choices ?? []).filter((choice) => !help.includes(choice));
  return missing.length === 0 || missing.length === choices?.length ? help : `${help}; ${choices?.join(', ')}`;
}

function carried(carriers: Carriers | undefined): string {
  if (carriers === undefined) return '— | —';
  const { procfile, hcl, procfileCarries } = carriers;
  const key = procfile === null ? (procfileCarries ? 'the default alone' : 'cannot') : code(procfile);
  return `${key}${procfile !== null && procfileCarries ? ' (in part)' : ''} | ${code(hcl)}`;
}

const introduction = `# Settings of \`create\`

Every setting is a flag, and the common ones are asked for in a terminal; the others are behind one question, «More
settings». What an existing Procfile or caution.hcl says is the default of the same setting, so that running \`create\` again
changes nothing but what you ask for. Repeatable flags state the whole list.

A setting that a Procfile cannot carry brings a \`caution.hcl\` beside it. Caution then reads \`caution.hcl\` alone; the two say the
same of everything else, and \`create-caution-app check\` tells when they no longer do. \`--format hcl\` writes no Procfile.

A program that fills these in can hold them against [settings-v1.json](../schema/settings-v1.json): one member a setting, with
the values as they are typed.

<!-- Made from src/settings by: UPDATE_DOCS=1 npx vitest run --project unit test/unit/settings/documentation.test.ts -->`;

/**
 * The settings as a JSON schema (draft 2020-12): an object with one member a flag, without its dashes. Values are text, as a
 * command line has them; a switch is a boolean. What a schema cannot say, the flag's own check says.
 */
export function settingsSchema(): Record<string, unknown> {
  const properties = settings.map((setting) => [flagName(setting).slice(2), schemaOf(setting)]);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Settings of create-caution-app create',
    type: 'object',
    properties: Object.fromEntries(properties),
    additionalProperties: false,
  };
}

function schemaOf(setting: Setting): Record<string, unknown> {
  const { help, choices, repeatable } = setting;
  if (isSwitch(setting)) return { description: help, type: 'boolean' };
  const value = choices ? { enum: choices } : { type: 'string', minLength: 1 };
  return { description: help, ...(repeatable ? { type: 'array', items: value, uniqueItems: true } : value) };
}
