import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';

const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
writeFileSync('/rootfs/app/jwks.json', JSON.stringify({ keys: [publicKey.export({ format: 'jwk' })] }));
