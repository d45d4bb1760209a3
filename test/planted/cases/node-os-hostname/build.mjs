import { writeFileSync } from 'node:fs';
import os from 'node:os';

writeFileSync('/rootfs/app/build-info.json', JSON.stringify({ builder: os.hostname(), node: process.version }));
