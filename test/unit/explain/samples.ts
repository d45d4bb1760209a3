import { deflateRawSync } from 'node:zlib';

export interface Member {
  name: string;
  content: string | Buffer;
  /** Milliseconds since 1970. */
  time?: number;
  mode?: number;
  uid?: number;
}

/** A tar archive of files. */
export function tar(members: readonly Member[]): Buffer {
  const octal = (value: number, width: number) => `${value.toString(8).padStart(width - 1, '0')}\0`;
  const parts = members.flatMap(({ name, content, time = 0, mode = 0o644, uid = 0 }) => {
    const body = Buffer.from(content as string);
    const header = Buffer.alloc(512);
    header.write(name, 0, 100, 'latin1');
    header.write(octal(mode, 8) + octal(uid, 8) + octal(0, 8), 100, 'latin1');
    header.write(octal(body.length, 12) + octal(Math.floor(time / 1000), 12), 124, 'latin1');
    header.write('        0', 148, 'latin1');
    header.write('ustar\x0000', 257, 'latin1');
    header.write(
      `${octal(
        header.reduce((sum, byte) => sum + byte, 0),
        7,
      )} `,
      148,
      'latin1',
    );
    return [header, body, Buffer.alloc(-body.length & 511)];
  });
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

/** A zip archive of files, deflated. */
export function zip(members: readonly (Member & { stored?: Buffer; method?: number })[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, time = Date.UTC(1980, 0, 1), mode = 0o644, ...raw } of members) {
    const plain = Buffer.from(content as string);
    const stored = raw.stored ?? deflateRawSync(plain);
    const at = new Date(time);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(raw.method ?? 8, 4);
    common.writeUInt16LE((at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1), 6);
    common.writeUInt16LE(((at.getUTCFullYear() - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate(), 8);
    common.writeUInt32LE(stored.length, 14);
    common.writeUInt32LE(plain.length, 18);
    common.writeUInt16LE(name.length, 22);
    locals.push(Buffer.from('PK\x03\x04', 'latin1'), common, Buffer.from(name), stored);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE((mode << 16) >>> 0, 6);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x03', 'latin1'), common, tail, Buffer.from(name));
    offset += 30 + name.length + stored.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, central, end]);
}

/** A 64-bit little-endian ELF file of named sections. */
export function elf(sections: Record<string, string> | [string, string][]): Buffer {
  const all = Array.isArray(sections) ? sections : Object.entries(sections);
  const names = ['', ...all.map(([name]) => name), '.shstrtab'];
  const strings = Buffer.from(`${names.join('\0')}\0`, 'latin1');
  const contents = [Buffer.alloc(0), ...all.map(([, text]) => Buffer.from(text, 'latin1')), strings];
  const header = Buffer.alloc(64);
  header.write('\x7fELF\x02\x01\x01', 0, 'latin1');
  const table = 64 + contents.reduce((sum, { length }) => sum + length, 0);
  header.writeBigUInt64LE(BigInt(table), 0x28);
  header.writeUInt16LE(64, 0x3a);
  header.writeUInt16LE(names.length, 0x3c);
  header.writeUInt16LE(names.length - 1, 0x3e);
  let at = 64;
  let name = 0;
  const entries = contents.map((content, index) => {
    const entry = Buffer.alloc(64);
    entry.writeUInt32LE(name, 0);
    entry.writeUInt32LE(index === 0 ? 0 : 1, 4);
    entry.writeBigUInt64LE(BigInt(at), 0x18);
    entry.writeBigUInt64LE(BigInt(content.length), 0x20);
    at += content.length;
    name += (names[index] ?? '').length + 1;
    return entry;
  });
  return Buffer.concat([header, ...contents, ...entries]);
}

/** What begins like a database, and holds rows as readable runs. */
export function sqlite(...rows: string[]): Buffer {
  const header = Buffer.alloc(100);
  header.write('SQLite format 3\0', 'latin1');
  return Buffer.concat([header, ...rows.map((row) => Buffer.from(`\0\x03${row}\0`, 'latin1'))]);
}

/** A static library, in GNU's form. */
export function ar(members: readonly Member[]): Buffer {
  const names = members.map(({ name }) => `${name}/\n`);
  const parts = [Buffer.from('!<arch>\n'), ...entry('//', '', 0, 0, 0, Buffer.from(names.join('')))];
  members.forEach(({ content, time = 0, mode = 0o644, uid = 0 }, index) => {
    const at = names.slice(0, index).join('').length;
    parts.push(...entry(`/${at}`, `${Math.floor(time / 1000)}`, uid, 0, mode, Buffer.from(content as string)));
  });
  return Buffer.concat(parts);
}

function entry(name: string, time: string, uid: number, gid: number, mode: number, body: Buffer): Buffer[] {
  const fields = [name.padEnd(16), time.padEnd(12), `${uid}`.padEnd(6), `${gid}`.padEnd(6), mode.toString(8).padEnd(8)];
  const header = `${fields.join('')}${`${body.length}`.padEnd(10)}\`\n`;
  return [Buffer.from(header), body, Buffer.from(body.length % 2 ? '\n' : '')];
}

/** A cpio archive in the new ASCII format. */
export function cpio(members: readonly Member[]): Buffer {
  const all = [...members, { name: 'TRAILER!!!', content: '' }];
  return Buffer.concat(
    all.flatMap(({ name, content, time = 0, mode = 0o644, uid = 0 }: Member, index) => {
      const body = Buffer.from(content as string);
      const fields = [index + 1, 0o100000 | mode, uid, 0, 1, Math.floor(time / 1000), body.length, 0, 0, 0, 0];
      const hex = [...fields, name.length + 1, 0].map((field) => field.toString(16).padStart(8, '0')).join('');
      const header = Buffer.from(`070701${hex}${name}\0`, 'latin1');
      return [header, Buffer.alloc(-header.length & 3), body, Buffer.alloc(-body.length & 3)];
    }),
  );
}

/** Byte code of Python. @param field the time of the source in seconds, or its digest. */
export function pyc(flags: number, field: number, code: string): Buffer {
  const header = Buffer.from('\xa7\x0d\x0d\x0a', 'latin1');
  const numbers = Buffer.alloc(12);
  numbers.writeUInt32LE(flags, 0);
  numbers.writeUInt32LE(field, 4);
  numbers.writeUInt32LE(16, 8);
  return Buffer.concat([header, numbers, Buffer.from(code, 'latin1')]);
}
