import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';

const { privateKey } = generateKeyPairSync('ed25519');
writeFileSync('/rootfs/app/private.pem', privateKey.export({ type: 'pkcs8', format: 'pem' }));
