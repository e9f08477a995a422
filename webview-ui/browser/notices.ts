import { effect, signal } from '@preact/signals';
import type { Row } from '../../src/protocol/dashboard-rows.ts';
import { l10n } from '../l10n.ts';
import { model } from '../page.ts';
import { addressOf, goTo } from './route.ts';

type SessionRow = Row<'sessions'>;

const can = typeof Notification !== 'undefined' && 'serviceWorker' in navigator;
/** Beyond that a goal says no more of which session it is. */
const MOST_CHARACTERS = 120;

/** What the person has said to the browser of notices; undefined where there are none. */
export const permission = signal(can ? Notification.permission : undefined);

/** To be called for a press of a button: browsers ask for nothing else. */
export async function askForNotices(): Promise<void> {
  permission.value = await Notification.requestPermission();
}

/** While nobody looks at the page, the browser says that somebody is asked in the workspace; a click leads there. */
export function noticeAsks(workspace: () => string): void {
  if (!can) return;
  effect(() => {
    if (permission.value === 'granted') void navigator.serviceWorker.register('/service-worker.js');
  });
  navigator.serviceWorker.addEventListener('message', ({ data }) => {
    if (typeof data === 'string' && data.startsWith('#/')) goTo(data);
  });
  let known: ReadonlyMap<string, number> = new Map();
  effect(() => {
    if (!model.complete.value) return;
    const sessions = model.tables.sessions.all();
    const before = known;
    known = new Map(sessions.map(({ id, asks }) => [id, asks]));
    for (const session of sessions) {
      const had = before.get(session.id) ?? 0;
      if (session.asks > had) void say(session, workspace());
      else if (session.asks === 0 && had > 0) void takeBack(session.id);
    }
  });
}

/** That somebody is asked, and in which session: not what, which may be anything that an agent wrote. */
async function say({ id, goal, standing }: SessionRow, workspace: string): Promise<void> {
  if (!document.hidden || permission.peek() !== 'granted') return;
  const worker = await navigator.serviceWorker.ready;
  const title = standing === 'awaiting-approval' ? l10n.t('A plan waits for you') : l10n.t('A question waits for you');
  await worker.showNotification(title, {
    body: goal.length > MOST_CHARACTERS ? `${goal.slice(0, MOST_CHARACTERS)}…` : goal,
    icon: '/app-icon-192.png',
    // One for each session: a newer one takes its place.
    tag: id,
    data: addressOf({ workspace, session: id }),
  });
}

/** It was answered, here or anywhere. */
async function takeBack(session: string): Promise<void> {
  const worker = await navigator.serviceWorker.getRegistration();
  for (const notice of (await worker?.getNotifications({ tag: session })) ?? []) notice.close();
}
