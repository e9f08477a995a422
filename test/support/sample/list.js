/** A new list with one more item. */
export function add(todos, text) {
  return [...todos, { text, done: false }];
}

/** One line for each item. */
export function format(todos) {
  return todos.map(({ text, done }) => `${done ? '[x]' : '[ ]'} ${text}`).join('\n');
}
