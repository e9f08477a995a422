import { dropRequest } from '../core/session/inbox.ts';
import { checkOrigin } from '../core/session/origin.ts';
import type { LockResult } from '../core/session/store.ts';
import { newId } from '../node/new-id.ts';
import type { SessionFolder } from '../node/session/session-folder.ts';
import { createSession, findSession } from '../node/session/sessions.ts';
import { assemble } from './assemble.ts';
import type { Started, Work } from './contract.ts';
import type { Engine } from './engine.ts';
import type { SessionHost } from './session-host.ts';

/** Starts a session, or takes one up where it was cut off. */
export async function openSession(host: SessionHost, engine: Engine, work: Work): Promise<Started> {
  const place =
    work.kind === 'new'
      ? await createSession(host, work.session)
      : await findSession(host, work.session).then(store => store && { id: work.session, store });
  if (!place) return { ok: false, reason: 'missing' };
  const { id, store } = place;
  const origin = await checkOrigin(store);
  if (origin !== 'own') return { ok: false, reason: 'elsewhere', session: id, origin };
  const taken = await takeOver(store, host);
  if (!taken.ok) return { ok: false, reason: 'owned', owner: taken.owner };
  try {
    return { ok: true, session: await assemble(host, engine, work, { id, store, lock: taken.lock }) };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** How long a reviewer gets to release the session. */
const LET_GO_MS = 10_000;
const LOOK_MS = 50;

/** Takes the session from whoever only reviews it; from nobody who runs it. */
async function takeOver(store: SessionFolder, { kind, clock }: SessionHost): Promise<LockResult> {
  const first = await store.lock(kind);
  if (first.ok || !first.owner.reviews) return first;
  await dropRequest(store, newId('r'), clock.now(), { kind: 'let-go' });
  const until = clock.monotonic() + LET_GO_MS;
  for (;;) {
    await new Promise<void>(resolve => clock.after(LOOK_MS, resolve));
    const taken = await store.lock(kind);
    if (taken.ok || !taken.owner.reviews || clock.monotonic() >= until) return taken;
  }
}
