import { randomInt } from 'node:crypto';
import { writeFileSync } from 'node:fs';

const names = Array.from({ length: 50 }, (_, index) => `route-${index}`);
const routes = new Map();
while (names.length > 0) {
  const [name] = names.splice(randomInt(names.length), 1);
  routes.set(name, name.length);
}
writeFileSync('/rootfs/app/routes.json', JSON.stringify(Object.fromEntries([...routes].sort())));
