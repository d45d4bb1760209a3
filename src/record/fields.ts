import { UserError } from '../errors.ts';
import { printableLine } from '../output.ts';

/** A record that cannot be read, and where it is wrong. */
export function badRecord(message: string): UserError {
  return new UserError('bad-record', `The record cannot be used: ${message}`, {
    next: 'Ask for the record again, as create-caution-app verify --record FILE wrote it.',
  });
}

type Read<T> = (value: unknown, at: string) => T;

function wrong(at: string, wanted: string): UserError {
  return badRecord(`${printableLine(at, 120)} is not ${wanted}.`);
}

/** Text of at most `most` characters. */
export function text(most: number, pattern?: RegExp, wanted = `text of at most ${most} characters`): Read<string> {
  return (value, at) => {
    if (typeof value !== 'string' || value.length > most || (pattern && !pattern.test(value))) throw wrong(at, wanted);
    return value;
  };
}

export const flag: Read<boolean> = (value, at) => {
  if (typeof value !== 'boolean') throw wrong(at, 'true or false');
  return value;
};

/** A whole number from 0 on that a program can count with. */
export const count: Read<number> = (value, at) => {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw wrong(at, 'a whole number');
  return value as number;
};

export function oneOf<T extends string | number>(...values: readonly T[]): Read<T> {
  return (value, at) => {
    if (!values.includes(value as T)) throw wrong(at, values.map((one) => JSON.stringify(one)).join(' or '));
    return value as T;
  };
}

export function orNull<T>(read: Read<T>): Read<T | null> {
  return (value, at) => (value === null ? null : read(value, at));
}

export function listOf<T>(read: Read<T>, most: number): Read<T[]> {
  return (value, at) => {
    if (!Array.isArray(value)) throw wrong(at, 'a list');
    if (value.length > most) throw wrong(at, `a list of at most ${most}`);
    return value.map((one, index) => read(one, `${at}[${index}]`));
  };
}

/** Reads the named fields and leaves the others aside, as in-toto's parsing rules ask of a reader. */
export function fields<T extends object>(readers: { [K in keyof T]: Read<T[K]> }): Read<T> {
  const names = Object.keys(readers) as (keyof T & string)[];
  return (value, at) => {
    const given = object(value, at);
    return Object.fromEntries(
      names.map((name) => [name, readers[name](Object.hasOwn(given, name) ? given[name] : undefined, `${at}.${name}`)]),
    ) as T;
  };
}

export function object(value: unknown, at: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(at, 'an object');
  return value as Record<string, unknown>;
}
