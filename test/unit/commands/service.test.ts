import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { serviceOf } from '../../../src/commands/service.ts';
import { locate } from '../../../src/target.ts';

async function service(files: Record<string, string>, dir: string) {
  const root = mkdtempSync(path.join(tmpdir(), 'caution-service-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  execFileSync('git', ['init', '--quiet', root]);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.join(root, path.dirname(name)), { recursive: true });
    writeFileSync(path.join(root, name), content);
  }
  return serviceOf(await locate(path.join(root, dir), root));
}

const files = { 'api/Containerfile': 'FROM scratch\n', Containerfile: 'FROM scratch\n' };

describe('what describes a service', () => {
  it("is the root's Procfile, also for a folder that has none of its own", async () => {
    const found = await service({ ...files, Procfile: 'run: /root\nports: 80\n' }, 'api');
    expect(found).toMatchObject({ run: '/root', ports: [80], containerfile: 'api/Containerfile' });
  });
  it("is the folder's own, where the root's is another service's", async () => {
    const found = await service(
      { ...files, Procfile: 'run: /root\ncontainerfile: Containerfile\n', 'api/Procfile': 'run: /api\n' },
      'api',
    );
    expect(found).toMatchObject({ run: '/api', containerfile: 'api/Containerfile' });
  });
  it('is caution.hcl before the Procfile', async () => {
    const hcl = 'enclave "a" {\n  unit "default" {\n    command = "/hcl"\n    env = { T = env::vault("T") }\n  }\n}\n';
    const found = await service({ ...files, Procfile: 'run: /root\n', 'caution.hcl': hcl }, '');
    expect(found).toMatchObject({ run: '/hcl', declared: { secrets: ['T'], egress: false } });
  });
});
