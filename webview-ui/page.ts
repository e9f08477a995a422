import { computed, effect, signal } from '@preact/signals';
import type { FromDashboard } from '../src/protocol/dashboard.ts';
import type { InboxRequest } from '../src/protocol/inbox.ts';
import { keep, recall, tell } from './host.ts';
import { Model } from './model/model.ts';

/** What the host has told. */
export const model = new Model();

/** The agent that the person has chosen. */
export const chosenAgent = signal<string | undefined>(recall().watch);
export const chosenTask = signal<string | undefined>(undefined);

const atWork = new Set(['running', 'pausing', 'waiting', 'paused']);
const first = computed(() => {
  const agents = model.tables.agents.all();
  return (agents.findLast(({ status }) => atWork.has(status)) ?? agents[0])?.id;
});

/** Whose text is shown: the chosen agent's, else that of one at work. */
export const watched = computed(() => {
  const chosen = chosenAgent.value;
  if (chosen !== undefined && model.tables.agents.get(chosen)) return chosen;
  return model.complete.value ? first.value : undefined;
});

/** The session's time: it stands while nobody works. */
export const now = signal(Date.now());
const ticking = computed(() => {
  const session = model.session.value;
  return session !== undefined && session.standing === session.status && session.status !== 'new';
});

/** Somebody of the standing team is at something that takes longer and longer. */
const teamAtWork = computed(() => model.team.value?.members.some(({ doing }) => doing) === true);

/** When the session's picture ends: now while somebody works on it, else when somebody did last. */
export const lastMoment = computed(() => {
  const session = model.session.value;
  return ticking.value ? hostNow.value : (session?.workedAt ?? session?.startedAt ?? 0);
});

/** The host's clock, as far as ours can tell. */
export const hostNow = computed(() => now.value + model.skew.value);

/** For people who hear the page: said politely, and rarely. */
export const announcement = signal('');

interface Pending {
  resolve(answer: { ok: boolean; message?: string | undefined }): void;
}
const requests = new Map<number, Pending>();
const fetches = new Map<number, (answer: { ok: boolean; text: string; omitted: number }) => void>();
let counter = 0;

/** Asks the session's owner for something; resolves when it is done or refused. */
export function ask(body: InboxRequest): Promise<{ ok: boolean; message?: string | undefined }> {
  const session = model.session.peek()?.session ?? '';
  const request = ++counter;
  return new Promise(resolve => {
    requests.set(request, { resolve });
    tell({ type: 'request', request, session, body });
  });
}

type What = Extract<FromDashboard, { type: 'fetch' }>['what'];

/** Gets something to read in full. */
export function fetchText(what: What): Promise<{ ok: boolean; text: string; omitted: number }> {
  const session = model.session.peek()?.session ?? '';
  const request = ++counter;
  return new Promise(resolve => {
    fetches.set(request, resolve);
    tell({ type: 'fetch', request, session, what });
  });
}

export function answered(request: number, ok: boolean, message: string | undefined): void {
  requests.get(request)?.resolve({ ok, message });
  requests.delete(request);
}

export function fetched(request: number, ok: boolean, text: string, omitted: number): void {
  fetches.get(request)?.({ ok, text, omitted });
  fetches.delete(request);
}

/** What goes on by itself while the page is open. */
export function live(): void {
  effect(() => {
    const agent = watched.value;
    tell({ type: 'watch', ...(agent !== undefined && { agent }) });
  });
  effect(() => {
    const session = model.session.value?.session;
    const watch = chosenAgent.value;
    keep({ ...(session !== undefined && { session }), ...(watch !== undefined && { watch }) });
  });
  effect(() => {
    now.value = Date.now();
    if (!ticking.value && !teamAtWork.value) return;
    const timer = setInterval(() => {
      now.value = Date.now();
    }, 1000);
    return () => clearInterval(timer);
  });
}
