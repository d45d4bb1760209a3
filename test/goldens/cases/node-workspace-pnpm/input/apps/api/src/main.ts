import { createServer } from 'node:http';
import { hours } from '@hub/time';

enum Kind {
  Long = 'long',
}

const port = Number(process.env.PORT ?? 3000);
createServer((_request, response) => {
  response.end(JSON.stringify({ kind: Kind.Long, hours: hours(3) }));
}).listen(port);
