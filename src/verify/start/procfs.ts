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

/** Memory of process 1 and its descendants, from the lines `Pid:`, `PPid:` and `VmRSS:` of every `/proc/<n>/status`. */
export function residentBytes(text: string): number {
  const processes = new Map<number, { parent: number; bytes: number }>();
  let current = { parent: -1, bytes: 0 };
  for (const line of text.split('\n')) {
    const [key, value] = line.split(':');
    const amount = Number.parseInt(value ?? '', 10);
    if (Number.isNaN(amount)) continue;
    if (key === 'Pid') {
      current = { parent: -1, bytes: 0 };
      processes.set(amount, current);
    } else if (key === 'PPid') current.parent = amount;
    else if (key === 'VmRSS') current.bytes = amount * 1024;
  }
  const belongs = (id: number): boolean => {
    const seen = new Set<number>();
    for (let at = id; !seen.has(at); at = processes.get(at)?.parent ?? 0) {
      if (at === 1) return true;
      seen.add(at);
    }
    return false;
  };
  return [...processes].reduce((sum, [id, { bytes }]) => sum + (belongs(id) ? bytes : 0), 0);
}
