import { describe, expect, it } from 'vitest';
import { judge, type Seen, type Wanted } from '../../../../src/verify/start/judge.ts';
import { writesOutside, writtenPaths } from '../../../../src/verify/start/writes.ts';

const wanted: Wanted = {
  run: '/usr/bin/app --serve',
  ports: [8080],
  httpPort: 8080,
  timeoutSeconds: 30,
  declared: { secrets: [], egress: false },
};
const fine: Seen = {
  ready: true,
  listening: [{ port: 8080, version: 4, loopback: false }],
  udp: [],
  memory: { resident: 50e6, peak: 60e6 },
  exitCode: null,
  outOfMemory: false,
  log: 'Listening on 8080',
  program: null,
  stopped: 143,
};
const ended: Seen = { ...fine, ready: false, listening: [], exitCode: 1, stopped: null, log: '' };
const look = (seen: Partial<Seen>, base: Seen = fine, more: Partial<Wanted> = {}) =>
  judge({ ...wanted, ...more }, { ...base, ...seen });
const ids = (...args: Parameters<typeof look>) => look(...args).findings.map(({ id, level }) => `${level} ${id}`);

describe('a service that runs', () => {
  it('has nothing to be told', () => {
    expect(look({})).toEqual({ findings: [], needs: [] });
  });

  it('is told of ports that the Procfile does not name, does name, and that Caution keeps', () => {
    const { findings } = look({
      listening: [
        { port: 9090, version: 4, loopback: false },
        { port: 49_502, version: 4, loopback: false },
      ],
    });
    expect(findings).toMatchObject([
      { id: 'other-ports', level: 'warning' },
      { id: 'reserved-port', level: 'warning' },
    ]);
    expect(findings[0]?.message).toBe(
      'The service listens on 9090, 49502, which the Procfile does not name. Nothing listens on 8080, which the Procfile names.',
    );
  });

  it('is told when only the machine itself reaches it, by which address', () => {
    const one = { port: 8080, version: 6, loopback: true } as const;
    expect(look({ listening: [one] }).findings[0]?.message).toContain('8080 for the machine itself only (::1)');
    expect(ids({ listening: [one, { ...one, loopback: false }] })).toEqual([]);
  });

  it('is told of UDP, and that a named port with UDP alone is not reached', () => {
    expect(ids({ udp: [5353] })).toEqual(['note udp-port']);
    const { findings } = look({ udp: [53] }, fine, { ports: [8080, 53] });
    expect(findings.map(({ id, level }) => [id, level])).toEqual([
      ['other-ports', 'warning'],
      ['udp-port', 'warning'],
    ]);
    expect(findings[1]?.message).toContain('no TCP connections on 53');
  });

  it('is told of names and addresses outside that it cannot reach, and of nothing else in its log', () => {
    const log =
      'Error: getaddrinfo EAI_AGAIN telemetry.example.com\nconnect ECONNREFUSED 127.0.0.1:1\nLOG_LEVEL is not set';
    expect(ids({ log })).toEqual(['warning needs-name']);
    expect(ids({ log: 'connect ENETUNREACH 203.0.113.1:443' })).toEqual(['warning needs-network']);
  });

  it('is told when it does not end as it should', () => {
    expect([0, 143, null].flatMap((stopped) => ids({ stopped }))).toEqual([]);
    expect(look({ stopped: 137 }).findings).toMatchObject([{ id: 'ends-badly', level: 'note' }]);
    expect(look({ stopped: 137 }).findings[0]?.message).toContain('ignores SIGTERM');
    expect(look({ stopped: 1 }).findings[0]?.message).toContain('ended with exit code 1');
  });

  it('is told of a peak that the suggested memory does not count', () => {
    expect(ids({ memory: { resident: 50e6, peak: 150e6 } })).toEqual(['note memory-peak']);
    expect(ids({ memory: { resident: 10e6, peak: 60e6 } })).toEqual([]);
  });
});

describe('a service that does not run', () => {
  it('is told the variable that it lacks, and the run command that gives it', () => {
    const { findings } = look({ log: 'Error: LOG_TARGET is not set' }, ended);
    expect(findings.map(({ id, level }) => `${level} ${id}`)).toEqual(['error service-exited', 'error needs-variable']);
    expect(findings[1]?.mend).toContain('run: LOG_TARGET=… /usr/bin/app --serve');
    expect(findings[1]?.message).toContain('It said: Error: LOG_TARGET is not set');
  });

  it.each(['DATABASE_URL', 'SESSION_SECRET'])('is not told to put a secret into the run command: %s', (name) => {
    const { findings } = look({ log: `Error: ${name} is not set` }, ended);
    expect(findings[1]?.mend).toContain(`--secret ${name}`);
    expect(findings[1]?.mend).not.toContain('run:');
  });

  it('is told when it waits for a name instead of listening', () => {
    const silent = { ...ended, exitCode: null, log: 'getaddrinfo ENOTFOUND db.example.com' };
    expect(ids({}, silent)).toEqual(['error not-listening', 'error needs-name']);
  });

  it('is told apart: what is missing beside it, and what is missing outside', () => {
    expect(ids({ log: 'connect ECONNREFUSED 127.0.0.1:5432' }, ended)).toContain('error needs-local-service');
    expect(ids({ log: 'connect ECONNREFUSED 203.0.113.1:5432' }, ended)).toContain('error needs-network');
  });

  it('is told how it ended', () => {
    const first = (seen: Partial<Seen>) => look(seen, ended).findings[0];
    expect(first({ log: 'one\nlast words\n' })?.message).toBe('The service ended with exit code 1: last words');
    expect(first({ exitCode: 0 })?.mend).toContain('foreground');
    expect(first({ exitCode: 139 })?.message).toBe('The service was ended by SIGSEGV.');
    expect(first({ exitCode: 137, outOfMemory: true })?.message).toBe(
      'The service was ended by SIGKILL, out of memory.',
    );
    expect(first({ exitCode: 127, program: '/app is not in the image.' })?.message).toBe('/app is not in the image.');
    expect(first({ exitCode: 1, program: '/app is not in the image.' })?.message).toContain('exit code 1');
  });

  it('is excused where the enclave has what it lacks here, and there alone', () => {
    const log = 'Error: DATABASE_URL is not set\ngetaddrinfo ENOTFOUND db.example.com';
    const declared = { secrets: ['DATABASE_URL'], egress: true };
    const excused = look({ log }, ended, { declared });
    expect(excused.needs).toEqual(['secret DATABASE_URL', 'egress to db.example.com']);
    expect(excused.findings.map(({ level }) => level)).toEqual(['note']);
    const half = look({ log }, ended, { declared: { ...declared, egress: false } });
    expect(half.needs).toEqual(['secret DATABASE_URL']);
    expect(half.findings.map(({ id, level }) => `${level} ${id}`)).toEqual([
      'error service-exited',
      'error needs-name',
    ]);
    expect(look({ log: 'connect ECONNREFUSED 127.0.0.1:1' }, ended, { declared }).needs).toEqual([]);
  });
});

describe('what a service writes', () => {
  const diff = [
    'C /etc',
    'A /etc/hosts',
    'C /app',
    'A /app/__pycache__',
    'A /app/__pycache__/main.cpython-314.pyc',
    'C /tmp',
    'A /tmp/x',
    'A /data',
    'D /usr/share/doc',
    'C /run',
    'A /run/app.pid',
    'nonsense',
  ].join('\n');

  it('is named when it is not in /tmp: files, not the folders that hold them', () => {
    expect(writtenPaths(diff)).toEqual([
      '/app/__pycache__/main.cpython-314.pyc',
      '/data',
      '/run/app.pid',
      '/usr/share/doc',
    ]);
    expect(writesOutside(diff)).toMatchObject([{ id: 'writes-outside-tmp', level: 'note' }]);
    expect(writesOutside(diff)[0]?.mend).toContain('PYTHONDONTWRITEBYTECODE');
    expect(writesOutside('A /tmp/x\nC /tmp')).toEqual([]);
  });

  it('is not passed over when the engine cannot say it', () => {
    expect(writesOutside(null)).toMatchObject([{ id: 'writes-unknown' }]);
  });
});
