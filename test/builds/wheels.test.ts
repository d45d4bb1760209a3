import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runCli } from '../cli/harness.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'caution-wheels-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Its wheel holds libstdc++ and libgcc_s in greenlet.libs, of which the one finds the other only by way of its module. */
const requirements = `greenlet==3.2.4 \\
    --hash=sha256:ca7f6f1f2649b89ce02f6f229d7c19f680a6238af656f61e0115b24857917929 \\
    --hash=sha256:d25c5091190f2dc0eaa3f950252122edbbadbb682aa7b1ef2f8af0f8c0afefae
`;
const service = `import http.server
import os

import greenlet


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(greenlet.greenlet(lambda: b"fine").switch())


http.server.HTTPServer(("0.0.0.0", int(os.environ["PORT"])), Handler).serve_forever()
`;

it('builds and starts a Python service with a wheel that brings libraries along', async () => {
  writeFileSync(path.join(folder, 'requirements.txt'), requirements);
  writeFileSync(path.join(folder, 'app.py'), service);
  const named = ['--language', 'python', '--name', 'x-wheels', '--entry', 'app', '--port', '8080'];
  const { exitCode, stdout, stderr } = await runCli(['.', ...named, '--yes', '--json', '--no-git'], folder);
  expect([exitCode, exitCode === 0 ? '' : stderr]).toEqual([0, '']);
  expect(JSON.parse(stdout).verification).toMatchObject({
    reproducible: true,
    imageIdentical: true,
    start: { started: true, listening: [8080], http: { status: 200 } },
  });
});
