import { writeFileSync } from 'node:fs';

const info = { name: 'service', version: '1.0.0', builtAt: new Date().toISOString() };
writeFileSync('/rootfs/app/build-info.json', `${JSON.stringify(info, null, 2)}\n`);
