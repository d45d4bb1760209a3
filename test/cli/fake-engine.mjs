#!/usr/bin/env node
// A `docker` that makes no container: it notes what it is told below FAKE_ENGINE, and gives back what lies there.
import {
  appendFileSync,
  createReadStream,
  createWriteStream,
  existsSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

const folder = process.env.FAKE_ENGINE ?? '';
const args = process.argv.slice(2);
const at = (/** @type {string} */ name) => path.join(folder, name);
const containers = () =>
  existsSync(at('containers')) ? readFileSync(at('containers'), 'utf8').split('\n').filter(Boolean) : [];
const say = (/** @type {string} */ text) => process.stdout.write(`${text}\n`);
appendFileSync(at('calls'), `${JSON.stringify(args)}\n`);

switch (args[0]) {
  case 'version':
    say(JSON.stringify({ Client: { Version: '28.0.0' }, Server: { Version: '28.0.0' } }));
    break;
  case 'buildx':
    say(
      args[1] === 'version' ? 'github.com/docker/buildx v0.20.0 abc' : 'Name: default\nDriver: docker\nStatus: running',
    );
    break;
  case 'info':
    say('io.containerd.snapshotter');
    break;
  case 'create': {
    const id = `c${containers().length + 1}`;
    appendFileSync(at('containers'), `${id}\n`);
    say(id);
    break;
  }
  case 'cp':
    if (args[1] === '-')
      await pipeline(process.stdin, createWriteStream(at(`in-${String(args[2]).replace(/\W+/g, '-')}.tar`)));
    else await pipeline(createReadStream(at(args[1] === '--follow-link' ? 'lent.tar' : 'made.tar')), process.stdout);
    break;
  case 'wait':
    if (existsSync(at('hangs'))) await new Promise((resolve) => setTimeout(resolve, 60_000));
    say(existsSync(at('fails')) ? '1' : '0');
    break;
  case 'logs':
    process.stderr.write(existsSync(at('fails')) ? readFileSync(at('fails'), 'utf8') : '');
    break;
  case 'ps':
    say(containers().join('\n'));
    break;
  case 'rm':
    writeFileSync(
      at('containers'),
      containers()
        .filter((id) => !args.includes(id))
        .join('\n'),
    );
    rmSync(at('hangs'), { force: true });
    break;
  default:
}
