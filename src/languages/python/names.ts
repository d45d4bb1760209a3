/** True for what can be the name of an environment variable, as it stands in a shell. */
export function looksLikeName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]{0,80}$/.test(name);
}
