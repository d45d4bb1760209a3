import { createServer } from 'node:http';

enum Port {
  http = 4000,
}

const { PORT = '4000' } = process.env;
createServer((_, response) => response.end(String(Port.http))).listen(Number(PORT));
