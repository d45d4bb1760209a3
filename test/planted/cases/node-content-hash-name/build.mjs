import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';

const code = `export const built = '${new Date().toISOString()}';\n`;
const digest = createHash('sha256').update(code).digest('hex').slice(0, 8);
mkdirSync('/rootfs/app/assets');
writeFileSync(`/rootfs/app/assets/app.${digest}.js`, code);
writeFileSync('/rootfs/app/index.html', `<!doctype html>\n<script type="module" src="/assets/app.${digest}.js"></script>\n`);
