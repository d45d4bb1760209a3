import { mkdirSync, writeFileSync } from 'node:fs';

const start = performance.now();
const lines = ['compile', 'link', 'minify'].map((step) => `[build] ${step} took ${(performance.now() - start).toFixed(4)} ms`);
mkdirSync('/rootfs/app/logs', { recursive: true });
writeFileSync('/rootfs/app/logs/build.log', `${lines.join('\n')}\n`);
