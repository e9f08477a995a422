// The server with a file of its own, to be tried out: nobody's todos are touched.
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

process.env.TODO_FILE = join(await mkdtemp(join(tmpdir(), 'todo-trial-')), 'todos.json');
await import('../server/main.js');
