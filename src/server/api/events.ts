import * as z from 'zod';
import { pageOf } from '../../protocol/api.ts';
import type { JournalEvent } from '../../protocol/events.ts';
import { type Filter, Reader } from '../event-stream.ts';
import type { Feed } from '../feed.ts';
import { ProblemError } from '../problem.ts';
import type { Standing } from '../workspace.ts';
import { inGit } from './deliveries.ts';
import { type Asking, route } from './route.ts';
import { workspaceNamed } from './served.ts';
import { foundIn, InWorkspace, SessionParams } from './sessions.ts';

const list = z
  .string()
  .max(4000)
  .transform(text => new Set(text.split(',')))
  .optional();
const Number64 = z.coerce.number().int().nonnegative();
const EventQuery = InWorkspace.extend({ agent: list, type: list });

/** As Last-Event-ID, for those who cannot send it. */
const After = InWorkspace.extend({ after: Number64.optional(), type: list });

/** Tells a reader of a feed, from where it left off. */
async function stream<S extends { seq: number }>(
  { query, raw, served, holder }: Asking<unknown, { after?: number | undefined }, unknown>,
  feed: Feed<S>,
  filter: Filter,
): Promise<'streams'> {
  const last = raw.request.headers['last-event-id'];
  if (last !== undefined && !/^\d{1,15}$/.test(String(last)))
    throw new ProblemError('bad-request', 'Last-Event-ID is the number of an event.');
  const reader = new Reader(raw.response, filter, await served.tokens.hold(holder));
  await feed.serve(reader, last === undefined ? (query.after ?? 0) : Number(last));
  return 'streams';
}

const standing = (what: Standing, id: string, path: string, summary: string) =>
  route({
    ...{ id, path, summary },
    query: After,
    mediaType: 'text/event-stream',
    async handle(asking) {
      const { served, query } = asking;
      const feed = await inGit(() => workspaceNamed(served, query.workspace).standing(what));
      return stream(asking, feed, { ...(query.type && { types: query.type }), deltas: false });
    },
  });

export const eventRoutes = [
  standing(
    'team',
    'streamTeamEvents',
    '/team/events',
    'What happens in the standing team and its queue, as Server-Sent Events, from the first event or from Last-Event-ID on, and then as it comes; after `reset` the team is to be read anew',
  ),
  standing(
    'deliveries',
    'streamDeliveryEvents',
    '/deliveries/events',
    'What becomes of accepted work, in the same way',
  ),
  route({
    id: 'streamEvents',
    path: '/sessions/{session}/events',
    summary:
      'The events of the journal as Server-Sent Events, from the first one or from Last-Event-ID on, and then as they come; what agents say as it streams in, as events of the type `delta`',
    params: SessionParams,
    query: EventQuery.extend({
      after: Number64.optional(),
      deltas: z.enum(['yes', 'no']).default('yes'),
    }),
    mediaType: 'text/event-stream',
    async handle(asking) {
      const { feed } = await foundIn(asking);
      const { query } = asking;
      return stream(asking, feed, {
        ...(query.agent && { agents: query.agent }),
        ...(query.type && { types: query.type }),
        deltas: query.deltas === 'yes' && !query.type,
      });
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
