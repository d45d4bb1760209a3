import { printableLine } from '../../output.ts';

/**
 * A workflow command that marks a line of the sources.
 * Source: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
 */
export function annotation(
  kind: 'error' | 'warning' | 'notice',
  file: string | undefined,
  line: number | undefined,
  title: string,
  text: string,
): string {
  const properties = [
    ...(file === undefined ? [] : [`file=${property(file, 500)}`]),
    ...(file === undefined || line === undefined ? [] : [`line=${line}`]),
    `title=${property(title, 200)}`,
  ];
  return `::${kind} ${properties.join(',')}::${data(text, 2000)}`;
}

/** The runner knows an older form of commands as well, anywhere in a line: `##[…]`. */
function data(text: string, length: number): string {
  return printableLine(text, length).replaceAll('##[', '## [').replaceAll('%', '%25');
}

function property(text: string, length: number): string {
  return data(text, length).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
