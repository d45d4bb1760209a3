import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';

writeFileSync(`/rootfs/app/chunk-${randomBytes(4).toString('hex')}.js`, 'export const answer = 42;\n');
