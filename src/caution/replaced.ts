/**
 * Paths at which Caution's own files, or `docker export`, replace what an image has. Byte strings without a leading `/`.
 * Source: https://github.com/CautionHosting/platform
 */

/** Names that Caution lays over `/bin`: busybox and its links, and its network helpers. */
export const overlaidPrograms = [
  'busybox',
  ...['sh', 'sleep', 'find', 'cat', 'ls', 'mkdir', 'mount', 'chmod', 'ip', 'grep', 'udhcpc'],
  'socat',
  'udhcpc-script',
];

/** Caution's own files at fixed places. */
export const overlaidFiles = ['init', 'run.sh', 'bootproofd', 'manifest.json', 'etc/ssl/certs/ca-certificates.crt'];

/** What `docker export` empties or replaces. Source: observed, and moby's container set-up of these files. */
export const exportedFiles = ['etc/hostname', 'etc/hosts', 'etc/resolv.conf', 'etc/mtab', '.dockerenv'];
export const exportedFolders = ['dev', 'proc', 'sys'];

/** The loader that Caution brings along, below `/lib`. */
export const overlaidLoader = 'ld-musl-x86_64.so.1';

/** Whether Caution replaces a path, where `/bin` and `/lib` are folders or the links to `usr/bin` and `usr/lib`. */
export function replacedByCaution(path: string): boolean {
  const name = path.replace(/^usr\/(?=(?:bin|lib)\/)/, '');
  return (
    overlaidFiles.includes(path) ||
    overlaidPrograms.some((program) => name === `bin/${program}`) ||
    name === `lib/${overlaidLoader}`
  );
}

/** Whether what an image has at a path is never measured, since `docker export` replaces it. */
export function replacedByExport(path: string): boolean {
  return exportedFiles.includes(path) || exportedFolders.some((one) => path === one || path.startsWith(`${one}/`));
}
