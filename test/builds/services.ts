import { execFileSync } from 'node:child_process';
import { defaultRegistry, defaultRelease, imageReference } from '../../src/stagex/releases.ts';

const pin = (name: string) => imageReference(name, { release: defaultRelease, registry: defaultRegistry });

/** A Containerfile with a build stage of these lines, of which `/rootfs` is the image. */
export function busyboxContainerfile(...lines: string[]): string {
  return [
    `FROM --platform=linux/amd64 ${pin('core-busybox')} AS build`,
    'USER 0',
    'SHELL ["/bin/sh", "-euc"]',
    'RUN mkdir -p /rootfs/app',
    ...lines,
    `FROM --platform=linux/amd64 ${pin('core-filesystem')}`,
    'COPY --from=build /rootfs/ /',
    '',
  ].join('\n');
}

/** Lines that make a small web server of busybox, and the Procfile that starts it. */
export const serverLines = [
  'RUN mkdir -p /rootfs/usr/bin /rootfs/www && cp /bin/busybox /rootfs/usr/bin/httpd && echo fine > /rootfs/www/health',
];
export const serverProcfile = 'run: /usr/bin/httpd -f -p 8080 -h /www\nports: 8080\nhttp_port: 8080\n';

/** Makes a folder a repository with one commit of all that is in it. */
export function commitAll(folder: string): void {
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=Test', '-c', 'user.email=test@example.org', ...args]);
  git('init', '--quiet');
  git('add', '--all');
  git('commit', '--quiet', '--allow-empty', '--message', 'Test');
}
