/** Reading Linux's /proc as text. Source: https://man7.org/linux/man-pages/man5/proc.5.html */

export interface Listener {
  port: number;
  version: 4 | 6;
  /** Whether only the machine itself can reach it. */
  loopback: boolean;
}

const listen = '0A';
/** Addresses stand there as 32-bit words in the machine's order: 127.0.0.1 reads 0100007F. */
const loopbackFour = /^[0-9A-F]{6}7F$/;
const loopbackSix = /^(?:0{24}01000000|0{16}FFFF0000[0-9A-F]{6}7F)$/;

/** The listening TCP sockets in `/proc/net/tcp` and `/proc/net/tcp6`. */
export function listeners(text: string): Listener[] {
  const found: Listener[] = [];
  for (const line of text.split('\n')) {
    const match = /^\s*\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} ([0-9A-F]{2}) /.exec(line);
    const [, address, port, state] = match ?? [];
    if (!address || !port || state !== listen) continue;
    const version = address.length === 8 ? 4 : 6;
    const loopback = (version === 4 ? loopbackFour : loopbackSix).test(address);
    found.push({ port: Number.parseInt(port, 16), version, loopback });
  }
  return found;
}

/** Bound and connected to nobody: what takes packets from anybody. */
const unconnected = '07';
/** From here on a port may be one that the kernel chose for a client. Source: ip_local_port_range of Linux. */
const firstEphemeralPort = 32_768;

/** Ports of the sockets in `/proc/net/udp` and `/proc/net/udp6` that take packets from anybody. */
export function udpPorts(text: string): number[] {
  const ports = text.split('\n').flatMap((line) => {
    const match = /^\s*\d+: [0-9A-F]{8,32}:([0-9A-F]{4}) 0+:0000 ([0-9A-F]{2}) /.exec(line);
    return match?.[2] === unconnected ? [Number.parseInt(match[1] ?? '', 16)] : [];
  });
  return [...new Set(ports)].filter((port) => port < firstEphemeralPort).sort((a, b) => a - b);
}

/** What a service's processes hold of memory, in bytes. */
export interface Held {
  resident: number;
  /** The most that each process ever held, added up: the true peak is not above it. */
  peak: number;
}

interface ProcessMemory {
  parent: number;
  /** Fields of `status` and of `smaps_rollup`, in bytes. */
  fields: Map<string, number>;
}

/**
 * Memory of the processes that descend from process 1, itself left out: it is the shell that starts the service.
 * @param text of every process the lines `Pid:`, `PPid:`, `VmRSS:`, `VmHWM:`, `RssFile:` of `/proc/<n>/status`, then, as
 * far as they could be read, `Pss_Anon:`, `Pss_File:`, `Pss_Shmem:` of its `smaps_rollup`.
 */
export function heldMemory(text: string): Held {
  const processes = new Map<number, ProcessMemory>();
  let current: ProcessMemory = { parent: -1, fields: new Map() };
  for (const line of text.split('\n')) {
    const [key = '', value] = line.split(':');
    const amount = Number.parseInt(value ?? '', 10);
    if (Number.isNaN(amount)) continue;
    if (key === 'Pid') {
      current = { parent: -1, fields: new Map() };
      processes.set(amount, current);
    } else if (key === 'PPid') current.parent = amount;
    else current.fields.set(key, amount * 1024);
  }
  const descends = (id: number): boolean => {
    const seen = new Set<number>();
    for (let at = processes.get(id)?.parent; at !== undefined && !seen.has(at); at = processes.get(at)?.parent) {
      if (at === 1) return true;
      seen.add(at);
    }
    return false;
  };
  const own = [...processes].filter(([id]) => descends(id)).map(([, { fields }]) => fields);
  return { resident: resident(own), peak: own.reduce((sum, fields) => sum + (fields.get('VmHWM') ?? 0), 0) };
}

/**
 * What is shared must count once. The shares of a page (Pss) are counted over all processes of the machine: of memory
 * that only the service's own processes share they add up to the whole; of files, which others may have mapped as well,
 * they may come out too small, so at least the largest part of one process counts.
 */
function resident(own: readonly ReadonlyMap<string, number>[]): number {
  const sum = (name: string) => own.reduce((total, fields) => total + (fields.get(name) ?? 0), 0);
  if (own.some((fields) => !fields.has('Pss_Anon'))) return sum('VmRSS');
  const largest = own.reduce((most, fields) => Math.max(most, fields.get('RssFile') ?? 0), 0);
  return sum('Pss_Anon') + sum('Pss_Shmem') + Math.max(sum('Pss_File'), largest);
}
