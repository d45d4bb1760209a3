import { createServer } from 'http';
import { Kind } from './kind';

const port = Number(process.env.PORT || 3000);
createServer((_request, response) => response.end(Kind.Entry)).listen(port);
