import { readFile, writeFile } from 'node:fs/promises';
import { add, format } from './list.js';

const file = 'todos.json';

async function load() {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

const [command, ...words] = process.argv.slice(2);
const todos = await load();
if (command === 'add') await writeFile(file, JSON.stringify(add(todos, words.join(' ')), null, 2));
else console.log(format(todos));
