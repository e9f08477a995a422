/** `npm run bench -- NAME [ARGUMENT...]` runs test/bench/NAME.ts. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './host/paths.ts';

const folder = join(root, 'test', 'bench');
const [name, ...args] = process.argv.slice(2);
const file = join(folder, `${name}.ts`);
if (name === undefined || !existsSync(file)) {
  const names = readdirSync(folder).map(entry => entry.replace(/\.ts$/, ''));
  console.error(`Usage: npm run bench -- NAME\nNames: ${names.join(', ')}`);
  process.exitCode = 2;
} else {
  const child = spawn(process.execPath, ['--expose-gc', file, ...args], { cwd: root, stdio: 'inherit' });
  const [code] = await once(child, 'close');
  process.exitCode = code ?? 1;
}
