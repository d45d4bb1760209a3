import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isForeign } from '../../../src/languages/rust/platform.ts';

describe('a table of a platform’s dependencies', () => {
  it.each([
    'cfg(unix)',
    'cfg(not(windows))',
    'cfg(target_os = "linux")',
    'cfg(any(windows, target_os = "linux"))',
    'cfg(all(unix, not(target_os = "macos")))',
    'cfg(not(target_env = "gnu"))',
    'cfg(feature = "axios")',
    'cfg(tokio_unstable)',
    'cfg(all(unix, feature = "windows"))',
    'x86_64-unknown-linux-musl',
    'cfg(',
    'cfg()',
  ])('may be for ours: %s', (platform) => {
    expect(isForeign(platform)).toBe(false);
  });

  it.each([
    'cfg(windows)',
    'cfg(not(unix))',
    'cfg(target_env = "msvc")',
    'cfg(not(target_env = "musl"))',
    'cfg(target_arch = "wasm32")',
    'cfg(target_family = "wasm")',
    'cfg(any(target_os = "macos", target_os = "ios"))',
    'cfg(all(target_os = "linux", target_arch = "aarch64"))',
    'cfg(all(unix, feature = "x", not(target_os = "linux")))',
    'x86_64-pc-windows-msvc',
    'aarch64-apple-darwin',
    ' x86_64-unknown-linux-gnu ',
  ])('is for another one: %s', (platform) => {
    expect(isForeign(platform)).toBe(true);
  });

  it('may be written by anybody', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('cfg(', 'not(', 'all(', ')', ',', 'unix', '=', '"x"', 'any('), { maxLength: 60 }),
        (parts) => {
          expect(typeof isForeign(`cfg(${parts.join('')}`)).toBe('boolean');
        },
      ),
    );
    expect(isForeign(`cfg(${'not('.repeat(100_000)}`)).toBe(false);
  });
});
