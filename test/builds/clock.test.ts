import { describe, expect, it } from 'vitest';
import { runCli, scratch } from '../cli/harness.ts';
import { busyboxContainerfile, commitAll } from './services.ts';

/** A first step that takes long in the build whose files are dated 2003, and no time in the other. */
const unevenSteps = [
  // What an attempt left that was given up is nothing that the next one sees.
  'RUN --mount=type=cache,target=/kept test ! -e /kept/seen && touch /kept/seen',
  'COPY old /old',
  'RUN if [ "$(stat -c %Y /old)" -lt 1100000000 ]; then sleep 4; fi; rm /old',
  'RUN echo same > /rootfs/app/text && sleep 3',
];

describe('a build that catches up with the other one beside it', () => {
  it('begins again, so that the clock differs at every step, and says so', async () => {
    const folder = scratch({
      Containerfile: busyboxContainerfile(...unevenSteps),
      Procfile: 'run: /usr/bin/true\n',
      old: 'old\n',
    });
    commitAll(folder);
    const { exitCode, stdout, stderr } = await runCli(['verify', '.', '--no-start', '--json'], folder);
    expect([exitCode, exitCode === 0 ? '' : stderr]).toEqual([0, '']);
    const verification = JSON.parse(stdout);
    expect(verification).toMatchObject({ reproducible: true, imageIdentical: true });
    expect(verification.varied.map(({ what }: { what: string }) => what)).toContain('time');
    expect(verification.heldStill).not.toContain('time');
    for (const build of verification.builds) expect(build).toMatchObject({ executionProved: true, stepsCached: 0 });
    // A step that was given up has not failed.
    expect(stderr).not.toContain('failed');
    expect(stderr).toMatch(/Build 2 came to line \d+ within 3 s of another build: it begins again/);
  });
});
