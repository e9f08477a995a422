/** The groups of nodes that reach each other (Tarjan's strongly connected components), of two nodes or more. */
export function cyclesOf(edges: Map<string, Set<string>>): string[][] {
  const found: string[][] = [];
  const number = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const visit = (node: string): number => {
    const own = number.size;
    number.set(node, own);
    lowest.set(node, own);
    open.push(node);
    for (const next of edges.get(node) ?? []) {
      const reaches = number.has(next) ? (open.includes(next) ? number.get(next) : undefined) : visit(next);
      if (reaches !== undefined) lowest.set(node, Math.min(lowest.get(node) ?? own, reaches));
    }
    if (lowest.get(node) === own) {
      const group = open.splice(open.indexOf(node));
      if (group.length > 1) found.push(group.sort());
    }
    return lowest.get(node) ?? own;
  };
  for (const node of edges.keys()) if (!number.has(node)) visit(node);
  return found;
}
