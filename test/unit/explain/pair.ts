import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';
import { explain } from '../../../src/explain/explain.ts';
import type { BuildFacts, ExplainContext, Explanation } from '../../../src/explain/types.ts';
import type { Aspect } from '../../../src/image/compare.ts';
import type { Inode } from '../../../src/image/tree.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'explain-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;

/** When the first build began; the second began a minute later, and each took half a minute. */
export const began = Date.UTC(2026, 7, 1, 10, 0, 0);

const facts = (index: number): BuildFacts => ({
  hostname: `host-${index}abc`,
  context: `/tmp/d0/checkout-${index}`,
  umask: index === 0 ? 0o022 : 0o002,
  fileTime: new Date(Date.UTC(2003 + index, 2, 4, 5, 6, 7 + index)),
  cacheBust: `99${index}12345`,
  began: began + index * 60_000,
  ended: began + index * 60_000 + 30_000,
});

/** Two builds of which all is known. */
export const known: ExplainContext = {
  names: ['build 1', 'build 2'],
  facts: [facts(0), facts(1)],
  script: null,
  experiments: [],
};

/** Two images of which nothing is known. */
export const bare: ExplainContext = { ...known, names: ['a.tar', 'b.tar'], facts: [null, null] };

export function inode(type: Inode['type'], more: Partial<Inode> = {}): Inode {
  const base = { uid: 0, gid: 0, mtime: 0, size: 0, sha256: '', link: '', device: '', xattrs: [], content: null };
  return { type, mode: type === 'directory' ? 0o755 : 0o644, ...base, ...more };
}

/** @param content text as UTF-8, or bytes. */
export function file(content: string | Buffer, more: Partial<Inode> = {}): Inode {
  const at = path.join(folder, `content-${count++}`);
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
  writeFileSync(at, bytes);
  return inode('file', { size: bytes.length, content: { file: at, offset: 0 }, ...more });
}

/** Explains two entries; null for one that is missing. */
export function tellEntries(
  entries: [Inode | null, Inode | null],
  aspects: Aspect[],
  name: string,
  context: ExplainContext,
): Promise<Explanation> {
  return explain({ path: name, aspects, inEnclave: true, builds: [0, 1], entries }, context);
}

/** Explains two contents of one file. */
export function tell(
  a: string | Buffer,
  b: string | Buffer,
  { name = 'app/info', context = known }: { name?: string; context?: ExplainContext } = {},
): Promise<Explanation> {
  return tellEntries([file(a), file(b)], ['content'], name, context);
}
