import { defineConfig } from 'vitest/config';

/** Unit tests need nothing; cli tests need `npm run build`; builds need a container engine (`npm run engine`). */
export default defineConfig({
  test: {
    expect: { requireAssertions: true },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'test/goldens/*.test.ts', 'test/engine/**/*.test.ts'],
        },
      },
      { extends: true, test: { name: 'cli', include: ['test/cli/**/*.test.ts'], testTimeout: 60_000 } },
      {
        extends: true,
        // Pages in a real Chromium, which is set up when there is none (test/browser/chromium.mjs).
        test: { name: 'browser', include: ['test/browser/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 300_000 },
      },
      {
        extends: true,
        // Container builds on a small machine: one file at a time, so that builds do not slow each other.
        test: {
          name: 'builds',
          include: ['test/builds/**/*.test.ts'],
          testTimeout: 900_000,
          hookTimeout: 900_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
