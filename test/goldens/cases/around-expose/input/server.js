import { createServer } from 'node:http';
import { settings } from './settings.js';

createServer((_, response) => response.end('ok')).listen(settings.port);
