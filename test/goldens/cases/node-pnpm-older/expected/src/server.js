import { createServer } from 'node:http';
import ms from 'ms';

const port = Number(process.env.PORT ?? 3000);
createServer((_request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ hour: ms('1h') }));
}).listen(port);
