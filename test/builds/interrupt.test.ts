import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { keys, runInTerminal, scratch, treeOf } from '../cli/harness.ts';
import { docker } from './harness.ts';

const ours = (names: string[]) => names.filter((name) => name.startsWith('create-caution-app-'));

describe('Ctrl-C while building', () => {
  it('ends with 130, keeps what was written, and leaves no container, image or temporary folder', async () => {
    const folder = scratch();
    const before = ours(readdirSync(tmpdir()));
    const images = (await docker(['image', 'ls', '-aq'], folder)).stdout;
    const run = runInTerminal(['svc', '--language', 'go', '--yes'], folder);
    await run.until(/build 1 .* (RUN|COPY)/);
    run.type(keys.ctrlC);
    expect(await run.exit).toBe(130);
    expect(treeOf(folder)).toHaveProperty('svc/Containerfile');
    expect(ours(readdirSync(tmpdir()))).toEqual(before);
    expect((await docker(['ps', '-aq', '--filter', 'label=create-caution-app.run'], folder)).stdout).toBe('');
    expect((await docker(['image', 'ls', '-aq'], folder)).stdout).toBe(images);
  });
});
