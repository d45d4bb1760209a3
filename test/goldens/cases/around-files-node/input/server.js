import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';

const page = readFileSync('views/index.html');
const other = readFileSync(new URL('./etc/other.html', import.meta.url));
const third = readFileSync('etc/other.html');
createServer((_, response) => response.end(page)).listen(3000);
