import { checkLine } from '../../core/station/check-words.ts';
import { obstacle } from '../../core/station/choose.ts';
import type { CheckRecord, Run, StationState } from '../../core/station/contract.ts';
import { ended } from '../../core/station/fold/queue.ts';
import { standingOf } from '../../core/station/members.ts';
import { type QueueLine, queueLines } from '../../core/station/queue-lines.ts';
import { pageOf, RequestDone } from '../../protocol/api.ts';
import { AddToQueue, QueueItem, TeamSnapshot } from '../../protocol/api-team.ts';
import { PRIORITIES, StationRequest } from '../../protocol/station.ts';
import type { Answered } from '../../runtime/contract.ts';
import { ProblemError } from '../problem.ts';
import { PageQuery, page } from './page.ts';
import { type Asking, type JsonAnswer, route } from './route.ts';
import { workspaceNamed, writable } from './served.ts';
import { InWorkspace } from './sessions.ts';

const NEWEST_NOTICES = 20;

export const priorityOf = (said: keyof typeof PRIORITIES | number): number =>
  typeof said === 'number' ? said : PRIORITIES[said];

export const teamRoutes = [
  route({
    id: 'getTeam',
    path: '/team',
    summary: 'The standing team: who stands in it, what each is at, what waits for a person',
    query: InWorkspace,
    answer: TeamSnapshot,
    async handle({ served, query }) {
      const { name, host } = workspaceNamed(served, query.workspace);
      const { state, owner } = await host.runtime.station.read();
      const snapshot: TeamSnapshot = {
        workspace: name,
        seq: state.seq,
        runs: owner !== undefined,
        ...(owner && { host: owner.host }),
        paused: state.paused,
        ...(state.fallback !== undefined && { fallback: state.fallback }),
        members: membersOf(state, served.clock.now()),
        items: countsOf(state),
        runningNow: [...state.runs.values()].filter(({ end }) => !end).map(runOf),
        checks: [...state.checks.values()].flatMap(checkItem),
        notices: state.notices.slice(-NEWEST_NOTICES).map(({ level, text, at }) => ({ level, text, at })),
      };
      return { json: snapshot, etag: `"${state.seq}-${owner ? 'stands' : 'rests'}"` };
    },
  }),
  route({
    id: 'requestOfTeam',
    path: '/team/requests',
    summary:
      'Asks something of the standing team: pause, unpause, abort, stop, queue-add, queue-edit, queue-move, queue-hold, queue-release, queue-remove, queue-retry',
    query: InWorkspace,
    body: StationRequest,
    answer: RequestDone,
    handle: asking => askTeam(asking, asking.body),
  }),
  route({
    id: 'listTeamQueue',
    path: '/queue',
    summary: 'The queue of the standing team as it will be worked on; with `status`, only those, over ones too',
    query: PageQuery.extend(InWorkspace.shape).extend({ status: QueueItem.shape.status.optional() }),
    answer: pageOf(QueueItem),
    async handle({ served, query }) {
      const { state } = await workspaceNamed(served, query.workspace).host.runtime.station.read();
      const shown = ({ item }: QueueLine) => (query.status === undefined ? !ended(item) : item.status === query.status);
      const items = queueLines(state, served.clock.now())
        .filter(shown)
        .map(line => itemOf(state, line));
      return { json: page(items, ({ id }) => id, query) };
    },
  }),
  route({
    id: 'addToTeamQueue',
    path: '/queue',
    summary: 'Adds work to the queue, whether or not a team stands',
    query: InWorkspace,
    body: AddToQueue,
    answer: RequestDone,
    handle(asking) {
      const { priority, due, ...rest } = asking.body;
      const time = typeof due === 'string' ? Date.parse(due) : due;
      return askTeam(asking, {
        kind: 'queue-add',
        ...rest,
        priority: priorityOf(priority),
        ...(time !== undefined && { due: time }),
      });
    },
  }),
];

/** Passes it to the process that runs the team, in the name of the token. */
export async function askTeam(
  {
    served,
    query,
    holder,
    request,
    signal,
  }: Pick<
    Asking<unknown, { workspace?: string | undefined }, unknown>,
    'served' | 'query' | 'holder' | 'request' | 'signal'
  >,
  body: StationRequest,
): Promise<JsonAnswer<Pick<Answered, 'ok' | 'message' | 'request'>>> {
  const { host } = writable(workspaceNamed(served, query.workspace));
  const asked = { by: holder.name, ...(request !== undefined && { request }) };
  const { why, ...answered } = await host.runtime.station.ask(body, signal, asked);
  if (why === 'nobody') throw new ProblemError('not-running', 'No standing team runs here: orchestrate start');
  if (why === 'silent') return { status: 202, json: answered };
  if (!answered.ok) throw new ProblemError('refused', answered.message);
  return { json: answered };
}

function checkItem(record: CheckRecord): TeamSnapshot['checks'] {
  const text = checkLine(record);
  const { workflow, task, check, regression } = record;
  return text === undefined ? [] : [{ workflow, task, check, text, ...(regression && { item: regression.item }) }];
}

function itemOf(state: StationState, { item, begins }: QueueLine): QueueItem {
  const { id, text, target, priority, due, needs, status, addedAt, by, workflow, runs, endedAt, note } = item;
  const waits = status === 'waiting' ? obstacle(state, item) : undefined;
  return {
    id,
    text,
    ...(target !== undefined && { target }),
    priority,
    ...(due !== undefined && { due }),
    needs,
    status,
    addedAt,
    by,
    ...(workflow && { workflow: workflow.name }),
    sessions: runs.flatMap(run => state.runs.get(run)?.session ?? []),
    ...(begins !== undefined && { begins }),
    ...(waits !== undefined && { waits }),
    ...(endedAt !== undefined && { endedAt }),
    ...(note !== undefined && { note }),
  };
}

function membersOf(state: StationState, now: number): TeamSnapshot['members'] {
  return [...state.members.values()].map(member => {
    const { name, role, pool, worker, models, done, failed, ms, cost } = member;
    const run = member.run === undefined ? undefined : state.runs.get(member.run);
    return {
      name,
      role,
      ...(pool !== undefined && { pool }),
      ...(worker !== undefined && { worker }),
      ...(models && { models }),
      standing: standingOf(state, member, now),
      ...(run && !run.end && { item: run.item, session: run.session }),
      ...{ done, failed, ms, cost },
    };
  });
}

function runOf({ id, item, session, members, startedAt, resumed, asks, health, end }: Run) {
  return {
    ...{ id, item, session, members, startedAt, resumed, asks },
    ...(health && { health }),
    ...(end && { outcome: end.outcome, reason: end.reason, ...(end.cost !== undefined && { cost: end.cost }) }),
  };
}

function countsOf({ items }: StationState): TeamSnapshot['items'] {
  const counts = { waiting: 0, held: 0, running: 0, done: 0, failed: 0, removed: 0 };
  for (const { status } of items.values()) counts[status]++;
  return counts;
}
