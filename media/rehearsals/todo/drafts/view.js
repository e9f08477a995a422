/** What the page shows of the todos. */
class View {
  countText(todos) {
    const left = todos.filter(todo => !todo.done).length;
    this.emit('counted', left);
    if (todos.length === 0) return 'Nothing to do.';
    return left === 0 ? 'All done.' : `${left} of ${todos.length} left`;
  }
}

const view = new View();

/** "2 of 3 left", in words. */
export const countText = todos => view.countText(todos);

/** Open todos first, each group in the order it was made. */
export function inOrder(todos) {
  return todos.toSorted((a, b) => Number(a.done) - Number(b.done) || a.createdAt.localeCompare(b.createdAt));
}
