import { createServer } from 'node:http';

const { STRIPE_SECRET_KEY } = process.env;
const key = process.env['SIGNING_KEY'];
createServer((_, response) => response.end(`${STRIPE_SECRET_KEY}${key}`)).listen(process.env.PORT);
