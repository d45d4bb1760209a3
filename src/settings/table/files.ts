import { formats } from '../../app.ts';
import { checkContainerfile } from '../../caution/limits.ts';
import { defaultRegistry, defaultRelease, releases } from '../../stagex/releases.ts';
import type { Setting } from '../setting.ts';
import { never, nothing, oneOf } from './shared.ts';
/** How its files are made. */
export const fileSettings: readonly Setting[] = [
  {
    key: 'format',
    flag: '--format <format>',
    help: 'procfile (default), hcl, or both, which is taken when a Procfile cannot carry a setting',
    repeatable: false,
    choices: formats,
    check: oneOf(formats),
    fallback: ({ written }) => written.format ?? null,
    required: never,
  },
  {
    key: 'containerfile',
    flag: '--containerfile <path>',
    help: 'where the Containerfile goes, relative to the repository',
    repeatable: false,
    check: checkContainerfile,
    fallback: nothing,
    required: never,
    carriers: { procfile: 'containerfile', hcl: 'build.containerfile' },
  },
  {
    key: 'release',
    flag: '--release <release>',
    help: `StageX release; default ${defaultRelease}`,
    repeatable: false,
    check: (value) => (releases().includes(value) ? null : `Known releases: ${releases().join(', ')}.`),
    fallback: () => defaultRelease,
    required: never,
  },
  {
    key: 'stagexRegistry',
    flag: '--stagex-registry <host/prefix>',
    help: 'take StageX images from a mirror, such as quay.io',
    repeatable: false,
    check: checkRegistry,
    fallback: () => defaultRegistry,
    required: never,
  },
];

function checkRegistry(value: string): string | null {
  const ok = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d+)?(\/[a-z0-9]+([._-][a-z0-9]+)*)*$/.test(value);
  return ok ? null : 'A mirror is HOST[:PORT][/PREFIX] in lower case, without a scheme.';
}
