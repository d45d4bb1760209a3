import { serve } from '@hono/node-server';
import { app } from './app.ts';

const port = Number(process.env.PORT || 8080);
if (!Number.isInteger(port) || port < 1 || port > 65535) {
  throw new Error(`PORT is ${JSON.stringify(process.env.PORT)}, not a number from 1 to 65535`);
}

const server = serve({ fetch: app.fetch, hostname: '0.0.0.0', port }, () => {
  console.log(`listening on 0.0.0.0:${port}`);
});

/** Takes no new requests and lets open ones end, for ten seconds at most; a second signal ends the process at once. */
function stop(): void {
  process.removeAllListeners('SIGTERM').removeAllListeners('SIGINT');
  server.close(() => {
    console.log('stopped');
    process.exit(0);
  });
  setTimeout(() => {
    console.error('stopped with requests still open');
    process.exit(1);
  }, 10_000).unref();
}

process.on('SIGTERM', stop);
process.on('SIGINT', stop);
