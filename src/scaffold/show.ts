import { type Output, printable, styled } from '../output.ts';
import type { PlannedFile } from './plan.ts';

const marks: Record<PlannedFile['action'], [mark: string, style: 'green' | 'dim' | 'yellow']> = {
  create: ['+', 'green'],
  identical: ['=', 'dim'],
  conflict: ['!', 'yellow'],
  overwrite: ['~', 'yellow'],
  keep: ['-', 'dim'],
};

/** The plan, one line a file. */
export function planLines(files: readonly PlannedFile[], output: Pick<Output, 'color'>): string[] {
  return files.map(({ action, path }) => {
    const [mark, style] = marks[action];
    return styled(output, style, `${mark} ${action.padEnd(9)} ${printable(path)}`);
  });
}

/** What would change in a file that exists, as a unified diff. */
export async function conflictDiff(file: PlannedFile): Promise<string> {
  const { createTwoFilesPatch } = await import('diff');
  return printable(createTwoFilesPatch(file.path, file.path, file.existing ?? '', file.content, 'there now', 'new'));
}
