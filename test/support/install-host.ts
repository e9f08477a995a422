/** Installs the web host into the cache that the environment names, and prints where it stands. */
import { installWebHost } from '../../scripts/host/install.ts';

console.log(await installWebHost());
