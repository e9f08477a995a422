import type { Row } from '../../src/protocol/dashboard-rows.ts';

export interface AgentNode {
  id: string;
  /** 1 at the root. */
  level: number;
  parent?: string;
  /** Whether others were started by it. */
  children: boolean;
}

type Agent = Pick<Row<'agents'>, 'id' | 'parent' | 'status'>;
const atWork = new Set(['running', 'pausing', 'waiting', 'paused']);

/** The agents as a tree from top to bottom, those that started others above them; what hangs below `closed` is left out. */
export function flatten(agents: readonly Agent[], closed: ReadonlySet<string>, onlyActive: boolean): AgentNode[] {
  const known = new Set(agents.map(({ id }) => id));
  const children = new Map<string | undefined, Agent[]>();
  for (const agent of agents) {
    const parent =
      agent.parent !== undefined && known.has(agent.parent) && agent.parent !== agent.id ? agent.parent : undefined;
    const siblings = children.get(parent);
    if (siblings) siblings.push(agent);
    else children.set(parent, [agent]);
  }
  // Those at work come first among those that the same one started.
  for (const siblings of children.values())
    siblings.sort((a, b) => Number(atWork.has(b.status)) - Number(atWork.has(a.status)));
  const active = onlyActive ? withAncestors(agents) : undefined;
  const nodes: AgentNode[] = [];
  const seen = new Set<string>();
  const walk = (parent: string | undefined, level: number) => {
    for (const { id } of children.get(parent) ?? []) {
      if (seen.has(id) || (active && !active.has(id))) continue;
      seen.add(id);
      nodes.push({ id, level, children: children.has(id), ...(parent !== undefined && { parent }) });
      if (!closed.has(id)) walk(id, level + 1);
    }
  };
  walk(undefined, 1);
  return nodes;
}

/** Those at work, and those above them. */
function withAncestors(agents: readonly Agent[]): Set<string> {
  const parents = new Map(agents.map(({ id, parent }) => [id, parent]));
  const found = new Set<string>();
  for (const { id, status } of agents) {
    if (!atWork.has(status)) continue;
    for (let at: string | undefined = id; at !== undefined && !found.has(at); at = parents.get(at)) found.add(at);
  }
  return found;
}
