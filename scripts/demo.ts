import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './host/paths.ts';

// A whole session in the terminal: scripted models, everything else real. What it makes is left to look at.
const workspace = await realpath(await mkdtemp(join(tmpdir(), 'orchestrate-demo-')));
const program = join(root, 'src', 'cli.ts');
const args = ['run', '--rehearse', 'todo', '--yes', '--workspace', workspace, ...process.argv.slice(2)];
const child = spawn(process.execPath, [program, ...args], { stdio: 'inherit' });
const [code] = await once(child, 'close');
if (!process.argv.includes('--json')) {
  console.log(`
Files:    ${workspace}
Start it: cd ${workspace} && npm start
Review:   cd ${root} && node_modules/.bin/node src/cli.ts changes --workspace ${workspace}`);
}
process.exitCode = code ?? 1;
