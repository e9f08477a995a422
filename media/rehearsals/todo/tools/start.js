import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Starts the real server on a free port with a file of its own. */
export async function start(file) {
  const folder = file ? undefined : await mkdtemp(join(tmpdir(), 'todo-'));
  const child = spawn(process.execPath, [join(import.meta.dirname, '../server/main.js')], {
    env: { ...process.env, PORT: '0', TODO_FILE: file ?? join(folder, 'todos.json') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout, 'data');
  const url = /http:\S+/.exec(String(line))[0];
  return {
    url,
    file: file ?? join(folder, 'todos.json'),
    async stop() {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
      if (folder) await rm(folder, { recursive: true, force: true });
    },
  };
}
