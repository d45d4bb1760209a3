import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import type { Verification } from '../../src/verify/types.ts';
import { runCli, scratch } from '../cli/harness.ts';
import { busyboxContainerfile, commitAll, serverProcfile } from './services.ts';

const schema = JSON.parse(readFileSync(path.resolve(import.meta.dirname, '../../schema/verification-v1.json'), 'utf8'));

function service(...lines: string[]): string {
  const folder = scratch({ Containerfile: busyboxContainerfile(...lines), Procfile: serverProcfile });
  commitAll(folder);
  return folder;
}

async function verify(folder: string, ...args: string[]): Promise<Verification & { exitCode: number | undefined }> {
  const { exitCode, stdout, stderr } = await runCli(['verify', '.', '--no-start', '--json', ...args], folder);
  if (stdout === '') throw new Error(stderr);
  return { exitCode, ...JSON.parse(stdout) };
}

describe('a record made here', () => {
  it('is matched by the same source, and tells what differs in another', async () => {
    const outside = path.join(scratch(), 'record.json');
    const folder = service('RUN echo one > /rootfs/app/text && echo same > /rootfs/app/other');
    const first = await verify(folder, '--record', outside);
    expect(first.exitCode).toBe(0);
    const statement = JSON.parse(readFileSync(outside, 'utf8'));
    expect(new Ajv2020({ allowUnionTypes: true }).validate(schema, statement.predicate)).toBe(true);
    expect(statement.subject[0].digest.sha256).toBe(first.enclave?.sha256);
    expect(statement.predicate.files.map((file: { path: string }) => file.path)).toContain('/app/text');

    const again = await verify(folder, '--expect', outside);
    expect(again).toMatchObject({ exitCode: 0, expected: { matches: true, differences: [] } });

    writeFileSync(
      path.join(folder, 'Containerfile'),
      busyboxContainerfile(
        'RUN echo two > /rootfs/app/text && echo same > /rootfs/app/other && chmod +x /rootfs/app/other',
      ),
    );
    const other = await verify(folder, '--expect', outside);
    expect(other).toMatchObject({ exitCode: 3, reproducible: true, dirty: true });
    expect(other.expected?.matches).toBe(false);
    expect(other.expected?.differences.map(({ path: at }) => at)).toEqual(['/app/other', '/app/text']);
    expect(other.findings.map(({ id }) => id)).toContain('record-source');
  });

  it('is not made of builds that disagree', async () => {
    const record = path.join(scratch(), 'record.json');
    const folder = service('RUN cat /proc/sys/kernel/random/uuid > /rootfs/app/id');
    const outcome = await verify(folder, '--record', record);
    expect(outcome).toMatchObject({ exitCode: 3, reproducible: false, error: { code: 'nothing-to-record' } });
    expect(existsSync(record)).toBe(false);
    rmSync(folder, { recursive: true });
  });
});
