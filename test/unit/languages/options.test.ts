import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostAndPort, type ListenOption, listensByDefault, optionKind } from '../../../src/languages/options.ts';

function option(given: Partial<ListenOption>): ListenOption {
  return { kind: 'port', port: null, host: null, flag: null, variable: null, from: 'a.rs:1', ...given };
}

const port = option({ port: 8080 });

describe('an option’s name', () => {
  it.each([
    ['port', 'port'],
    ['http-port', 'port'],
    ['HTTP_PORT', 'port'],
    ['listen-address', 'address'],
    ['web.listen-address', 'address'],
    ['http-address', 'address'],
    ['bind', 'address'],
    ['host', 'host'],
    ['metrics-port', null],
    ['https_redirect_from_port', null],
    ['grpc-port', null],
    ['database_host', null],
  ])('%s says %s', (name, kind) => {
    expect(optionKind(name)).toBe(kind);
  });
});

describe('a default', () => {
  it.each([
    ['8080', { host: null, port: 8080 }],
    [':8080', { host: '', port: 8080 }],
    ['127.0.0.1:80', { host: '127.0.0.1', port: 80 }],
    ['[::1]:3000', { host: '[::1]', port: 3000 }],
    ['localhost:3000', { host: 'localhost', port: 3000 }],
    ['0.0.0.0', { host: '0.0.0.0', port: null }],
    ['::', { host: '::', port: null }],
    ['99999', null],
    ['unix:/run/x', null],
    ['info', null],
    ['', null],
  ])('%j is %j', (text, value) => {
    expect(hostAndPort(text)).toEqual(value);
  });

  it('of any text is an address or nothing', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const found = hostAndPort(text);
        expect(found === null || found.port === null || (found.port >= 1 && found.port <= 65_535)).toBe(true);
      }),
    );
  });
});

describe('where a program listens', () => {
  it('is its default, and the variable of the option follows the port that is opened', () => {
    const found = listensByDefault([option({ port: 8080, variable: 'SHOP_PORT' })]);
    expect(found).toMatchObject({ ports: [{ value: '8080', from: 'a.rs:1' }], env: { SHOP_PORT: '{port}' }, args: [] });
  });

  it('may be told by two variables: then none is set', () => {
    const [a, b] = ['A_PORT', 'B_PORT'].map((variable) => option({ port: 8080, variable }));
    expect(listensByDefault([a ?? port, b ?? port]).env).toEqual({});
  });

  it.each(['', 'A B', '1A', 'A=B', '$(x)'])('is told by no variable that is called %j', (variable) => {
    expect(listensByDefault([option({ port: 8080, variable })]).env).toEqual({});
  });

  it('is open where the defaults differ', () => {
    const other = option({ port: 9090, variable: 'OTHER_PORT', host: '127.0.0.1', flag: '--other' });
    expect(listensByDefault([port, other])).toMatchObject({ env: {}, args: [], loopback: [] });
  });

  it.each([
    [
      { variable: 'LISTEN', flag: '--listen' },
      { env: { LISTEN: '0.0.0.0:{port}' }, args: [], loopback: [] },
    ],
    [{ flag: '--listen' }, { env: {}, args: ['--listen=0.0.0.0:{port}'], loopback: [] }],
    [{}, { env: {}, args: [], loopback: [{ value: '127.0.0.1', from: 'a.rs:1' }] }],
  ])('must be more than the machine itself: %j', (told, expected) => {
    const address = option({ kind: 'address', host: '127.0.0.1', port: 8080, ...told });
    expect(listensByDefault([address])).toMatchObject(expected);
  });

  it('may be told as host and port apart, and a host in another file may be a client’s', () => {
    const host = option({ kind: 'host', host: 'localhost', flag: '--host' });
    expect(listensByDefault([port, host]).args).toEqual(['--host=0.0.0.0']);
    expect(listensByDefault([port, { ...host, from: 'b.rs:1' }]).args).toEqual([]);
  });
});
