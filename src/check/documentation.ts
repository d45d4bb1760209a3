import { ruleGroups } from './rules.ts';

/** The page on rules, made of the table that `check` works with. */
export function rulesPage(): string {
  const sections = ruleGroups.map(({ title, rules }) => {
    const entries = rules.map(
      ({ id, level, title: finds, why, source, mend }) =>
        `### ${id}\n\n**${finds}** (${level}). ${why}\n\n*Mend it:* ${mend}\n\n*Source:* <${source}>`,
    );
    return `## ${title}\n\n${entries.join('\n\n')}`;
  });
  return `${introduction}\n\n${sections.join('\n\n')}\n`;
}

const introduction = `# Rules of \`check\`

\`create-caution-app check [dir]\` holds an existing setup (Procfile or caution.hcl, Containerfile, .dockerignore, \`.caution/\`, and what git
knows) against the rules below. It builds nothing, runs no code of the repository, and asks no network.

| level | means | exit code |
| --- | --- | --- |
| error | Caution refuses it, or it does not mean what it says | 1 |
| warning | others may not be able to build or verify it | 1 |
| note | good to know | 0, and 1 with \`--strict\` |

\`--fix\` shows the changes that mend what was found, and makes them when you agree. \`--json\` prints one document, \`--sarif FILE\`
writes a SARIF 2.1.0 log for code scanning, \`--format github\` marks lines in a workflow of GitHub.

A comment on the line before, in the file that the finding is in, takes a finding out, with a reason that readers see:

    # caution-ignore: debug-on only until the first release
    debug: true

A finding without a line is taken out by such a comment anywhere in its file; one without a file, in any of the
files.

<!-- Made from src/check by: UPDATE_DOCS=1 npx vitest run --project unit test/unit/check/documentation.test.ts -->`;
