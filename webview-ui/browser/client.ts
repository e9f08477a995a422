import type * as z from 'zod';
import {
  ChangedFile,
  ChangeItem,
  PlanText,
  pageOf,
  RequestDone,
  SessionItem,
  SessionRef,
  Transcript,
  WorkspaceItem,
} from '../../src/protocol/api.ts';
import { DeliveryItem, Landing, QueueItem, TeamSnapshot } from '../../src/protocol/api-team.ts';
import type { InboxRequest } from '../../src/protocol/inbox.ts';
import type { StationRequest } from '../../src/protocol/station.ts';
import { keyHeader, visitor } from './signed-in.ts';

/** What was answered, or what was wrong in words. */
export type Result<T> = { ok: true; value: T } | { ok: false; message: string };

export interface SessionPlace {
  workspace: string;
  session: string;
}

async function send(method: string, path: string, body: unknown): Promise<Response | undefined> {
  const init = {
    method,
    headers: {
      ...keyHeader(),
      ...(body !== undefined && { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  };
  const answer = await fetch(`/api/v1${path}`, init).catch(() => undefined);
  if (answer?.status === 401) visitor.value = 'nobody';
  return answer;
}

async function ask<S extends z.ZodType>(
  schema: S,
  method: string,
  path: string,
  body?: unknown,
): Promise<Result<z.infer<S>>> {
  const answer = await send(method, path, body);
  if (!answer) return { ok: false, message: 'The server does not answer.' };
  const json = await answer.json().catch(() => undefined);
  if (!answer.ok) return { ok: false, message: problemText(json) };
  const parsed = schema.safeParse(json);
  return parsed.success ? { ok: true, value: parsed.data } : { ok: false, message: parsed.error.message };
}

function problemText(json: unknown): string {
  const { title = 'It was not done', detail = '', errors = [] } = (json ?? {}) as Record<string, never>;
  const all = (errors as { message: string }[]).map(({ message }) => message);
  return [detail === '' ? title : detail, ...all].join(' ');
}

const within = ({ workspace, session }: SessionPlace, path: string, query: Record<string, string> = {}) =>
  `/sessions/${encodeURIComponent(session)}${path}?${new URLSearchParams({ workspace, ...query })}`;

/** The API, as this page uses it. */
export const api = {
  workspaces: () => ask(pageOf(WorkspaceItem), 'GET', '/workspaces'),
  sessions: (cursor?: string) =>
    ask(pageOf(SessionItem), 'GET', `/sessions${cursor === undefined ? '' : `?${new URLSearchParams({ cursor })}`}`),
  start: (body: object) => ask(SessionRef, 'POST', '/sessions', body),
  resume: (place: SessionPlace, body: object) => ask(SessionRef, 'POST', within(place, '/resume'), body),
  team: (workspace: string) => ask(TeamSnapshot, 'GET', `/team?${new URLSearchParams({ workspace })}`),
  askTeam: (workspace: string, body: StationRequest) =>
    ask(RequestDone, 'POST', `/team/requests?${new URLSearchParams({ workspace })}`, body),
  queue: (workspace: string) =>
    ask(pageOf(QueueItem), 'GET', `/queue?${new URLSearchParams({ workspace, limit: '500' })}`),
  deliveries: (workspace: string) =>
    ask(pageOf(DeliveryItem), 'GET', `/deliveries?${new URLSearchParams({ workspace })}`),
  decideDelivery: (workspace: string, delivery: string, action: string, body: object) =>
    ask(
      RequestDone,
      'POST',
      `/deliveries/${encodeURIComponent(delivery)}/${action}?${new URLSearchParams({ workspace })}`,
      body,
    ),
  land: (workspace: string, target: string) =>
    ask(Landing, 'POST', `/deliveries/land?${new URLSearchParams({ workspace })}`, { target }),
  plan: (place: SessionPlace) => ask(PlanText, 'GET', within(place, '/plan')),
  approve: (place: SessionPlace, body: object) => ask(RequestDone, 'POST', within(place, '/plan/approve'), body),
  refuse: (place: SessionPlace, body: object) => ask(RequestDone, 'POST', within(place, '/plan/refuse'), body),
  request: (place: SessionPlace, body: InboxRequest) => ask(RequestDone, 'POST', within(place, '/requests'), body),
  changes: (place: SessionPlace) => ask(pageOf(ChangeItem), 'GET', within(place, '/changes', { limit: '500' })),
  change: (place: SessionPlace, path: string) => ask(ChangedFile, 'GET', within(place, '/changes/file', { path })),
  decide: (place: SessionPlace, action: 'accept' | 'reject', body: object) =>
    ask(RequestDone, 'POST', within(place, `/changes/${action}`), body),
  transcript: (place: SessionPlace, agent: string, cursor?: string) =>
    ask(
      Transcript,
      'GET',
      within(place, `/agents/${encodeURIComponent(agent)}/transcript`, {
        limit: '500',
        ...(cursor !== undefined && { cursor }),
      }),
    ),
  async text(place: SessionPlace, name: 'report.md' | 'log.md'): Promise<Result<string>> {
    const answer = await send('GET', within(place, `/${name}`), undefined);
    if (!answer) return { ok: false, message: 'The server does not answer.' };
    return answer.ok
      ? { ok: true, value: await answer.text() }
      : { ok: false, message: problemText(await answer.json()) };
  },
};
