import * as z from 'zod';
import { rowsOf } from '../../dashboard/rows/tables.ts';
import { agentRow } from '../../dashboard/rows/work.ts';
import { entriesOf } from '../../dashboard/transcript-entries.ts';
import { pageOf, Transcript } from '../../protocol/api.ts';
import { tables } from '../../protocol/dashboard-rows.ts';
import { ProblemError } from '../problem.ts';
import { PageQuery, page } from './page.ts';
import { route } from './route.ts';
import { foundIn, InWorkspace, SessionParams } from './sessions.ts';

const AgentParams = SessionParams.extend({ agent: z.string().max(200) });

export const agentRoutes = [
  route({
    id: 'listAgents',
    path: '/sessions/{session}/agents',
    summary: 'The agents of a session, in the order in which they began',
    params: SessionParams,
    query: PageQuery.extend(InWorkspace.shape),
    answer: pageOf(tables.agents),
    async handle(asking) {
      const { workspace, feed } = await foundIn(asking);
      const { agents } = rowsOf(feed.state, ['agents'], await workspace.runs(feed));
      return { json: page(agents, ({ id }) => id, asking.query) };
    },
  }),
  route({
    id: 'getAgent',
    path: '/sessions/{session}/agents/{agent}',
    summary: 'An agent',
    params: AgentParams,
    query: InWorkspace,
    answer: tables.agents,
    async handle(asking) {
      const { workspace, feed } = await foundIn(asking);
      const row = agentRow(feed.state, asking.params.agent, await workspace.runs(feed));
      if (!row) throw noAgent(asking.params.agent);
      return { json: row };
    },
  }),
  route({
    id: 'getTranscript',
    path: '/sessions/{session}/agents/{agent}/transcript',
    summary: 'What was said to and by an agent, with its calls of tools and what came of them',
    params: AgentParams,
    query: PageQuery.extend(InWorkspace.shape),
    answer: Transcript,
    async handle(asking) {
      const { workspace, feed } = await foundIn(asking);
      const { agent } = asking.params;
      if (!feed.state.agents.has(agent)) throw noAgent(agent);
      const entries = entriesOf(await workspace.host.runtime.messages(feed.id, agent)).map((entry, n) => ({
        n,
        entry,
      }));
      const { items, next } = page(entries, ({ n }) => String(n), asking.query);
      return { json: { agent, entries: items.map(({ entry }) => entry), ...(next !== undefined && { next }) } };
    },
  }),
];

const noAgent = (agent: string) => new ProblemError('not-found', `The session has no agent "${agent}".`);
