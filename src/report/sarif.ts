import type { Outcome } from '../check/check.ts';
import type { Checked, Rule } from '../check/rule.ts';
import { printable } from '../output.ts';

/** Where a finding without a file is shown: code scanning has to have a place. */
const fallbackFile = 'Procfile';
const information = 'https://www.npmjs.com/package/create-caution-app';

/**
 * Findings as a SARIF log, for code scanning. All rules are named, found or not, so that a mended finding is closed.
 * Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 * @param version of this program.
 */
export function sarifLog({ findings, suppressed }: Outcome, rules: readonly Rule[], version: string): object {
  const indexes = new Map(rules.map(({ id }, index) => [id, index]));
  const result = (finding: Checked, reason: string | null) => ({
    ruleId: finding.id,
    ruleIndex: indexes.get(finding.id) ?? -1,
    level: finding.level,
    message: { text: printable(`${finding.message} ${finding.mend}`) },
    locations: [location(finding)],
    ...(reason === null ? {} : { suppressions: [{ kind: 'inSource', justification: printable(reason) }] }),
  });
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: 'create-caution-app', version, informationUri: information, rules: rules.map(descriptor) },
        },
        originalUriBaseIds: { '%SRCROOT%': { description: { text: 'The root of the repository.' } } },
        columnKind: 'utf16CodeUnits',
        results: [
          ...findings.map((finding) => result(finding, null)),
          ...suppressed.map((finding) => result(finding, finding.reason)),
        ],
      },
    ],
  };
}

function descriptor({ id, level, title, why, source, mend }: Rule) {
  return {
    id,
    shortDescription: { text: `${title}.` },
    fullDescription: { text: why },
    helpUri: source,
    help: { text: `${why} ${mend}`, markdown: `${why}\n\n**Mend:** ${mend}\n\n[Source](${source})` },
    defaultConfiguration: { level },
  };
}

function location({ path, line }: Checked) {
  return {
    physicalLocation: {
      artifactLocation: {
        uri: (path ?? fallbackFile).split('/').map(encodeURIComponent).join('/'),
        uriBaseId: '%SRCROOT%',
      },
      ...(line === undefined ? {} : { region: { startLine: line } }),
    },
  };
}

/** Whether a text is a SARIF log of this program. */
export function isSarif(text: string): boolean {
  return text.startsWith('{') && text.includes('"version": "2.1.0"') && text.includes('"name": "create-caution-app"');
}
