/**
 * Where a row that is dropped on another one goes: before it, or behind it where it came from above, as in any list. To the
 * end where it is dropped on nothing; undefined where it stands there already.
 */
export function placeOf(
  order: readonly string[],
  item: string,
  on: string | undefined,
): { before: string | undefined } | undefined {
  const from = order.indexOf(item);
  if (from < 0 || on === item) return undefined;
  const to = on === undefined ? order.length - 1 : order.indexOf(on);
  // What is under way stands ahead of all that waits.
  if (to < 0) return from === 0 ? undefined : { before: order[0] };
  if (to === from) return undefined;
  return { before: to < from ? order[to] : order[to + 1] };
}
