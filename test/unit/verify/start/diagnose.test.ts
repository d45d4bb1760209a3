import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../../src/verify/start/diagnose.ts';

/** The troubles of a log, as `trouble: subject`. */
const troubles = (log: string) =>
  diagnose(log).map(({ trouble, subject }) => (subject === null ? trouble : `${trouble}: ${subject}`));

const environ = (name: string) =>
  `Traceback (most recent call last):\n  File "/app/main.py", line 5, in <module>\n    url = os.environ["${name}"]\n  File "<frozen os>", line 679, in __getitem__\nKeyError: '${name}'`;

describe('a variable that is missing is named', () => {
  it.each([
    ['Python', environ('DATABASE_URL'), 'DATABASE_URL'],
    [
      'Python before 3.11, without the source line',
      'Traceback (most recent call last):\n  File "/usr/lib/python3.10/os.py", line 680, in __getitem__\n    raise KeyError(key) from None\nKeyError: \'SECRET_KEY\'',
      'SECRET_KEY',
    ],
    ['starlette', `KeyError: "Config 'DATABASE_URL' is missing, and has no default."`, 'DATABASE_URL'],
    [
      'python-decouple',
      'decouple.UndefinedValueError: SECRET_KEY not found. Declare it as envvar or define a default value.',
      'SECRET_KEY',
    ],
    ['environs', 'environs.exceptions.EnvError: Environment variable "API_KEY" not set', 'API_KEY'],
    [
      'django-environ',
      'django.core.exceptions.ImproperlyConfigured: Set the SECRET_KEY environment variable',
      'SECRET_KEY',
    ],
    [
      'Django',
      'django.core.exceptions.ImproperlyConfigured: Requested setting INSTALLED_APPS, but settings are not configured. You must either define the environment variable DJANGO_SETTINGS_MODULE or call settings.configure() before accessing settings.',
      'DJANGO_SETTINGS_MODULE',
    ],
    [
      'pydantic 2',
      'pydantic_core._pydantic_core.ValidationError: 1 validation error for Settings\ndatabase_url\n  Field required [type=missing, input_value={}, input_type=dict]\n    For further information visit https://errors.pydantic.dev/2.11/v/missing',
      'DATABASE_URL',
    ],
    [
      'pydantic 1',
      'pydantic.error_wrappers.ValidationError: 1 validation error for Settings\napi_key\n  field required (type=value_error.missing)',
      'API_KEY',
    ],
    [
      'zod 3',
      'ZodError: [\n  {\n    "code": "invalid_type",\n    "expected": "string",\n    "received": "undefined",\n    "path": [\n      "DATABASE_URL"\n    ],\n    "message": "Required"\n  }\n]',
      'DATABASE_URL',
    ],
    [
      'zod 4',
      'ZodError: [\n  {\n    "expected": "string",\n    "code": "invalid_type",\n    "path": [\n      "API_TOKEN"\n    ],\n    "message": "Invalid input: expected string, received undefined"\n  }\n]',
      'API_TOKEN',
    ],
    [
      'envalid',
      '================================\n Missing environment variables:\n    DATABASE_URL: undefined\n================================',
      'DATABASE_URL',
    ],
    [
      't3-env',
      "❌ Invalid environment variables: {\n  DATABASE_URL: [ 'Required' ]\n}\nError: Invalid environment variables",
      'DATABASE_URL',
    ],
    ['Joi in NestJS', 'Error: Config validation error: "DATABASE_URL" is required', 'DATABASE_URL'],
    ['env-var', 'EnvVarError: env-var: "PORT" is a required variable, but it was not set', 'PORT'],
    [
      'dotenv-safe',
      'MissingEnvVarsError: The following variables were defined in .env.example but are not present in the environment:\n  API_SECRET',
      'API_SECRET',
    ],
    ['envconfig', '2026/03/01 10:00:00 required key DATABASE_URL missing value', 'DATABASE_URL'],
    ['caarlos0/env', 'env: required environment variable "DATABASE_URL" is not set', 'DATABASE_URL'],
    ['go-envconfig', 'DatabaseURL: missing required value: DATABASE_URL', 'DATABASE_URL'],
    [
      'Rust, expect',
      "thread 'main' (1) panicked at src/main.rs:13:66:\nDATABASE_URL must be set: NotPresent\nstack backtrace:",
      'DATABASE_URL',
    ],
    ['Rust, anyhow', 'Error: DATABASE_URL: environment variable not found', 'DATABASE_URL'],
    ['envy', 'Error: missing value for field database_url', 'DATABASE_URL'],
    ['Ruby', 'config.rb:3:in `fetch\': key not found: "DATABASE_URL" (KeyError)', 'DATABASE_URL'],
    ['Spring', `Could not resolve placeholder 'DATABASE_URL' in value "\${DATABASE_URL}"`, 'DATABASE_URL'],
    ['a shell', 'sh: DATABASE_URL: parameter not set', 'DATABASE_URL'],
    ['bash', '/app/start.sh: line 3: DATABASE_URL: unbound variable', 'DATABASE_URL'],
    ['a person', 'Error: DATABASE_URL is not set', 'DATABASE_URL'],
    ['another', 'FATAL: environment variable DATABASE_URL is required', 'DATABASE_URL'],
    ['a third', 'Missing required environment variable: DATABASE_URL', 'DATABASE_URL'],
    ['a fourth', '2026-03-01T10:00:00Z ERROR Missing required env var DATABASE_URL', 'DATABASE_URL'],
    ['a fifth', 'panic: JWT_SECRET must be set', 'JWT_SECRET'],
    ['a sixth', 'Please set the STRIPE_KEY environment variable.', 'STRIPE_KEY'],
    ['a seventh', 'log.Fatal: $PORT must be set', 'PORT'],
  ])('by %s', (_, log, name) => {
    expect(troubles(log)).toEqual([`variable: ${name}`]);
  });

  it('and where the runtime does not name it, it is a variable all the same', () => {
    expect(troubles('called `Result::unwrap()` on an `Err` value: NotPresent')).toEqual(['variable']);
    expect(troubles('Error: environment variable not found')).toEqual(['variable']);
  });

  it('and all of them, when there are several', () => {
    const log =
      'pydantic_core._pydantic_core.ValidationError: 2 validation errors for AppConfig\nfirst\n  Field required [type=missing, input_value={}, input_type=dict]\nsecond\n  Field required [type=missing, input_value={}, input_type=dict]';
    expect(troubles(log)).toEqual(['variable: FIRST', 'variable: SECOND']);
    expect(troubles('Missing environment variables:\n  ONE_KEY, TWO_KEY')).toEqual([
      'variable: ONE_KEY',
      'variable: TWO_KEY',
    ]);
  });
});

describe('a name that is resolved is named', () => {
  it.each([
    [
      'Node',
      "Error: getaddrinfo EAI_AGAIN db.example.com\n    at x {\n  errno: -3001,\n  code: 'EAI_AGAIN',\n  hostname: 'db.example.com'\n}",
    ],
    ['Node with another answer', 'Error: getaddrinfo ENOTFOUND db.example.com'],
    [
      'c-ares in Node',
      "Error: queryA ECONNREFUSED db.example.com\n    at x {\n  code: 'ECONNREFUSED',\n  syscall: 'queryA'\n}",
    ],
    ['MongoDB', 'MongoServerSelectionError: getaddrinfo ENOTFOUND db.example.com'],
    [
      'urllib3',
      "requests.exceptions.ConnectionError: HTTPSConnectionPool(host='db.example.com', port=443): Max retries exceeded with url: / (Caused by NameResolutionError(\"<urllib3.connection.HTTPSConnection object at 0x7f>: Failed to resolve 'db.example.com' ([Errno -3] Try again)\"))",
    ],
    [
      'aiohttp',
      'aiohttp.client_exceptions.ClientConnectorDNSError: Cannot connect to host db.example.com:443 ssl:default [Name does not resolve]',
    ],
    ['libpq', 'psycopg.OperationalError: could not translate host name "db.example.com" to address: Try again'],
    [
      'Go',
      'Get "https://db.example.com/x": dial tcp: lookup db.example.com on 10.0.0.53:53: dial udp 10.0.0.53:53: connect: network is unreachable',
    ],
    ['Go without a server', 'dial tcp: lookup db.example.com: no such host'],
    [
      'Go, refused',
      'dial tcp: lookup db.example.com on 127.0.0.1:53: read udp 127.0.0.1:4->127.0.0.1:53: read: connection refused',
    ],
    [
      'reqwest',
      'error sending request for url (https://db.example.com/v1): error trying to connect: dns error: failed to lookup address information: Try again',
    ],
    [
      'reqwest as it is printed',
      'reqwest::Error { kind: Request, url: "https://db.example.com/", source: hyper_util::client::legacy::Error(Connect, ConnectError("dns error", Custom { kind: Uncategorized, error: "failed to lookup address information: Name does not resolve" })) }',
    ],
    ['Java', 'java.net.UnknownHostException: db.example.com: Name does not resolve'],
    ['curl', 'curl: (6) Could not resolve host: db.example.com'],
    ['busybox', "wget: bad address 'db.example.com'"],
  ])('by %s', (_, log) => {
    expect(troubles(log)).toEqual(['name-resolution: db.example.com']);
  });

  it.each([
    'socket.gaierror: [Errno -3] Temporary failure in name resolution',
    'socket.gaierror: [Errno -3] Try again',
    'socket.gaierror: [Errno -2] Name does not resolve',
    'urllib.error.URLError: <urlopen error [Errno -2] Name or service not known>',
    'Custom { kind: Uncategorized, error: "failed to lookup address information: Try again" }',
  ])('and known for one without a name: %s', (log) => {
    expect(troubles(log)).toEqual(['name-resolution']);
  });
});

describe('what else keeps a service from running is recognised', () => {
  it.each([
    ["Error: connect ECONNREFUSED 127.0.0.1:5432\n    at x {\n  code: 'ECONNREFUSED'\n}", 'connection: 127.0.0.1:5432'],
    ['Error: connect ENETUNREACH 203.0.113.1:443 - Local (0.0.0.0:0)', 'connection: 203.0.113.1:443'],
    ['Error: connect ENOENT /run/redis.sock', 'connection: /run/redis.sock'],
    ['dial tcp [::1]:6379: connect: connection refused', 'connection: [::1]:6379'],
    ['dial tcp 203.0.113.1:5432: connect: network is unreachable', 'connection: 203.0.113.1:5432'],
    [
      'psycopg2.OperationalError: connection to server at "127.0.0.1", port 5432 failed: Connection refused',
      'connection: 127.0.0.1, port 5432',
    ],
    ['ConnectionRefusedError: [Errno 111] Connection refused', 'connection'],
    ['OSError: [Errno 101] Network is unreachable', 'connection'],
    ['Os { code: 101, kind: NetworkUnreachable, message: "Network unreachable" }', 'connection'],
    ['Error: Connection refused (os error 111)', 'connection'],
    [
      'Error loading shared library libssl.so.3: No such file or directory (needed by /usr/bin/app)',
      'library: libssl.so.3',
    ],
    ['Error relocating /usr/bin/app: __memcpy_chk: symbol not found', 'library: /usr/bin/app'],
    [
      '/app: error while loading shared libraries: libpq.so.5: cannot open shared object file: No such file or directory',
      'library: libpq.so.5',
    ],
    ["/app: /lib64/libc.so.6: version `GLIBC_2.34' not found (required by /app)", 'library: GLIBC_2.34'],
    ["ModuleNotFoundError: No module named 'flask'", 'module: flask'],
    ['/usr/bin/python3: No module named app', 'module: app'],
    ["Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'express' imported from /app/server.js", 'module: express'],
    ["Error: Cannot find module 'express'\nRequire stack:\n- /app/server.js", 'module: express'],
    ['ERROR:    Error loading ASGI app. Could not import module "main".', 'module: main'],
    [
      "[Error: ENOENT: no such file or directory, open 'config/x.json'] {\n  code: 'ENOENT'",
      'missing-file: config/x.json',
    ],
    ["FileNotFoundError: [Errno 2] No such file or directory: '/nope/x'", 'missing-file: /nope/x'],
    ['open /etc/app.yaml: no such file or directory', 'missing-file: /etc/app.yaml'],
    ['fork/exec /usr/bin/git: no such file or directory', 'missing-file: /usr/bin/git'],
    ['Error: spawn git ENOENT', 'missing-file: git'],
    ['Error: No such file or directory (os error 2)', 'missing-file'],
    ["Error: EACCES: permission denied, mkdir '/app/data'", 'permission: /app/data'],
    ["PermissionError: [Errno 13] Permission denied: '/data'", 'permission: /data'],
    ['listen tcp :80: bind: permission denied', 'permission: :80'],
    ['Os { code: 13, kind: PermissionDenied, message: "Permission denied" }', 'permission'],
    ['Error: listen EADDRINUSE: address already in use :::8080', 'address-in-use: :::8080'],
    ['listen tcp :8080: bind: address already in use', 'address-in-use: :8080'],
    ['OSError: [Errno 98] Address in use', 'address-in-use'],
    [
      "ERROR:    [Errno 98] error while attempting to bind on address ('0.0.0.0', 8080): address in use",
      'address-in-use: 0.0.0.0, 8080',
    ],
    ['Os { code: 98, kind: AddrInUse, message: "Address in use" }', 'address-in-use'],
    ['Error: listen EADDRNOTAVAIL: address not available 203.0.113.1:80', 'address: 203.0.113.1:80'],
    ['listen tcp 203.0.113.1:80: bind: cannot assign requested address', 'address: 203.0.113.1:80'],
    ['FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory', 'memory'],
    ['fatal error: runtime: out of memory', 'memory'],
    ['memory allocation of 1073741824 bytes failed', 'memory'],
    ['Illegal instruction (core dumped)', 'processor'],
    ['This program can only be run on AMD64 processors; it does not support GOAMD64=v3', 'processor'],
  ])('%s', (log, trouble) => {
    expect(troubles(log)).toEqual([trouble]);
  });
});

describe('what a service says that runs is nothing of this', () => {
  it.each([
    'Listening on http://0.0.0.0:8080',
    'INFO:     Uvicorn running on http://0.0.0.0:8080 (Press CTRL+C to quit)',
    'WARNING: This is a development server. Do not use it in a production deployment.',
    'TLS is not configured, ERROR is not set',
    'Traceback (most recent call last):\n  File "/app/x.py", line 1, in <module>\nKeyError: \'user_id\'',
    "KeyError: 'DATABASE_URL'",
    'GET /lookup 200 in 3 ms',
    'pydantic_core._pydantic_core.ValidationError: 1 validation error for Order\nname\n  Field required [type=missing, input_value={}, input_type=dict]',
    '',
  ])('%s', (log) => {
    expect(troubles(log)).toEqual([]);
  });

  it('and hostile output is bounded, made printable, and read in no time', () => {
    const hostile = [
      `Error: connect ECONNREFUSED \u001b[31m127.0.0.1:1\u001b[0m\u202e${'x'.repeat(5000)}`,
      'url ("'.repeat(20_000),
      `${'A_'.repeat(50_000)} is not set`,
      `Missing ${'required '.repeat(20_000)}`,
      ...Array.from({ length: 5000 }, (_, index) => `VARIABLE_${index} is not set`),
    ].join('\n');
    const begin = performance.now();
    const found = diagnose(hostile);
    expect(performance.now() - begin).toBeLessThan(1500);
    expect(found).toHaveLength(20);
    for (const { evidence, subject } of found) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must be gone
      expect(`${evidence}${subject}`).not.toMatch(/[\x00-\x1f\u202e]/);
      expect(evidence.length).toBeLessThanOrEqual(200);
    }
  });
});
