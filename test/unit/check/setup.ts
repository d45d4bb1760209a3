import { readFileSync } from 'node:fs';
import path from 'node:path';
import { check } from '../../../src/check/check.ts';
import type { Checked } from '../../../src/check/rule.ts';
import { type GitView, viewOf } from '../../../src/check/view.ts';
import { imageReference } from '../../../src/stagex/releases.ts';

const release = { release: '2026.03.0', registry: 'stagex' };
export const image = (name: string, of = release.release) => imageReference(name, { ...release, release: of });

/** A setup of which nothing is to be said; 14 lines, steps of the build stage from line 7 on. */
export const lines = {
  Procfile: [
    'run: PORT=8080 /app/server',
    'ports: 8080',
    'http_port: 8080',
    'memory: 512',
    'app_sources: https://example.com/team/service.git',
  ],
  Containerfile: [
    `FROM --platform=linux/amd64 ${image('pallet-rust')} AS build`,
    'SHELL ["/bin/sh", "-euc"]',
    'ENV SOURCE_DATE_EPOCH=1',
    'WORKDIR /src',
    'COPY Cargo.toml Cargo.lock ./',
    'RUN cargo fetch --locked',
    'COPY . .',
    'RUN --network=none cargo build --frozen --release',
    `FROM --platform=linux/amd64 ${image('core-filesystem')}`,
    'COPY --from=build /rootfs/ /',
    'USER 0:0',
  ],
};

/** The record of an image whose files have so many bytes. */
export function recordOf(treeBytes: number): string {
  const example = path.join(import.meta.dirname, '../../../schema/examples/statement.json');
  const statement = JSON.parse(readFileSync(example, 'utf8'));
  statement.predicate.enclave.treeBytes = treeBytes;
  return JSON.stringify(statement);
}

export type Files = Record<string, string>;

const text = (rows: readonly string[]) => `${rows.join('\n')}\n`;

export const base: Files = {
  Procfile: text(lines.Procfile),
  Containerfile: text(lines.Containerfile),
  '.dockerignore': '**/.git\n',
  'Cargo.toml': '',
  'Cargo.lock': '',
  'src/main.rs': '',
};

/** The setup with lines of its Procfile exchanged, by key, or added. */
export function procfile(...changed: string[]): Files {
  const keys = new Set(changed.map((line) => line.slice(0, line.indexOf(':'))));
  const kept = lines.Procfile.filter((line) => !keys.has(line.slice(0, line.indexOf(':'))));
  return { Procfile: text([...changed.filter((line) => line !== ''), ...kept]) };
}

/** The setup without keys of its Procfile, and with lines before the others. */
export function without(keys: readonly string[], ...added: string[]): Files {
  const kept = lines.Procfile.filter((line) => !keys.includes(line.slice(0, line.indexOf(':'))));
  return { Procfile: text([...added, ...kept]) };
}

/** The setup with lines of its Containerfile exchanged: `{ 8: 'RUN …' }`. */
export function containerfile(changed: Record<number, string>): Files {
  return { Containerfile: text(lines.Containerfile.map((line, index) => changed[index + 1] ?? line)) };
}

export interface Setup {
  files: Files;
  git?: Partial<GitView>;
  dir?: string;
  damaged?: string[];
}

/** Findings of a setup: the base with files exchanged; an empty text removes nothing, `undefined` does. */
export function findingsOf({ files, git, dir = '', damaged = [] }: Setup): Checked[] {
  const contents = Object.fromEntries(
    Object.entries({ ...base, ...files }).filter(([, content]) => content !== removed),
  );
  return check(viewOf(contents, { git: gitOf(contents, git), dir, damaged })).findings;
}

/** Stands for a file that a case does not have. */
export const removed = '\0removed';

export function gitOf(contents: Files, git: Partial<GitView> = {}): GitView {
  return {
    tracked: new Set(Object.keys(contents)),
    modified: new Set(),
    submodules: [],
    remotes: [],
    autocrlf: '',
    ...git,
  };
}

/** A setup in which a rule finds something, at a place, and the nearest one in which it does not. */
export interface Case {
  rule: string;
  bad: Setup | Files;
  /** `path:line`, `path`, or '' for a finding of no file. */
  at: string;
  good: Setup | Files;
  /** What the finding says. */
  says?: RegExp;
}

export function setupOf(setup: Setup | Files): Setup {
  return 'files' in setup && typeof setup.files === 'object' ? (setup as Setup) : { files: setup as Files };
}
