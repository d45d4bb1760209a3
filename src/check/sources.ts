/** Where the rules' facts are written down. */
export const sources = {
  /** What Caution reads, builds, measures and starts. */
  caution: 'https://docs.caution.co',
  /** The parser of Procfile and caution.hcl. */
  parser: 'https://github.com/CautionHosting/platform/tree/main/src/caution-config',
  /** How the platform builds, exports and starts an image. */
  platform: 'https://github.com/CautionHosting/platform',
  /** Keys of caution.hcl. */
  hcl: 'https://docs.caution.co/reference/caution-hcl/',
  stagex: 'https://codeberg.org/stagex/stagex',
  pinning: 'https://docs.docker.com/build/building/best-practices/#pin-base-image-versions',
  dockerfile: 'https://docs.docker.com/reference/dockerfile/',
  dockerignore: 'https://docs.docker.com/build/concepts/context/#dockerignore-files',
  buildArguments: 'https://docs.docker.com/build/building/variables/',
  secrets: 'https://docs.docker.com/build/building/secrets/',
  epoch: 'https://reproducible-builds.org/docs/source-date-epoch/',
  lockfiles: 'https://reproducible-builds.org/docs/volatile-inputs/',
  variations: 'https://reproducible-builds.org/docs/env-variations/',
  bytecode: 'https://docs.python.org/3/library/py_compile.html#py_compile.PycInvalidationMode',
  submodules: 'https://git-scm.com/docs/gitsubmodules',
  attributes: 'https://git-scm.com/docs/gitattributes',
  ignored: 'https://git-scm.com/docs/gitignore',
} as const;
