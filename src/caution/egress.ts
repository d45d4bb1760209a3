import type { Egress } from './configuration.ts';

/**
 * What an enclave may reach, as a person types it: `CIDR`, `CIDR:PORT` or `CIDR:FIRST-LAST`, IPv4 only, with `/udp` behind
 * it (as Docker writes ports) when a protocol is meant.
 * The platform takes any text for a CIDR; a rule that means nothing would open nothing, so this is stricter.
 * Source: https://docs.caution.co
 */
const form =
  /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,2}))?(?::(\d{1,5})(?:-(\d{1,5}))?)?(?:\/(tcp|udp|icmp|-1))?$/;

/** @returns why an egress rule is refused, or null. */
export function checkEgress(text: string): string | null {
  const parts = form.exec(text);
  if (!parts) return 'Egress is an IPv4 CIDR and, where it is not for all ports, a port: 203.0.113.0/24:443.';
  const octets = parts.slice(1, 5).map(Number);
  if (octets.some((octet) => octet > 255)) return 'The parts of an IPv4 address are 0 to 255.';
  const [prefix, first, last] = [parts[5], parts[6], parts[7]];
  if (prefix === undefined) return `Write ${octets.join('.')}/32 for this address alone.`;
  if (Number(prefix) > 32) return 'The length of a prefix is 0 to 32.';
  const problem = checkCidr(`${octets.join('.')}/${Number(prefix)}`);
  if (problem !== null) return problem;
  const ports = [first, last].filter((port) => port !== undefined).map(Number);
  if (ports.some((port) => port < 1 || port > 65_535)) return 'A port is a whole number from 1 to 65535.';
  return first !== undefined && last !== undefined && Number(first) > Number(last)
    ? 'The first port of a range is not above its last.'
    : null;
}

/** @returns why a CIDR of IPv4 means nothing, or not what it seems to; null for a good one. */
export function checkCidr(text: string): string | null {
  const [, a, b, c, d, length] = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text) ?? [];
  const octets = [a, b, c, d].map(Number);
  if (length === undefined || Number(length) > 32 || octets.some((octet) => octet > 255))
    return 'A CIDR is an IPv4 address and the length of its prefix: 203.0.113.0/24.';
  const address = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  const size = 2 ** (32 - Number(length));
  const network = address - (address % size);
  if (network === address) return null;
  const dotted = [24, 16, 8, 0].map((shift) => Math.floor(network / 2 ** shift) % 256).join('.');
  return `${text} has bits behind its prefix: write ${dotted}/${length}, or ${octets.join('.')}/32 for one address.`;
}

/** What `checkEgress` lets through, as a record. */
export function parseEgress(text: string): Egress {
  const [, a, b, c, d, prefix, first, last, protocol = null] = form.exec(text) ?? [];
  const cidr = `${[a, b, c, d].map(Number).join('.')}/${Number(prefix)}`;
  if (first === undefined) return { cidr, ports: null, protocol };
  return { cidr, ports: { first: Number(first), last: Number(last ?? first) }, protocol };
}

/** The flag's value that gives this rule again. */
export function formatEgress({ cidr, ports, protocol }: Egress): string {
  const behind = protocol === null ? '' : `/${protocol}`;
  if (ports === null) return cidr + behind;
  return `${cidr}:${ports.first}${ports.first === ports.last ? '' : `-${ports.last}`}${behind}`;
}
