import { readdirSync, statSync, writeFileSync } from 'node:fs';

const files = readdirSync('src').sort();
const entries = files.map((name) => ({ url: `/${name}`, revision: statSync(`src/${name}`).mtime.getTime() }));
writeFileSync('/rootfs/app/precache.json', JSON.stringify(entries));
