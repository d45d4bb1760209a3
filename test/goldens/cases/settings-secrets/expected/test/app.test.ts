import assert from 'node:assert/strict';
import { test } from 'node:test';
import { app } from '../src/app.ts';

test('GET / names the service', async () => {
  const response = await app.request('/');
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), { service: 'golden', message: 'Hello, world' });
});

test('GET /health says ok', async () => {
  const response = await app.request('/health');
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), { status: 'ok' });
});

test('an unknown path is answered in JSON, with 404', async () => {
  const response = await app.request('/nowhere');
  assert.equal(response.status, 404);
  assert.deepEqual(await response.json(), { error: 'not found' });
});
