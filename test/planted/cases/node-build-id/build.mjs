import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';

writeFileSync('/rootfs/app/manifest.json', JSON.stringify({ buildId: randomUUID(), pages: ['/', '/about'] }));
