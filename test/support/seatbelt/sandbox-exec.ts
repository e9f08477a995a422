/**
 * Stands in for macOS's program of that name, on Linux: reads the profile and has bubblewrap hold the command to what it
 * says of the files that are there, in the lab that the profile is kept in. What is yet to be made in a folder goes with the
 * folder.
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { systemProgram } from '../../../src/node/sandbox/system-programs.ts';
import { seatbelt } from './interpreter.ts';

const [, , , file = '', ...command] = process.argv;
const allows = seatbelt(readFileSync(file, 'utf8'));
const args: string[] = [];

function take(path: string, folder: boolean, writable: boolean): void {
  const reads = allows('file-read-data', { path, folder });
  const creates = folder && allows('file-write-create', { path: join(path, 'any.name') });
  const writes = folder ? creates : allows('file-write-data', { path });
  if (!reads && !folder) args.push('--ro-bind', '/dev/null', path);
  else if (writes !== writable) args.push(writes ? '--bind' : '--ro-bind', path, path);
  if (!folder) return;
  for (const entry of readdirSync(path, { withFileTypes: true }))
    if (!entry.isSymbolicLink()) take(join(path, entry.name), entry.isDirectory(), writes);
}

/** LAB/cache/orchestrate/STORE/profile */
take(resolve(file, '../../../..'), true, false);
const reaches = Array.from({ length: 65_536 }, (_, port) => port).some(port =>
  allows('network-outbound', { address: `localhost:${port}` }),
);
const walls = ['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc', ...(reaches ? [] : ['--unshare-net'])];
const child = spawn(
  (await systemProgram('bwrap')) ?? 'bubblewrap is missing',
  [...walls, ...args, '--die-with-parent', '--', ...command],
  { stdio: 'inherit' },
);
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
