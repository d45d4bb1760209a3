import type { Finding } from '../../app.ts';
import type { Project } from '../language.ts';
import { placeOf } from '../place.ts';
import { lineOf, withoutLongLines } from '../scan.ts';

/** Packages that load a zone by its name as soon as they are used, UTC as well. */
const loading = ['django', 'heliclockter', 'apscheduler', 'tzlocal'];

/** As many sources are looked at. */
const mostFiles = 2000;

/**
 * The finding for time zones that are loaded by name: Python has none of its own, and neither has the image.
 * Source: https://docs.python.org/3/library/zoneinfo.html#data-sources
 * @param packages what is installed, with the place of each.
 */
export function zoneFindings(
  project: Project,
  files: readonly string[],
  packages: ReadonlyMap<string, string>,
): Finding[] {
  if (packages.has('tzdata')) return [];
  const name = loading.find((each) => packages.has(each));
  const imported = importOf(project, files);
  if (imported === null && name === undefined) return [];
  return [
    {
      id: 'python-time-zones',
      level: 'warning',
      ...(imported ?? placeOf(packages.get(name ?? '') ?? '')),
      message: `${imported === null ? `${name} loads time zones` : 'Time zones are loaded'} by name, and the image has no zone files.`,
      why: 'ZoneInfo then fails, for UTC as well: it finds zones in the system or in the package tzdata.',
      source: 'https://docs.python.org/3/library/zoneinfo.html#data-sources',
      mend: 'Add tzdata to the dependencies, and lock again.',
    },
  ];
}

function importOf(project: Project, files: readonly string[]): Pick<Finding, 'path' | 'line'> | null {
  for (const path of files.slice(0, mostFiles)) {
    const line = lineOf(
      withoutLongLines(project.read(path) ?? ''),
      /^[ \t]*(?:from[ \t]+zoneinfo|import[ \t]+zoneinfo)\b/m,
    );
    if (line !== undefined) return { path, line };
  }
  return null;
}
