import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkCidr, checkEgress, formatEgress, parseEgress } from '../../../src/caution/egress.ts';

describe('egress', () => {
  it.each(['203.0.113.0/24', '203.0.113.7/32:443', '0.0.0.0/0', '10.0.0.0/8:8000-8100', '192.0.2.0/24:53/udp'])(
    'takes %s, and writes it as it was',
    (text) => {
      expect(checkEgress(text)).toBeNull();
      expect(formatEgress(parseEgress(text))).toBe(text);
    },
  );
  it.each([
    ['203.0.113.7', '203.0.113.7/32'],
    ['203.0.113.7/24', '203.0.113.0/24'],
    ['256.0.0.0/8', '0 to 255'],
    ['10.0.0.0/33', '0 to 32'],
    ['10.0.0.0/8:0', '1 to 65535'],
    ['10.0.0.0/8:65536', '1 to 65535'],
    ['10.0.0.0/8:20-10', 'above its last'],
    ['example.com:443', 'IPv4 CIDR'],
    ['::/0', 'IPv4 CIDR'],
    ['0.0.0.0/0\nrun: /x', 'IPv4 CIDR'],
    ['10.0.0.0/8/sctp', 'IPv4 CIDR'],
  ])('refuses %j and says %s', (text, said) => expect(checkEgress(text)).toContain(said));
  it('any network that it takes is one that addresses can be in', () => {
    const octet = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(fc.tuple(octet, octet, octet, octet), fc.integer({ min: 0, max: 32 }), (octets, length) => {
        const problem = checkCidr(`${octets.join('.')}/${length}`);
        const suggested = /write (\S+),/.exec(problem ?? '')?.[1];
        if (suggested !== undefined) expect(checkCidr(suggested)).toBeNull();
        else expect(problem).toBeNull();
      }),
    );
  });
});
