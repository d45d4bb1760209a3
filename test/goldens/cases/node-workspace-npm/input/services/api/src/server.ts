import { createServer } from 'node:http';
import { price } from '@shop/money';

const port = Number(process.env.PORT ?? 3000);
createServer((_request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ price: price(350) }));
}).listen(port);
