import type { Project } from '../language.ts';
import { type Sighting, sightings } from '../scan.ts';
import { withoutComments } from './comments.ts';

/**
 * Code that looks for files from the folder in which it was started: the enclave starts everything in `/`.
 * Source: https://nodejs.org/docs/latest-v24.x/api/fs.html#file-paths
 */
const fromWorkingFolder = [
  /(process\.cwd\s*\(\s*\))/g,
  /\b(?:static|serveStatic|readFile|readFileSync|readdir|readdirSync|createReadStream|existsSync|openSync|sendFile|loadSync)\s*\(\s*(['"`](?![/\\]|node:|[a-z]+:\/\/)[^'"`\n]{1,100}['"`])/g,
  /\bserveStatic\s*\(\s*\{[^{}]{0,200}?\broot\s*:\s*(['"`]\.{0,2}\/?[\w-][^'"`\n]{0,100}['"`])/g,
  /\.set\s*\(\s*['"](view engine)['"]/g,
  /(?:\bfrom\s*|\brequire\s*\(\s*)(['"](?:config|dotenv-flow|node-config-dir|i18n|migrate-mongo)['"])/g,
];

/** The first place where code depends on the folder in which it is started. */
export function workingFolder(project: Project, sources: readonly string[]): Sighting | null {
  return sightings(project, sources, fromWorkingFolder, withoutComments)[0] ?? null;
}
