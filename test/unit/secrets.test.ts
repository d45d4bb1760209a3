import { describe, expect, it } from 'vitest';
import { looksSecret, namesSecret, secretValue } from '../../src/secrets.ts';
import { busyFor } from './busy.ts';

describe('a name of something that only its owner may know', () => {
  it.each([
    'API_KEY',
    'OPENAI_API_KEY',
    'STRIPE_SECRET_KEY',
    'GITHUB_TOKEN',
    'TELEGRAM_TOKENS',
    'DB_PASSWORD',
    'DBPASSWORD',
    'PGPASSWORD',
    'MYSQL_PWD',
    'DB_PASS',
    'SENTRY_DSN',
    'AWS_SECRET_ACCESS_KEY',
    'AWS_ACCESS_KEY_ID',
    'JWT_KEY',
    'JWT_SECRET',
    'jwtSecret',
    'SESSION_SECRET',
    'PRIVATE_PEM',
    'PRIVATE_KEY_BASE64',
    'COOKIE_SALT',
    'GOOGLE_APPLICATION_CREDENTIALS',
  ])('is %s', (name) => {
    expect(namesSecret(name)).toBe(true);
    expect(looksSecret(name, null)).toBe(true);
  });

  it.each([
    'LOG_LEVEL',
    'BASE_URL',
    'PUBLIC_KEY',
    'NEXT_PUBLIC_API_KEY',
    'VITE_MAPBOX_TOKEN',
    'STRIPE_PUBLISHABLE_KEY',
    'KEYBOARD',
    'CACHE_SIZE',
    'COMPASS',
    'BYPASS',
    'PRIVATE_MODE',
    'MONKEY',
    'TOKENIZER',
    'JWT_ACCESS_EXPIRATION_MINUTES',
    'JWT_RESET_PASSWORD_EXPIRATION_MINUTES',
    'REFRESH_TOKEN_TTL',
    'ACCESS_TOKEN_EXPIRES_IN',
    'TOKEN_LIFETIME_SECONDS',
    'TOKEN_MAX_AGE',
    'SESSION_TOKEN_HEADER',
    'JWT_SECRET_ALGORITHM',
    'TOKEN_ISSUER',
    'TOKEN_AUDIENCE',
    'TOKEN_TYPE',
    'OIDC_OP_TOKEN_ENDPOINT',
    'OAUTH_TOKEN_URL',
    'PASSWORD_MIN_LENGTH',
    'PASSWORD_RESET_TIMEOUT',
    'PASSWORD_AUTH_ENABLED',
    'BCRYPT_SALT_ROUNDS',
    'SALT_ROTATION',
    'MAX_TOKENS',
    'OPENAI_MAX_OUTPUT_TOKENS',
    'DB_PASSWORD_FILE',
    'SSH_PRIVATE_KEY_PATH',
    'SECRET_NAME',
    'KEY_PREFIX',
  ])('is not %s', (name) => {
    expect(namesSecret(name)).toBe(false);
    expect(looksSecret(name, 'plain')).toBe(false);
  });

  it.each(['DATABASE_URL', 'DATABASE_ASYNC_URL', 'REDIS_URL', 'MONGODB_URI', 'METRICITY_DB_URL', 'SLACK_WEBHOOK_URL'])(
    'may be %s, an address that carries a password as a rule',
    (name) => {
      expect(namesSecret(name)).toBe(false);
      expect(looksSecret(name, null)).toBe(true);
    },
  );
});

describe('a value that only its owner may know', () => {
  it.each([
    'https://me:word@example.com',
    'redis://:word@cache:6379/0',
    '-----BEGIN RSA PRIVATE KEY-----',
    `ghp_${'a'.repeat(36)}`,
    'AKIAABCDEFGHIJKLMNOP',
  ])('is one by its form, whatever its name: %s', (value) => {
    expect(secretValue(value)).not.toBeNull();
    expect(looksSecret('UPSTREAM', value)).toBe(true);
  });

  it.each(['https://example.com/a:b@c', 'postgres://db:5432/app', 'a:b@c', 'AKIA'])('is not %s', (value) => {
    expect(secretValue(value)).toBeNull();
  });

  it.each(['a.', 'a', 'eyJ', '-----BEGIN ', 'A '])('is looked for in time, whatever the text: %s', async (word) => {
    expect(await busyFor(() => secretValue(word.repeat(50_000)))).toBeLessThan(500);
  });
});
