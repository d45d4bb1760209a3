import { writeFileSync } from 'node:fs';

const prefix = Math.random().toString(36).slice(2);
writeFileSync('/rootfs/app/settings.json', JSON.stringify({ classPrefix: prefix, strict: true }));
