import { writeFileSync } from 'node:fs';

writeFileSync('/rootfs/app/index.html', `<!doctype html>\n<script src="/app.js?v=${Date.now()}"></script>\n`);
