/** What each cause means, in half a sentence that begins with "The build". */
const meanings: Readonly<Record<string, string>> = {
  'wall-clock': 'wrote the current time or date.',
  'file-time': 'copied the modification time of a source file.',
  random: 'drew random bytes.',
  'generated-key': 'made a key, a certificate or a salt.',
  'hash-order': 'depended on the order of a map or a set.',
  'directory-order': 'depended on the order in which a folder lists its files.',
  'parallel-order': 'depended on which of several jobs finished first.',
  'database-order': 'depended on the order of rows.',
  locale: 'depended on the language of the system.',
  timezone: 'depended on the time zone.',
  environment: 'depended on an environment variable.',
  'build-path': 'kept the path of the checkout or of a work folder.',
  'temporary-path': 'kept the path of a fresh temporary folder.',
  hostname: 'kept the name of the machine.',
  user: 'kept the account that it ran as.',
  umask: 'kept file modes that come from the umask of a checkout.',
  cpu: 'kept a fact of the processor.',
  kernel: 'kept a fact of the kernel.',
  'process-id': 'kept the number of a process.',
  address: 'kept an address in memory.',
  bytecode: 'compiled .pyc files that record the time of their source.',
  'archive-metadata': 'packed owners, an order or flags that vary into an archive.',
  'installer-metadata': "left an installer's own records in the image.",
  'package-cache': 'left a cache in the image.',
  'log-file': 'left a log in the image.',
  'unlocked-dependency': 'took whatever version was newest.',
  network: 'took what a server said.',
  'vcs-stamp': 'stamped the state of the repository.',
  'build-id': 'stamped a build id that is random or follows the path.',
  'codegen-units': 'split the code by the number of processors.',
  'cache-bust': "kept Caution's own CACHEBUST argument.",
};

/** What a cause means, as a sentence. */
export function meaningOf(cause: string): string {
  const meaning = Object.hasOwn(meanings, cause) ? meanings[cause] : undefined;
  return meaning === undefined ? 'None of the known causes can be shown.' : `The build ${meaning}`;
}
