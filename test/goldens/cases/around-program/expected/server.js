import { execFile } from 'node:child_process';
import { createServer } from 'node:http';

createServer((_, response) => execFile('ffmpeg', ['-version'], (_, text) => response.end(text))).listen(3000);
