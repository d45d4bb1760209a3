import { randomBytes, scryptSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';

const salt = randomBytes(16);
const hash = scryptSync('changeit', salt, 32);
writeFileSync('/rootfs/app/users.json', JSON.stringify({ admin: { salt: salt.toString('hex'), hash: hash.toString('hex') } }));
