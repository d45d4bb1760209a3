import { always, type Symptom } from '../symptom.ts';

const wheels = always(
  'Take a version with a musllinux wheel, use a package in Python alone, or compile the wheel once and commit it with its hash.',
);

/** What uv, pip and Python say when they give up. Their longer sentences are wrapped. */
export const pythonSymptoms: readonly Symptom[] = [
  {
    id: 'python-version',
    pattern:
      /(?:requested\s+Python\s+version\s+\([^)]*\)\s+does\s+not\s+satisfy\s+(Python\S*)|requires a different Python: (\S+ not in '[^']+')|project's Python requirement: `([^`]+)`|current\s+Python\s+version\s+\([^)]*\)\s+does\s+not\s+satisfy\s+(Python\S*))/,
    message: (thing) => `Another Python is asked for: ${thing}.`,
    why: 'Python is part of the pinned image.',
    mend: always('Widen requires-python if the code allows, take other versions, or choose a newer StageX release.'),
    source: 'https://packaging.python.org/en/latest/specifications/pyproject-toml/#requires-python',
  },
  {
    id: 'python-no-musl-wheel',
    pattern:
      /(?:Because\s+([\w.-]+\S*)\s+has\s+no\s+(?:usable\s+wheels|wheels\s+with\s+a\s+matching)|Distribution `([^`\s]+)[^`]*` can't be installed because it doesn't have|Wheels\s+are\s+required\s+for\s+`([^`]+)`)/,
    message: (thing) => `${thing} has no wheel for this Python on musl.`,
    why: 'The image has no compiler for its C sources, and wheels for glibc (manylinux) do not load on musl.',
    mend: wheels,
    source: 'https://peps.python.org/pep-0656/',
  },
  {
    id: 'python-library-missing',
    pattern:
      /Error loading shared library (\S{1,300}): No such file or directory \(needed by \S{0,300}\/site-packages\/\S{1,300}\)/,
    message: (thing) => `A package loads the library ${thing}, which the image does not have.`,
    why: 'The wheel does not bring it along, and StageX’s Python has no more libraries than it needs itself.',
    mend: always(
      'Copy it from a StageX package into /usr/lib of the build stage, or take a package whose wheel brings it along.',
    ),
  },
  {
    id: 'python-not-hashed',
    pattern:
      /(?:all\s+requirements\s+must\s+have\s+(?:their versions pinned|a hash)[\s\S]{0,40}?(?:found|for): ([^\n]+)|In `--require-hashes` mode)/,
    message: (thing) => `A requirement has no version or no hash${thing ? `: ${thing}` : ''}.`,
    why: 'The build takes what the hashes say, and nothing else.',
    mend: always('Write the requirements again with hashes: `uv pip compile --generate-hashes`, and commit them.'),
    source: 'https://pip.pypa.io/en/stable/topics/secure-installs/',
  },
  {
    id: 'python-hash-mismatch',
    pattern: /Hash mismatch for `?([^`\n]+)`?|THESE PACKAGES DO NOT MATCH THE HASHES/,
    message: (thing) => `${thing || 'A package'} is not what the requirements have the hash of.`,
    why: 'The file changed after it was locked, or the index has another one.',
    mend: always('Find out which is right before anything else; then lock again.'),
  },
  {
    id: 'build-missing-file',
    pattern:
      /(?:error: File not found: `([^`]+)`|FileNotFoundError: \[Errno 2\] No such file or directory: '([^']+)'|can't open file '([^']+)')/,
    message: (thing) => `${thing} did not reach the build.`,
    why: 'Only what git has, and the Containerfile copies, is there.',
    mend: always('Commit the file, and see that no ignore file hides it.'),
  },
  {
    id: 'python-module-missing',
    pattern: /ModuleNotFoundError: No module named '([^']+)'/,
    message: (thing) => `${thing} is imported and not installed.`,
    why: 'It is in no requirement, or a folder of the service did not reach the build.',
    mend: always('Add it to the requirements, or commit the folder.'),
  },
];
