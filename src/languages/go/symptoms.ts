import { always, type Symptom } from '../symptom.ts';

const tidy = always('Run `go mod tidy`, in a workspace `go work sync`, and commit go.mod and go.sum.');
const vendor = always('Run `go mod vendor` and commit vendor/: the build then fetches nothing.');

/** What the go command says when it gives up. */
export const goSymptoms: readonly Symptom[] = [
  {
    id: 'go-version',
    pattern: /^go: (.+ requires go >= \S+) \(running go /m,
    message: (thing) => `${thing}, and the image has an older one.`,
    why: 'Go refuses to compile with an older one, and fetching another toolchain would undo the pin.',
    mend: always(`Lower the go line, take an older version of the module, or choose a StageX release with a newer Go.`),
    source: 'https://go.dev/ref/mod#go-mod-file-go',
  },
  {
    id: 'go-workspace',
    pattern: /^go: (module .+ listed in go\.work file requires go >= \S+)/m,
    message: (thing) => `${thing}.`,
    why: 'The go line of go.work must be as new as those of its members.',
    mend: always('Run `go work use` and commit go.work.'),
  },
  {
    id: 'go-workspace-member',
    pattern: /cannot load module (\S+) listed in go\.work file/,
    message: (thing) => `go.work uses ${thing}, which did not reach the build.`,
    why: 'Go refuses a workspace with a missing module.',
    mend: always('Copy its go.mod in the Containerfile, see that no ignore file hides it, or drop the `use` line.'),
  },
  {
    id: 'go-replace-outside',
    pattern:
      /\(replaced by (\.{0,2}\/\S+)\): reading .*no such file or directory|replacement directory (?:\S+) does not exist/,
    message: (thing) => `A module is replaced by ${thing || 'a folder'}, which did not reach the build.`,
    why: 'Only what the Containerfile copies is there.',
    mend: always('Copy the folder as well, drop the replacement, or commit `go mod vendor`.'),
  },
  {
    id: 'go-private-module',
    pattern: /(?:could not read Username for '([^']+)'|exec: "git": executable file not found)/,
    message: (thing) => `A module would be cloned with git${thing ? ` from ${thing}` : ''}: it is on no public proxy.`,
    why: 'The build has neither git nor credentials, and nobody who rebuilds it has them either.',
    mend: vendor,
    source: 'https://go.dev/ref/mod#private-modules',
  },
  {
    id: 'go-private-module',
    pattern: /^go: (\S+@\S+): (?:reading|verifying module).*(?:\b40[0-4]\b|\b410 Gone\b|not found)/m,
    message: (thing) => `The public proxy has no ${thing}.`,
    why: 'The module is private, or the version is not there.',
    mend: vendor,
    source: 'https://go.dev/ref/mod#private-modules',
  },
  {
    id: 'go-sum-mismatch',
    pattern: /verifying (\S+@\S+): checksum mismatch/,
    message: (thing) => `${thing} is not what go.sum has the hash of.`,
    why: 'The module changed after it was locked, or somebody gives another one.',
    mend: always(
      'Find out which is right before anything else; `go clean -modcache` and `go mod verify` tell what you have.',
    ),
    source: 'https://go.dev/ref/mod#authenticating',
  },
  {
    id: 'go-vendor-outdated',
    pattern:
      /inconsistent vendoring in|cannot find module providing package (\S+): import lookup disabled by -mod=vendor/,
    message: (thing) => `vendor/ does not say the same as go.mod${thing ? `: ${thing} is missing` : ''}.`,
    why: 'Go refuses to build from such a vendor folder.',
    mend: always('Run `go mod vendor` and commit vendor/.'),
    source: 'https://go.dev/ref/mod#vendoring',
  },
  {
    id: 'go-embed-missing',
    pattern: /pattern (\S+): (?:no matching files found|cannot embed)/,
    message: (thing) => `${thing} is embedded, and did not reach the build.`,
    why: 'Go compiles nothing when an embedded file is missing.',
    mend: always(
      'Commit the files, those that a front end’s build makes as well, and see that no ignore file hides them.',
    ),
    source: 'https://pkg.go.dev/embed',
  },
  {
    id: 'go-sum-outdated',
    pattern:
      /missing go\.sum entry for (?:module providing package|go\.mod file)(?: (\S+))?|updates to go\.(?:mod|sum) needed/,
    message: (thing) => `go.mod and go.sum do not cover what is imported${thing ? `: ${thing}` : ''}.`,
    why: 'Modules are checked against the hashes in go.sum, and the build may not add any.',
    mend: tidy,
    source: 'https://go.dev/ref/mod#go-sum-files',
  },
  {
    // The dependency step fetches what go.mod names; from Go 1.17 on a tidy one names all that the program needs.
    id: 'go-mod-untidy',
    pattern: /\.go:\d+:\d+: ([^\s:@]+@v[^\s:]+): Get "https?:/,
    message: (thing) => `The program needs ${thing}, and go.mod does not name it.`,
    why: 'The dependency step fetches what go.mod names, and compiling has no network.',
    mend: tidy,
    source: 'https://go.dev/ref/mod#go-mod-tidy',
  },
  {
    id: 'go-no-program',
    pattern: /^(?:stat )?(\S+): directory not found|main module \(\S+\) does not contain package (\S+)/m,
    message: (thing) => `The package ${thing} is not there.`,
    why: 'The folder that is to be built did not reach the build, or is a module of its own.',
    mend: always('Commit it, name another with --entry, and see that no ignore file hides it.'),
  },
  {
    id: 'go-package-missing',
    pattern: /no required module provides package (\S+?);|package (\S+) is not in std|does not contain package (\S+)/,
    message: (thing) => `${thing} is imported, and neither the repository nor go.mod provides it.`,
    why: 'It is generated and not committed, or go.mod is not tidy.',
    mend: always('Commit what is generated, or run `go mod tidy` and commit go.mod and go.sum.'),
  },
  {
    id: 'go-cgo',
    pattern:
      /build constraints exclude all Go files in (\S+)|cgo: C compiler "([^"]+)" not found|undefined: (\S+sqlite\S*)/i,
    message: (thing) => `A part that is written in C was left out or cannot be compiled: ${thing}.`,
    why: 'StageX’s pallet-go has no C compiler, so that the build turns C off (CGO_ENABLED=0).',
    mend: always('Use a module that is Go alone, or build with StageX’s pallet-cgo, CGO_ENABLED=1 and a static link.'),
    source: 'https://pkg.go.dev/cmd/cgo',
  },
];
