import { randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';

/** Todos in one JSON file. */
export function openStore(file) {
  const load = async () => {
    try {
      return JSON.parse(await readFile(file, 'utf8'));
    } catch (error) {
      if (error.code === 'ENOENT') return [];
      throw error;
    }
  };

  const save = async todos => {
    await writeFile(`${file}.tmp`, JSON.stringify(todos, null, 2));
    await rename(`${file}.tmp`, file);
  };

  const change = async edit => {
    const todos = await load();
    const result = edit(todos);
    await save(todos);
    return result;
  };

  return {
    list: load,
    add: title =>
      change(todos => {
        const todo = { id: randomUUID(), title, done: false, createdAt: new Date().toISOString() };
        todos.push(todo);
        return todo;
      }),
    update: (id, fields) =>
      change(todos => {
        const todo = todos.find(each => each.id === id);
        return todo && Object.assign(todo, fields);
      }),
    remove: id =>
      change(todos => {
        const at = todos.findIndex(each => each.id === id);
        return at >= 0 && todos.splice(at, 1).length === 1;
      }),
  };
}
