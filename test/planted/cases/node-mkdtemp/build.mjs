import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const folder = mkdtempSync(path.join(os.tmpdir(), 'bundle-'));
const map = { version: 3, sources: [path.join(folder, 'app.js')], names: [], mappings: 'AAAA' };
writeFileSync('/rootfs/app/bundle.js.map', JSON.stringify(map));
