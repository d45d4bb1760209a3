import { always, type Symptom } from '../../languages/symptom.ts';

const host = '([\\w.-]+\\.[A-Za-z]{2,}|[\\w-]+)';

const network: Omit<Symptom, 'pattern'> = {
  id: 'build-network',
  message: (thing) => `The step asks the network${thing ? `, ${thing},` : ''} and gets no answer.`,
  why: 'What a server gives can be another thing tomorrow: what is compiled is fetched before, and checked against the lock.',
  mend: (_, { offline }) =>
    offline
      ? 'Let it be fetched in the dependency step, commit what it would fetch, or turn the download off.'
      : 'This step may use the network: see that the engine reaches the host (proxy, DNS), and run this again.',
};

/** What C compilers, linkers, shells and resolvers say, whatever language they serve. */
export const commonSymptoms: readonly Symptom[] = [
  {
    id: 'build-native-library',
    pattern:
      /fatal error: '?([\w./+-]+\.h(?:pp)?)'?(?:: No such file| file not found)|cannot find -l([\w.+-]+)|unable to find library -l([\w.+-]+)|mold: fatal: library not found: ([\w.+-]+)|Package '?([\w.+-]+)'?,?(?: required by '[^']*',)? (?:was )?not found/,
    message: (thing) => `${thing} is missing: a part of a C library that the image does not have.`,
    why: 'StageX’s images hold a compiler and musl, and each other library is an image of its own.',
    mend: always(
      'Use a dependency that does without it, or that compiles its own copy; else copy the library from StageX’s image of it in the build stage.',
    ),
    source: 'https://stagex.tools',
  },
  {
    id: 'build-native-tool',
    pattern:
      /(?:^|\s)(?:\/bin\/)?(?:ba)?sh: (?:line )?(?:\d+: )?([\w.+-]+): (?:command )?not found|exec: "([\w.+-]+)": executable file not found|env: [‘']?([\w.+-]+)[’']?: No such file|^make: ([\w.+-]+): No such file/m,
    message: (thing) => `${thing} is run, and the image does not have it.`,
    why: 'StageX’s images hold a compiler and busybox, and few tools besides.',
    mend: always('Do without it, commit what it makes, or copy it from StageX’s image of it in the build stage.'),
    source: 'https://stagex.tools',
  },
  {
    ...network,
    pattern: new RegExp(
      [
        `Could not resolve host: ${host}`,
        `dial tcp: lookup ${host}`,
        `getaddrinfo (?:EAI_AGAIN|ENOTFOUND) ${host}`,
        `bad address '${host}`,
        `Failed to fetch: \`https?://${host}`,
      ].join('|'),
    ),
  },
  {
    ...network,
    pattern: new RegExp(
      [
        'npm error code (?:EAI_AGAIN|ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH)',
        'Temporary failure in name resolution',
        'Could not resolve host',
        'connect: (?:network is unreachable|connection refused)',
        'Network is unreachable',
        'Failed to fetch `[^`]+` from Google Fonts',
        'TypeError: fetch failed',
        'failed to lookup address information',
        'dns error',
        'i/o timeout',
      ].join('|'),
    ),
  },
  {
    id: 'build-missing-file',
    pattern:
      /"\/?([^"\n]+)": not found|(?:cp|cat|install|mv|ls|sed|tar|awk|chmod): (?:can't (?:stat|open)|cannot (?:stat|access|open)) ?[‘'"]?([^'’":\n]+)[’'"]?|lstat ([^\s:]+): no such file or directory/,
    message: (thing) => `${thing} did not reach the build.`,
    why: 'Only what git has, and the ignore file does not hide, is there.',
    mend: always('Commit it, see that no ignore file hides it, or correct the path in the Containerfile.'),
    source: 'https://docs.docker.com/build/concepts/context/',
  },
  {
    id: 'build-memory',
    pattern: /(exit code: 137|signal: 9, SIGKILL|JavaScript heap out of memory|Cannot allocate memory)/,
    message: always('The step was killed for want of memory.'),
    why: 'Two builds run side by side, and compilers take gigabytes.',
    mend: always('Give the engine more memory, or close what else runs, and run this again.'),
  },
];
