// Puts this folder beside the releases that there are, and makes it the current one in one step.
import { cp, mkdir, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';

const [production] = process.argv.slice(2);
const name = process.env.ORCHESTRATE_COMMIT;
const release = join(production, 'releases', name);
await mkdir(join(production, 'releases'), { recursive: true });
await rm(release, { recursive: true, force: true });
await cp('.', release, { recursive: true, filter: path => !/(^|[\\/])\.git$/.test(path) });
const next = join(production, `next-${process.pid}`);
await symlink(join('releases', name), next, 'junction');
await rename(next, join(production, 'current'));
console.log(`${name.slice(0, 10)} is current`);
