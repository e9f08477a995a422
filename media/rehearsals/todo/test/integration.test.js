import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { start } from '../tools/start.js';

const json = { 'content-type': 'application/json' };

test('the page and everything it asks for are served', async () => {
  const server = await start();
  try {
    const page = await fetch(server.url);
    assert.match(page.headers.get('content-type'), /text\/html/);
    const html = await page.text();
    const files = [...html.matchAll(/(?:href|src)="([^"]+)"/g)].map(match => match[1]);
    assert.deepEqual(files, ['styles.css', 'app.js']);
    for (const file of [...files, 'view.js']) {
      assert.equal((await fetch(`${server.url}/${file}`)).status, 200, file);
    }
  } finally {
    await server.stop();
  }
});

test('todos survive a restart of the server', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'todo-'));
  try {
    const first = await start(join(folder, 'todos.json'));
    await fetch(`${first.url}/api/todos`, { method: 'POST', headers: json, body: '{"title":"Water the plants"}' });
    await first.stop();
    const second = await start(first.file);
    const { todos } = await (await fetch(`${second.url}/api/todos`)).json();
    await second.stop();
    assert.deepEqual(
      todos.map(todo => [todo.title, todo.done]),
      [['Water the plants', false]],
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
