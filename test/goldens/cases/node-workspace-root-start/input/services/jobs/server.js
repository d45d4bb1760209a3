import { createServer } from 'node:http';

const port = Number(process.env.PORT ?? 3100);
createServer((_request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end('{"status":"ok"}');
}).listen(port);
