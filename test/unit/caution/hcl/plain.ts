import type { Configuration } from '../../../../src/caution/configuration.ts';

/** A small service with one port. */
export const plain: Configuration = {
  name: 'app',
  containerfile: 'Containerfile',
  sources: [],
  env: {},
  command: ['/app/server', '--port', '8080'],
  secrets: {},
  ports: [{ first: 8080, last: 8080 }],
  http: { port: 8080, domain: null, upstreamProtocol: 'http', encryption: null },
  egress: [],
  memoryMb: 512,
  cpus: 2,
  debug: { enabled: false, sshKeys: [] },
  cache: true,
  aws: null,
};
