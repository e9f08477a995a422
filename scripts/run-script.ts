import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { root } from './host/paths.ts';

/** Runs another script of this folder with our output; rejects when it fails. */
export async function runScript(name: string, ...args: string[]): Promise<void> {
  const child = spawn(process.execPath, [join(root, 'scripts', name), ...args], { cwd: root, stdio: 'inherit' });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${name} ended with code ${code}`);
}
