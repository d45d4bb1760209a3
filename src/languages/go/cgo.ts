import type { Finding } from '../../app.ts';
import { folderOf } from '../files.ts';
import { placeOf } from '../place.ts';
import { lineOf } from '../scan.ts';
import { joined, type LocalModule } from './modules.ts';
import type { Reached } from './packages.ts';

/**
 * What needs C. StageX's pallet-go has no C compiler; its pallet-cgo has clang and musl, and no other library, so that
 * what brings its own C sources can be built, linked statically. Source: packages/pallet/cgo of
 * https://codeberg.org/stagex/stagex
 */

interface CModule {
  /** A library that it brings no sources of; null when a compiler is enough. */
  library: string | null;
  /** What does the same in Go. */
  instead: string | null;
}

const compiler = (instead: string | null): CModule => ({ library: null, instead });
const needs = (library: string, instead: string | null = null): CModule => ({ library, instead });

/** Modules, or packages of them, that are nothing, or do nothing, without cgo. */
const known: Readonly<Record<string, CModule>> = {
  'github.com/mattn/go-sqlite3': compiler('modernc.org/sqlite is SQLite in Go'),
  'gorm.io/driver/sqlite': compiler('github.com/glebarez/sqlite is SQLite for gorm in Go'),
  'github.com/DataDog/zstd': compiler('github.com/klauspost/compress/zstd is zstd in Go'),
  'github.com/chai2010/webp': compiler('golang.org/x/image/webp reads WebP in Go'),
  'github.com/smacker/go-tree-sitter': compiler(null),
  'github.com/tree-sitter/go-tree-sitter': compiler(null),
  'github.com/supranational/blst': compiler(null),
  'github.com/valyala/gozstd': needs(
    'a libzstd that comes compiled',
    'github.com/klauspost/compress/zstd is zstd in Go',
  ),
  'github.com/confluentinc/confluent-kafka-go': needs(
    'a librdkafka that comes compiled',
    'github.com/twmb/franz-go is Kafka in Go',
  ),
  'github.com/marcboeker/go-duckdb': needs('a DuckDB that comes compiled'),
  'github.com/linxGnu/grocksdb': needs('RocksDB', 'github.com/cockroachdb/pebble is a store in Go'),
  'github.com/h2non/bimg': needs('libvips', 'github.com/disintegration/imaging is Go'),
  'github.com/davidbyttow/govips': needs('libvips', 'github.com/disintegration/imaging is Go'),
  'gopkg.in/gographics/imagick.v3': needs('ImageMagick', 'github.com/disintegration/imaging is Go'),
  'gocv.io/x/gocv': needs('OpenCV'),
  'github.com/pebbe/zmq4': needs('libzmq', 'github.com/go-zeromq/zmq4 is ZeroMQ in Go'),
  'github.com/libgit2/git2go': needs('libgit2', 'github.com/go-git/go-git is Git in Go'),
  'github.com/google/gopacket/pcap': needs('libpcap', 'github.com/google/gopacket/pcapgo reads captures in Go'),
  'github.com/gopacket/gopacket/pcap': needs('libpcap', 'github.com/gopacket/gopacket/pcapgo reads captures in Go'),
  'github.com/godror/godror': needs('Oracle’s client', 'github.com/sijms/go-ora is Oracle in Go'),
  'github.com/miekg/pkcs11': needs('a library that is loaded at run time'),
  'github.com/bytecodealliance/wasmtime-go': needs(
    'a Wasmtime that comes compiled',
    'github.com/tetratelabs/wazero runs WebAssembly in Go',
  ),
  'rogchap.com/v8go': needs('a V8 that comes compiled', 'github.com/dop251/goja runs JavaScript in Go'),
};

/** Libraries that musl's libc itself is. */
const ofLibc = new Set(['c', 'm', 'pthread', 'dl', 'rt', 'util', 'crypt', 'resolv', 'xnet']);

/** Whether the program needs C, why, and what stands against it. */
export interface CNeed {
  /** True when a C compiler is needed, and enough. */
  compiler: boolean;
  findings: Finding[];
}

/** From what a program is made of to what it needs of C. */
export function readCNeed(reached: Reached, modules: readonly LocalModule[]): CNeed {
  const findings: Finding[] = [];
  const wants: Finding[] = [];
  for (const [path, from] of reached.imported) {
    const name = prefixIn(path);
    if (name === null) continue;
    const { library, instead } = known[name] ?? compiler(null);
    if (library === null) wants.push(builtWithC(`${name} is C underneath.`, from, instead));
    else findings.push(libraryMissing(`${name} needs ${library}.`, from, instead));
  }
  for (const { path, text } of reached.packages.flatMap(({ files }) => files)) {
    const line = lineOf(text, /^[ \t]*(?:import[ \t]+)?"C"[ \t]*;?[ \t]*(?:\/\/.*)?$/m);
    if (line === undefined) continue;
    const library = libraryOf(text);
    const from = `${path}:${line}`;
    if (library === null) wants.push(builtWithC('This file imports "C".', from, null));
    else findings.push(libraryMissing(`This file needs the C library ${library}.`, from, null));
  }
  if (findings.length > 0) return { compiler: false, findings: findings.slice(0, 5) };
  return { compiler: wants.length > 0, findings: wants.length > 0 ? wants.slice(0, 1) : unused(reached, modules) };
}

/** The known module whose package an import is; null when there is none. */
function prefixIn(path: string): string | null {
  for (let at = path; at !== ''; at = folderOf(at)) {
    if (Object.hasOwn(known, at)) return at;
  }
  return null;
}

/** A library that `#cgo` asks the linker or pkg-config for, other than libc's own parts. */
function libraryOf(text: string): string | null {
  for (const match of text.matchAll(/^[ \t]*(?:\/\/[ \t]*)?#cgo[ \t]+([^:\n]*):[ \t]*(.+)$/gm)) {
    const [, what = '', value = ''] = match;
    if (/\bpkg-config\b/.test(what))
      return (
        value
          .trim()
          .split(/\s+/)
          .find((word) => !word.startsWith('-')) ?? null
      );
    if (!/\bLDFLAGS\b/.test(what)) continue;
    const names = [...value.matchAll(/(?:^|\s)-l([\w.+-]+)/g)].map((each) => each[1] ?? '');
    const missing = names.find((name) => !ofLibc.has(name));
    if (missing !== undefined) return missing;
  }
  return null;
}

function builtWithC(message: string, from: string, instead: string | null): Finding {
  return {
    id: 'go-cgo',
    level: 'note',
    ...placeOf(from),
    message: `${message} The build takes StageX’s pallet-cgo, and links statically.`,
    why: 'cgo takes a C compiler, a larger image to build with, and more that can vary from build to build.',
    source: 'https://pkg.go.dev/cmd/cgo',
    mend: instead === null ? 'No change is needed.' : `No change is needed; to do without C: ${instead}.`,
  };
}

function libraryMissing(message: string, from: string, instead: string | null): Finding {
  return {
    id: 'go-cgo-library',
    level: 'error',
    ...placeOf(from),
    message,
    why: 'StageX’s pallet-cgo has clang and musl, and no such library; what comes compiled cannot be rebuilt by anybody.',
    source: 'https://pkg.go.dev/cmd/cgo',
    mend:
      instead === null
        ? 'Do that part in Go, or put it behind the build constraint `cgo` with a twin in Go.'
        : `Use another: ${instead}.`,
  };
}

/** A module that needs C, required and not imported by the repository itself: another module may import it. */
function unused(reached: Reached, modules: readonly LocalModule[]): Finding[] {
  for (const { dir, mod } of modules) {
    for (const { path, line } of mod.requires) {
      const name = prefixIn(path);
      if (name === null || [...reached.imported.keys()].some((each) => prefixIn(each) === name)) continue;
      return [
        {
          id: 'go-cgo-module',
          level: 'warning',
          path: joined(dir, 'go.mod'),
          line,
          message: `${name} needs cgo, and the service’s own packages do not import it.`,
          why: 'The binary is built without C: a dependency that does import it would not compile, or fail when it runs.',
          mend: 'Drop it from go.mod if nothing needs it (`go mod tidy`, `go mod why` tell).',
        },
      ];
    }
  }
  return [];
}
