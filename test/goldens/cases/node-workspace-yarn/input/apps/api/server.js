import { createServer } from 'node:http';
import { grams } from 'units';

const port = Number(process.env.PORT ?? 3000);
createServer((_request, response) => response.end(JSON.stringify({ grams: grams(2) }))).listen(port);
