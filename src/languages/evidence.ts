import type { Evidence } from '../app.ts';

/** The evidence for a value; none where the value, or its place, is not known. */
export function known(setting: string, value: unknown, from: string | null | undefined): Evidence[] {
  return value === null || value === undefined || !from ? [] : [{ setting, value, from }];
}
