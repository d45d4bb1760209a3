/** One member to write; names and links are byte strings. */
export interface TarMember {
  path: string;
  type: 'file' | 'link' | 'directory' | 'hard-link';
  mode: number;
  link: string;
  size: number;
  content: AsyncIterable<Uint8Array> | null;
}

const flags = { file: '0', 'hard-link': '1', link: '2', directory: '5' } as const;

/**
 * A tar stream, everything owned by root and dated 1970. Names stay the bytes that they are (tar libraries write UTF-8),
 * and are pulled, not pushed, so that memory stays flat.
 * Format: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html
 */
export async function* writeTar(members: Iterable<TarMember>): AsyncGenerator<Buffer> {
  for (const member of members) {
    const name = member.type === 'directory' ? `${member.path}/` : member.path;
    const records = [
      ...(name.length > 100 ? [record('path', name)] : []),
      ...(member.link.length > 100 ? [record('linkpath', member.link)] : []),
    ];
    if (records.length > 0) {
      const body = Buffer.from(records.join(''), 'latin1');
      yield header({ name: 'pax', flag: 'x', mode: 0o644, link: '', size: body.length });
      yield padded(body);
    }
    yield header({
      name: name.slice(0, 100),
      flag: flags[member.type],
      mode: member.mode,
      link: member.link.slice(0, 100),
      size: member.size,
    });
    // The pieces are reused by whoever reads them.
    for await (const piece of member.content ?? []) yield Buffer.from(piece);
    yield Buffer.alloc(-member.size & 511);
  }
  yield Buffer.alloc(1024);
}

function padded(body: Buffer): Buffer {
  return Buffer.concat([body, Buffer.alloc(-body.length & 511)]);
}

/** `<length> <key>=<value>\n`, where the length counts its own digits. */
function record(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length;
  while (`${length}${rest}`.length !== length) length = `${length}${rest}`.length;
  return `${length}${rest}`;
}

function header({
  name,
  flag,
  mode,
  link,
  size,
}: {
  name: string;
  flag: string;
  mode: number;
  link: string;
  size: number;
}): Buffer {
  const block = Buffer.alloc(512);
  const octal = (value: number, at: number, length: number) =>
    block.write(value.toString(8).padStart(length - 1, '0'), at, 'latin1');
  block.write(name, 0, 'latin1');
  octal(mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  block.write(' '.repeat(8), 148, 'latin1');
  block.write(flag, 156, 'latin1');
  block.write(link, 157, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  octal(
    block.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  return block;
}
