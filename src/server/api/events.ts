import * as z from 'zod';
import { pageOf } from '../../protocol/api.ts';
import type { JournalEvent } from '../../protocol/events.ts';
import { type Filter, Reader } from '../event-stream.ts';
import { ProblemError } from '../problem.ts';
import { route } from './route.ts';
import { foundIn, InWorkspace, SessionParams } from './sessions.ts';

const list = z
  .string()
  .max(4000)
  .transform(text => new Set(text.split(',')))
  .optional();
const Number64 = z.coerce.number().int().nonnegative();
const EventQuery = InWorkspace.extend({ agent: list, type: list });

export const eventRoutes = [
  route({
    id: 'streamEvents',
    path: '/sessions/{session}/events',
    summary:
      'The events of the journal as Server-Sent Events, from the first one or from Last-Event-ID on, and then as they come; what agents say as it streams in, as events of the type `delta`',
    params: SessionParams,
    query: EventQuery.extend({
      /** As Last-Event-ID, for those who cannot send it. */
      after: Number64.optional(),
      deltas: z.enum(['yes', 'no']).default('yes'),
    }),
    mediaType: 'text/event-stream',
    async handle(asking) {
      const { feed } = await foundIn(asking);
      const { query, raw, served, holder } = asking;
      const last = raw.request.headers['last-event-id'];
      if (last !== undefined && !/^\d{1,15}$/.test(String(last)))
        throw new ProblemError('bad-request', 'Last-Event-ID is the number of an event.');
      const filter: Filter = {
        ...(query.agent && { agents: query.agent }),
        ...(query.type && { types: query.type }),
        deltas: query.deltas === 'yes' && !query.type,
      };
      const reader = new Reader(raw.response, filter, await served.tokens.hold(holder));
      await feed.serve(reader, last === undefined ? (query.after ?? 0) : Number(last));
      return 'streams';
    },
  }),
  route({
    id: 'listEvents',
    path: '/sessions/{session}/journal',
    summary: 'The events of the journal after `after`, as a list',
    params: SessionParams,
    query: EventQuery.extend({
      after: Number64.default(0),
      limit: z.coerce.number().int().min(1).max(1000).default(200),
    }),
    answer: pageOf(z.looseObject({ seq: z.number(), type: z.string(), at: z.number() })),
    async handle(asking) {
      const { workspace, feed } = await foundIn(asking);
      const { after, limit, agent, type } = asking.query;
      const wanted = (event: JournalEvent) =>
        event.seq > after &&
        (!type || type.has(event.type)) &&
        (!agent || ('agent' in event && event.agent !== undefined && agent.has(event.agent)));
      const items: JournalEvent[] = [];
      for await (const events of workspace.host.runtime.events(feed.id, asking.signal)) {
        items.push(...events.filter(wanted));
        if (items.length > limit) break;
      }
      const shown = items.slice(0, limit);
      return { json: { items: shown, ...(items.length > limit && { next: String(shown.at(-1)?.seq) }) } };
    },
  }),
];
