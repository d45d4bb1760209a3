import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCli, scratch } from '../cli/harness.ts';
import { setUp } from '../engine/engine.mjs';
import { busyboxContainerfile, commitAll } from './services.ts';

let environment: Record<string, string> = {};
beforeAll(async () => {
  environment = (await setUp({ languages: [] })).env;
});

/** Serves, but only with the variable that it asks for. */
const script =
  '#!/bin/busybox sh\\n: "$' + '{API_TOKEN:?API_TOKEN is not set}"\\nexec /usr/bin/httpd -f -p "$PORT" -h /www\\n';
const lines = [
  'RUN mkdir -p /rootfs/usr/bin /rootfs/www && cp /bin/busybox /rootfs/usr/bin/httpd && echo fine > /rootfs/www/health',
  `RUN printf '${script}' > /rootfs/app/serve && chmod 0755 /rootfs/app/serve`,
];

const hcl = (env: string) => `enclave "service" {
  network {
    ingress {
      cidr_ipv4 = "0.0.0.0/0"
      port      = 8080
    }
    http { port = 8080 }
    egress { cidr_ipv4 = "203.0.113.0/24" }
  }
  unit "default" {
    command = "/bin/sh"
    args    = ["/app/serve"]
    env     = { PORT = "8080", ${env} }
  }
}
`;

describe('a service that caution.hcl describes', () => {
  const repository = (env: string) => {
    const folder = scratch({
      Containerfile: busyboxContainerfile(...lines),
      'caution.hcl': hcl(env),
      // Caution does not read it where there is a caution.hcl.
      Procfile: 'run: /nothing/of/the/kind\nports: 1\n',
    });
    commitAll(folder);
    return folder;
  };

  it('is built, and started with its variables and on its port', async () => {
    const { exitCode, stdout } = await runCli(['verify', '--json'], repository('API_TOKEN = "x"'), environment);
    expect(JSON.parse(stdout)).toMatchObject({
      reproducible: true,
      start: { started: true, listening: [8080], needs: [] },
    });
    expect(exitCode).toBe(0);
  });

  it('is excused for a secret that only the enclave gives, which is said', async () => {
    const { exitCode, stdout } = await runCli(
      ['verify', '--json'],
      repository('API_TOKEN = env::vault("API_TOKEN")'),
      environment,
    );
    expect(JSON.parse(stdout)).toMatchObject({
      reproducible: true,
      start: { started: false, needs: ['secret API_TOKEN'] },
    });
    expect(exitCode).toBe(0);
  });

  it('is not excused for a variable that nobody gives', async () => {
    const { exitCode, stdout } = await runCli(['verify', '--json'], repository('OTHER = "x"'), environment);
    expect(JSON.parse(stdout)).toMatchObject({ reproducible: true, start: { started: false, needs: [] } });
    expect(exitCode).toBe(3);
  });

  it('is not built while Caution would refuse it', async () => {
    const folder = repository('');
    writeFileSync(path.join(folder, 'caution.hcl'), 'enclave "service" {\n  colour = "blue"\n}\n');
    const { exitCode, stdout } = await runCli(['verify', '--json'], folder, environment);
    expect(JSON.parse(stdout).error).toMatchObject({
      code: 'caution-hcl',
      message: expect.stringContaining('caution.hcl:2'),
    });
    expect(exitCode).toBe(1);
  });
});
