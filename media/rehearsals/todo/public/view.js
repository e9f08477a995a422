/** "2 of 3 left", in words. */
export function countText(todos) {
  if (todos.length === 0) return 'Nothing to do.';
  const left = todos.filter(todo => !todo.done).length;
  return left === 0 ? 'All done.' : `${left} of ${todos.length} left`;
}

/** Open todos first, each group in the order it was made. */
export function inOrder(todos) {
  return todos.toSorted((a, b) => Number(a.done) - Number(b.done) || a.createdAt.localeCompare(b.createdAt));
}
