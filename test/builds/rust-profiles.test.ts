import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { defaultRegistry, defaultRelease, imageReference } from '../../src/stagex/releases.ts';
import { buildContexts, docker } from './harness.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'caution-rust-profiles-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pallet = imageReference('pallet-rust', { release: defaultRelease, registry: defaultRegistry });
const containerfile = [
  `FROM --platform=linux/amd64 ${pallet}`,
  'SHELL ["/bin/sh", "-euc"]',
  'WORKDIR /src',
  'COPY . .',
  'RUN --network=none cargo build --release --target x86_64-unknown-linux-musl && target/x86_64-unknown-linux-musl/release/fine',
  '',
].join('\n');

/** What services set to be small, and what only a standard library that was made for it allows. */
describe.each([
  'panic = "abort"',
  'lto = true',
  'lto = "thin"',
  'panic = "abort"\nlto = "fat"\ncodegen-units = 1\nopt-level = "z"\nstrip = true',
])('a release profile with %j', (profile) => {
  it('compiles to a program that runs', async () => {
    mkdirSync(path.join(folder, 'src'), { recursive: true });
    writeFileSync(path.join(folder, 'Containerfile'), containerfile);
    writeFileSync(
      path.join(folder, 'Cargo.toml'),
      `[package]\nname = "fine"\nversion = "0.1.0"\nedition = "2024"\n[profile.release]\n${profile}\n`,
    );
    writeFileSync(
      path.join(folder, 'src/main.rs'),
      'fn main() {\n    std::thread::spawn(|| println!("fine")).join().unwrap();\n}\n',
    );
    const arguments_ = ['buildx', 'build', '--no-cache', ...buildContexts(folder), '-f', 'Containerfile', '.'];
    const built = await docker(arguments_, folder);
    expect([built.exitCode, built.exitCode === 0 ? '' : built.stderr]).toEqual([0, '']);
  });
});
