import { createServer } from 'node:http';

enum Kind {
  Entry = 'entry',
}

createServer((_request, response) => response.end(Kind.Entry)).listen(process.env.PORT || 3000);
