import { describe, expect, it } from 'vitest';
import { detected, ids, node } from './detect.ts';

const listens = 'app.listen(3000)';
const takesPort = 'app.listen(process.env.PORT || 3000)';
const silent = 'app.listen(config.port)';

describe('the port', () => {
  it.each([
    ['Dockerfile', 'FROM node:22\nEXPOSE 8080\n', 'Dockerfile:2'],
    ['Dockerfile', 'FROM node:22\nENV PORT=8080\n', 'Dockerfile:2'],
    ['Dockerfile', 'FROM node:22\nCMD ["node", "a.js", "--port", "8080"]\n', 'Dockerfile:2'],
    ['Procfile', 'web: node a.js --port=8080\n', 'Procfile:1'],
    ['compose.yaml', 'services:\n  web:\n    build: .\n    ports: ["80:8080"]\n', 'compose.yaml:4'],
    ['compose.yml', 'services:\n  web:\n    build: .\n    ports:\n      - target: 8080\n', 'compose.yml:5'],
    ['fly.toml', '[http_service]\ninternal_port = 8080\n', 'fly.toml:2'],
    ['fly.toml', '[[services]]\n  internal_port = 8080\n  protocol = "tcp"\n', 'fly.toml:2'],
    ['railway.json', '{\n  "deploy": { "startCommand": "node a.js --port 8080" }\n}\n', 'railway.json:2'],
    ['.env.example', '# where\nPORT=8080 # or so\n', '.env.example:2'],
    [
      'k8s/deployment.yaml',
      'kind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n        - name: a\n          ports:\n            - containerPort: 8080\n',
      'k8s/deployment.yaml:8',
    ],
  ])('is read off %s where the code does not say it: %j', async (file, text, from) => {
    const found = await detected('node', node(silent, { [file]: text }));
    expect(found.port).toBe(8080);
    expect(found.evidence).toContainEqual({ setting: 'port', value: 8080, from });
  });

  it('is a question with both as choices where code and Dockerfile disagree', async () => {
    const found = await detected('node', node(listens, { Dockerfile: 'FROM node\nEXPOSE 8080\n' }));
    expect(found.port).toBeNull();
    expect(found.portChoices).toEqual([
      { port: 3000, from: 'a.js:1' },
      { port: 8080, from: 'Dockerfile:2' },
    ]);
    expect(found.findings).toContainEqual(expect.objectContaining({ id: 'port-unclear', path: 'a.js', line: 1 }));
    const python = { 'requirements.txt': '', 'a.py': 'uvicorn.run(app, port=8000)', Dockerfile: 'EXPOSE 80' };
    expect((await detected('python', python)).port).toBeNull();
  });

  it('is a question where two files disagree', async () => {
    const files = { Dockerfile: 'FROM node\nEXPOSE 8080\n', 'fly.toml': '[http_service]\ninternal_port = 9090\n' };
    const found = await detected('node', node(silent, files));
    expect(found.port).toBeNull();
    expect(found.portChoices?.map(({ port }) => port)).toEqual([8080, 9090]);
  });

  it('is no question any more once it is said', async () => {
    const files = node(listens, { Dockerfile: 'FROM node\nEXPOSE 8080\n' });
    expect(ids(await detected('node', files, { port: true }))).not.toContain('port-unclear');
  });

  it('is the default of the code where PORT decides: then any will do', async () => {
    const found = await detected('node', node(takesPort, { Dockerfile: 'FROM node\nEXPOSE 8080\n' }));
    expect(found.port).toBe(3000);
    expect(found.findings).toContainEqual(expect.objectContaining({ id: 'port-elsewhere', level: 'note', line: 2 }));
  });

  it('is never what a file says where another variable decides', async () => {
    const found = await detected(
      'node',
      node('app.listen(process.env.LISTEN)', { Dockerfile: 'FROM node\nEXPOSE 80' }),
    );
    expect(found.port).toBeNull();
    expect(found.portChoices).toEqual([{ port: 80, from: 'Dockerfile:2' }]);
  });

  it('is what a file says where the variable of a port decides, which the run command sets', async () => {
    const found = await detected(
      'node',
      node('app.listen(process.env.APP_PORT)', { Dockerfile: 'FROM node\nEXPOSE 80' }),
    );
    expect(found).toMatchObject({ port: 80, env: { APP_PORT: '{port}' } });
  });

  it('is what code and a file agree on, though the file names more', async () => {
    const found = await detected('node', node(listens, { Dockerfile: 'FROM node\nEXPOSE 8001 3000\n' }));
    expect(found.port).toBe(3000);
    expect(found.findings).toContainEqual(
      expect.objectContaining({ id: 'port-elsewhere', level: 'note', path: 'Dockerfile', line: 2 }),
    );
  });

  it('is not taken from UDP, from a stage that is not the last, or from a neighbour in a compose file', async () => {
    const files = {
      Dockerfile: 'FROM node AS build\nEXPOSE 9000\nFROM node\nEXPOSE 53/udp\nEXPOSE 8080/tcp\n',
      'compose.yaml': 'services:\n  db:\n    image: postgres\n    ports: ["5432:5432"]\n',
    };
    expect(await detected('node', node(silent, files))).toMatchObject({ port: 8080 });
  });
});
