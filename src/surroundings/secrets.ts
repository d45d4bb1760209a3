/** Whether a variable's name, or its value, looks like something that only its owner may know. */
export function looksSecret(name: string, value: string | null): boolean {
  if (/\bPUBLIC|PUBLISHABLE|_PUB(_|$)|^(NEXT_PUBLIC|VITE|REACT_APP)_/.test(name)) return false;
  return secretName.test(name) || (value !== null && secretValue.test(value));
}

/** Addresses of databases and brokers carry passwords, as a rule. */
const secretName =
  /(SECRET|TOKEN|PASSW|PASSPHRASE|PRIVATE|CREDENTIAL|API_?KEY|ACCESS_?KEY|(SIGNING|ENCRYPTION|MASTER|SERVICE|ACCOUNT|AUTH|LICENSE|APP|HMAC|JWT|SESSION|COOKIE)_KEYS?$|(^|_)(PASS|PWD|SALT|DSN|PEPPER|CONNECTION_STRING)$|^(DATABASE|DB|PG|POSTGRES(QL)?|MYSQL|MARIADB|MONGO(DB)?|REDIS|AMQP|RABBITMQ|CLICKHOUSE|ELASTIC(SEARCH)?|CELERY_BROKER|BROKER|SMTP)(_PRIVATE)?_(URL|URI)$|_DATABASE_URL$|WEBHOOK_URL$)/i;

/** An address with a password in it, a private key, or a token of a known form. */
const secretValue =
  /^[a-z][a-z0-9+.-]*:\/\/[^/@\s:]*:[^/@\s]+@|-----BEGIN [A-Z ]*PRIVATE KEY-----|^(sk_live_|sk_test_|ghp_|gho_|github_pat_|xox[abp]-|AKIA|glpat-|eyJ[A-Za-z0-9_-]{10,}\.)/;
