import type { Project } from '../language.ts';
import type { LockRecipe } from '../recipe.ts';
import { joined, readLayout } from './modules.ts';

/**
 * go.sum of a module. `go mod download all` adds the hashes of all that go.mod leads to, and changes nothing else: no
 * sources are needed, and go.mod stays as it is. `go mod tidy` would leave out hashes of what no source imports, but reads
 * all sources, and may change what go.mod requires. Null in a workspace, whose modules share several such files.
 * Source: https://go.dev/ref/mod#go-mod-download
 */
export function goSum(project: Project): LockRecipe | null {
  const layout = readLayout(project);
  if (layout === null || 'id' in layout || layout.main === null || layout.workspace !== null) return null;
  const { tree, main, replaced } = layout;
  const makes = joined(main.dir, 'go.sum');
  const files = [...[main, ...replaced].map(({ dir }) => joined(dir, 'go.mod')), makes];
  return {
    mends: ['go-no-sum', 'go-sum-outdated'],
    image: 'pallet-go',
    borrows: [],
    command: { file: 'go', args: ['mod', 'download', 'all'] },
    env: { GOTOOLCHAIN: 'local', GOWORK: 'off', GOENV: 'off', GOFLAGS: '' },
    folder: main.dir,
    inputs: Object.fromEntries(
      files.flatMap((file) => {
        const text = tree.read(file);
        return text === null ? [] : [[file, text]];
      }),
    ),
    reaches: 'the Go module proxy and its checksum database',
    makes,
    keeps: {},
    read: readSum,
  };
}

/** Source: https://go.dev/ref/mod#go-sum-files */
function readSum(text: string): ReturnType<LockRecipe['read']> {
  const lines = text.split('\n').filter((line) => line !== '');
  const odd = lines.findIndex((line) => !/^[^\s]+ v[^\s]+ h1:[A-Za-z0-9+/]{43}=$/.test(line));
  if (odd >= 0) return { reason: `Line ${odd + 1} is no module with its hash.` };
  return { packages: lines.filter((line) => !/^\S+ \S+\/go\.mod /.test(line)).length };
}
