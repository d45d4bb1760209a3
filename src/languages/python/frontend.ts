import type { Finding } from '../../app.ts';
import type { Project } from '../language.ts';

/** Packages that serve the pages which Vite builds, by the manifest that it writes. */
const served = ['litestar-vite', 'django-vite', 'flask-vite', 'fastapi-vite'];

/**
 * The finding for pages that another tool builds, and that git does not have: the image holds Python alone.
 * @param packages what is installed, with the place of each.
 */
export function frontEndFindings(project: Project, packages: ReadonlyMap<string, string>): Finding[] {
  const server = served.find((name) => packages.has(name));
  const config = project.files.find((file) => /(^|\/)vite\.config\.[cm]?[jt]s$/.test(file));
  // In `public` it is another file, that browsers read.
  const built = project.files.some((file) => /(^|\/)(\.vite|static|dist|build)\/(.*\/)?manifest\.json$/.test(file));
  if (server === undefined || config === undefined || built) return [];
  return [
    {
      id: 'python-front-end',
      level: 'error',
      path: config,
      message: `${server} serves what Vite builds from here, and git has none of it.`,
      why: 'The build has Python alone, and what it does not find it cannot put into the image.',
      mend: 'Commit what Vite builds, with its manifest, or serve the pages from elsewhere.',
    },
  ];
}
