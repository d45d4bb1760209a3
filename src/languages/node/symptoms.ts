import { always, type Symptom } from '../symptom.ts';

/** What npm, its peers and Node say when they give up. */
export const nodeSymptoms: readonly Symptom[] = [
  {
    id: 'node-lock-stale',
    pattern:
      /(can only install packages when your package\.json and|ERR_PNPM_OUTDATED_LOCKFILE|lockfile needs to be updated|YN0028|lockfile had changes, but lockfile is frozen)/,
    message: always('The lock file does not cover what package.json asks for.'),
    why: 'The build takes what is locked, and nothing else.',
    mend: always('Install once with your package manager and commit the lock file.'),
    source: 'https://docs.npmjs.com/cli/commands/npm-ci',
  },
  {
    id: 'node-engine',
    pattern:
      /(?:Not compatible with your version of node\/npm: (\S+)|(\S+): The engine "node" is incompatible|ERR_PNPM_UNSUPPORTED_ENGINE)/,
    message: (thing) => `${thing || 'A package'} asks for another Node.js than the image has.`,
    why: 'Node.js is part of the pinned image.',
    mend: always(
      'Take a version of it that does with the image’s Node.js, correct `engines`, or choose a newer StageX release.',
    ),
    source: 'https://docs.npmjs.com/cli/configuring-npm/package-json#engines',
  },
  {
    id: 'node-native-addon',
    pattern:
      /(?:gyp ERR! find (Python)|gyp ERR! stack Error: not found: (\S+)|(node-gyp|prebuild-install|node-gyp-build): not found|Could not load the "(\w+)" module using the linuxmusl-x64 runtime|Cannot find module '(@[\w/.-]*-linux-x64-musl)'|Error loading shared library (\S{1,300}): No such file or directory \(needed by \S{1,300}\.node\))/,
    message: (thing) => `A native addon cannot be built or loaded: ${thing} is missing.`,
    why: 'StageX’s Node.js has neither make, Python nor a C compiler, and its libc is musl.',
    mend: always(
      'Use a package in JavaScript or WebAssembly, or one that has a package for linux-x64-musl in the lock file.',
    ),
  },
  {
    id: 'node-script-missing',
    pattern: /Missing script: "?([^"\n]+)"?/,
    message: (thing) => `package.json has no script ${thing}.`,
    why: 'The build runs the project’s own script.',
    mend: always('Add it to package.json, or correct the Containerfile.'),
  },
  {
    id: 'node-tool-missing',
    pattern:
      /sh: (?:\d+: |line \d+: )?(tsc|tsx|vite|next|nest|nuxt|esbuild|rollup|webpack|turbo|tsup|swc|svelte-kit|astro|prisma|vue-tsc): (?:command )?not found/,
    message: (thing) => `${thing} is not installed when the build wants it.`,
    why: 'Either no dependency names it, or development dependencies were left out before the build.',
    mend: (thing) => `Add ${thing} to package.json and the lock file, and build before \`npm prune --omit=dev\`.`,
  },
  {
    id: 'build-missing-file',
    pattern:
      /(?:error TS5058: The specified path does not exist: '([^']+)'|error TS2307: Cannot find module '(\.[^']+)'|ENOENT: no such file or directory, \w+ '([^']+)')/,
    message: (thing) => `${thing} did not reach the build.`,
    why: 'Only what git has, and the Containerfile copies, is there.',
    mend: always(
      'Commit the file (a generated one as well, or generate it in the build), and see that no ignore file hides it.',
    ),
  },
  {
    id: 'node-entry-missing',
    pattern: /Error: Cannot find module '([^']+)'|ERR_MODULE_NOT_FOUND.*'([^']+)'/,
    message: (thing) => `${thing} is not there.`,
    why: 'It is no dependency, was left out with the development dependencies, or is built by a step that did not run.',
    mend: always('Add it to `dependencies` and the lock file; a file of the project: commit it, or build it first.'),
  },
];
