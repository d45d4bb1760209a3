import { describe, expect, it } from 'vitest';
import { splitWords } from '../../../src/caution/words.ts';
import { projectOf } from '../../../src/languages/project.ts';
import { launchOf, portsIn } from '../../../src/surroundings/launch.ts';
import { simpleCommands } from '../../../src/surroundings/shell.ts';

const launch = (line: string, files: Record<string, string> = {}) =>
  launchOf(projectOf(files), splitWords(line) ?? [], 'Dockerfile:9');

describe('a start command', () => {
  it.each([
    ['node server.js', 'node server.js'],
    ['tini -- node server.js', 'node server.js'],
    ['dumb-init -v -- gosu app node server.js', 'node server.js'],
    ['env LEVEL=info exec node server.js', 'node server.js'],
    ['sh -c "exec node server.js"', 'node server.js'],
    ["bash -lc 'cd /app && node server.js'", 'node server.js'],
  ])('is what is left of %j', (line, words) => {
    expect(launch(line)).toMatchObject({ words: words.split(' '), before: [], several: null });
  });

  it('keeps the assignments before it', () => {
    expect(launch('PORT=80 LEVEL="a b" node x')).toMatchObject({
      words: ['node', 'x'],
      env: { PORT: '80', LEVEL: 'a b' },
    });
  });

  it('is the last of several; those before it are steps', () => {
    expect(launch("sh -c 'npx migrate up && node server.js'")).toMatchObject({
      words: ['node', 'server.js'],
      before: [{ value: 'npx migrate up', from: 'Dockerfile:9' }],
    });
    expect(launch('./migrate && ./server')).toMatchObject({ words: ['./server'], before: [{ value: './migrate' }] });
  });

  it.each(['supervisord -n', '/usr/bin/honcho start', "sh -c 'nginx & node server.js'", './worker & ./server'])(
    'is several processes in %j',
    (line) => {
      expect(launch(line).several).not.toBeNull();
    },
  );

  it.each(["sh -c 'node server.js 2>&1'", "sh -c 'node server.js &> log'", "sh -c 'a && b'"])(
    'is one process in %j',
    (line) => {
      expect(launch(line).several).toBeNull();
    },
  );
});

describe('a start script', () => {
  const at = (text: string, line = './start.sh') => launch(line, { 'docker/start.sh': text });

  it('is followed to what it executes', () => {
    expect(at('#!/bin/sh\nset -e\nexport A=1\nexec node server.js\n').words).toEqual(['node', 'server.js']);
    expect(at('#!/bin/sh\necho hello\nnode server.js\n').words).toEqual(['node', 'server.js']);
  });

  it('passes on what it is given', () => {
    const found = at(
      '#!/bin/sh\nif [ -n "$X" ]; then\n  flask db upgrade\nfi\nexec "$@"\n',
      '/start.sh node server.js',
    );
    expect(found).toMatchObject({
      words: ['node', 'server.js'],
      before: [{ value: 'flask db upgrade', from: 'docker/start.sh:3' }],
    });
  });

  it('that becomes one program or another hides which', () => {
    const branches = 'if [ -n "$DEV" ]; then\n  exec node dev.js\nelse\n  exec node server.js\nfi\n';
    expect(at(branches).words).toEqual([]);
    expect(at(`${branches}exec "$@"\n`, '/start.sh node a.js').words).toEqual(['node', 'a.js']);
    expect(at('if x; then\n  exec node a.js\nfi\nexec node a.js\n').words).toEqual(['node', 'a.js']);
  });

  it('keeps the lines of its commands behind one that goes on', () => {
    const found = at('#!/bin/sh\nmigrate \\\n  --all\nexec node \\\n  server.js\n');
    expect(found).toMatchObject({ words: ['node', 'server.js'], from: 'docker/start.sh:4' });
    expect(found.before).toEqual([{ value: 'migrate --all', from: 'docker/start.sh:2' }]);
  });

  it('starts several processes when one stays in the background', () => {
    expect(at('node worker.js &\nnode server.js\n').several).toEqual({
      value: 'node worker.js &',
      from: 'docker/start.sh:1',
    });
  });

  it('that calls itself comes to an end', () => {
    expect(at('./start.sh\n').several).toBeNull();
  });
});

describe('shell text', () => {
  it('is split at operators, not inside of quotes or behind a comment', () => {
    const words = simpleCommands(`a "b && c" 'd; e' # f && g\nh | i`).map((command) => command.words);
    expect(words).toEqual([['a', 'b && c', 'd; e'], ['h'], ['i']]);
  });

  it('with a quote that stays open is left out', () => {
    expect(simpleCommands('a && "b')).toEqual([{ words: ['a'], operator: '&&' }]);
  });
});

describe('ports of a command', () => {
  it.each(['--port 80', '--port=80', '-p 80', '--bind 0.0.0.0:80', '-b :80', '--addr=127.0.0.1:80', '--http-port 80'])(
    'are read off %j',
    (line) => {
      expect(portsIn(line.split(' '))).toEqual([80]);
    },
  );

  it.each(['--port $PORT', '--timeout 80', '-p', '--bind unix:/x'])('are not in %j', (line) => {
    expect(portsIn(line.split(' '))).toEqual([]);
  });
});
