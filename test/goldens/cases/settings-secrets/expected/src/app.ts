import { Hono } from 'hono';

/** The routes, apart from the server, so that tests call them without a port. */
export const app = new Hono();

app.get('/', (c) => c.json({ service: 'golden', message: 'Hello, world' }));
app.get('/health', (c) => c.json({ status: 'ok' }));
app.notFound((c) => c.json({ error: 'not found' }, 404));
app.onError((error, c) => {
  console.error(error);
  return c.json({ error: 'internal server error' }, 500);
});
