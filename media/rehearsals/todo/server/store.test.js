import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openStore } from './store.js';

test('twenty additions at once are all kept', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'todo-'));
  try {
    const store = openStore(join(folder, 'todos.json'));
    await Promise.all(Array.from({ length: 20 }, (_, i) => store.add(`todo ${i}`)));
    assert.equal((await store.list()).length, 20);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
