import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createApp } from './app.js';
import { openStore } from './store.js';

let folder;
let app;
let base;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'todo-'));
  app = createApp(openStore(join(folder, 'todos.json')));
  await new Promise(done => app.listen(0, '127.0.0.1', done));
  base = `http://127.0.0.1:${app.address().port}`;
});

after(async () => {
  app.close();
  app.closeAllConnections();
  await rm(folder, { recursive: true, force: true });
});

const send = (method, path, body) =>
  fetch(base + path, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });

test('starts empty', async () => {
  assert.deepEqual(await (await send('GET', '/api/todos')).json(), { todos: [] });
});

test('adds, changes and removes a todo, and keeps it in the file', async () => {
  const made = await send('POST', '/api/todos', { title: '  Buy milk ' });
  assert.equal(made.status, 201);
  const todo = await made.json();
  assert.equal(todo.title, 'Buy milk');
  assert.equal(todo.done, false);

  const changed = await send('PATCH', `/api/todos/${todo.id}`, { done: true });
  assert.equal((await changed.json()).done, true);
  assert.equal(JSON.parse(await readFile(join(folder, 'todos.json'), 'utf8'))[0].done, true);

  assert.equal((await send('DELETE', `/api/todos/${todo.id}`)).status, 204);
  assert.equal((await send('DELETE', `/api/todos/${todo.id}`)).status, 404);
});

test('refuses what is no todo', async () => {
  for (const body of [{}, { title: '' }, { title: 'x'.repeat(201) }, { title: 7 }]) {
    assert.equal((await send('POST', '/api/todos', body)).status, 400);
  }
  assert.equal((await fetch(`${base}/api/todos`, { method: 'POST', body: '{' })).status, 400);
});

test('serves nothing from outside its folder', async () => {
  assert.equal((await fetch(`${base}/..%2fserver%2fapp.js`)).status, 404);
});
