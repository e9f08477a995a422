import assert from 'node:assert/strict';
import { initialState } from '../../../src/core/session/initial.ts';
import type { SessionState } from '../../../src/core/session/state.ts';
import type { SessionOwner } from '../../../src/core/session/store.ts';
import { FollowedSession } from '../../../src/dashboard/followed-session.ts';
import { FollowedSessions, type Listed } from '../../../src/dashboard/followed-sessions.ts';
import type { JournalEvent } from '../../../src/protocol/events.ts';
import type { RunningSession, Runtime } from '../../../src/runtime/contract.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { until } from '../../support/until.ts';

type Summary = Listed[number];

const others: SessionOwner = { pid: process.pid + 1, host: 'terminal', machine: 'this one', since: 1 };

/** A workspace with sessions in it, of which the test says who runs them. */
class Folder {
  listed: Summary[] = [];
  readonly clock = new FakeClock();
  readonly left: string[] = [];
  readonly tell = new Map<string, (event: JournalEvent) => void>();
  /** How many follow a session. */
  readonly followers = new Map<string, number>();
  /** Called once while a session is read. */
  whileRead: (() => Promise<unknown>) | undefined;
  ended = Promise.withResolvers<'completed'>();
  looks = 0;
  watching: (() => void) | undefined;

  put(id: string, more: Partial<Summary> = {}): void {
    const summary = { id, folder: id, lastAt: 0, journalBytes: 1, origin: 'own', ...more } as Summary;
    this.listed = [summary, ...this.listed.filter(each => each.id !== id)].sort((a, b) => (a.id < b.id ? 1 : -1));
  }

  readonly runtime = {
    list: async () => {
      this.looks++;
      return [...this.listed];
    },
    watch: (changed: () => void) => {
      this.watching = changed;
      return {
        dispose: () => {
          this.watching = undefined;
        },
      };
    },
    owner: async (id: string) => this.listed.find(each => each.id === id)?.owner,
    follow: async (id: string, told: (event: JournalEvent) => void, signal: AbortSignal) => {
      if (!this.listed.some(each => each.id === id)) return undefined;
      this.tell.set(id, told);
      const count = (by: number) => this.followers.set(id, (this.followers.get(id) ?? 0) + by);
      count(1);
      signal.addEventListener('abort', () => count(-1));
      const { whileRead } = this;
      this.whileRead = undefined;
      await whileRead?.();
      signal.addEventListener('abort', () => this.tell.get(id) === told && this.tell.delete(id));
      return { state: { ...initialState(), session: id } };
    },
    start: async () => ({ ok: true, session: this.running('20260103-000000-here') }),
    resume: async ({ session }: { session: string }) => ({ ok: true, session: this.running(session) }),
    close: async () => undefined,
  } as unknown as Runtime;

  running(id: string): RunningSession {
    this.put(id, { owner: { ...others, pid: process.pid } });
    const state: SessionState = { ...initialState(), session: id };
    const nothing = { dispose: () => undefined };
    const done = this.ended.promise.then(outcome => {
      this.put(id);
      return outcome;
    });
    return {
      id,
      journal: { state, subscribe: () => nothing },
      follow: () => nothing,
      unkept: new AbortController().signal,
      done,
    } as unknown as RunningSession;
  }

  sessions(): FollowedSessions<FollowedSession> {
    const { left } = this;
    class Watched extends FollowedSessions<FollowedSession> {
      protected override wasLeft({ id }: FollowedSession): void {
        left.push(id);
      }
    }
    return new Watched({
      runtime: async () => this.runtime,
      create: (...of) => new FollowedSession(...of),
      clock: this.clock,
      log: { write: (_level, text, detail) => assert.fail(`${text}: ${detail}`) },
    });
  }
}

const placesOf = ({ sessions }: FollowedSessions<FollowedSession>) => sessions.map(({ id, place }) => [id, place]);

describe('The sessions of a workspace, in a process that shows them', () => {
  let folder: Folder;
  let sessions: FollowedSessions<FollowedSession>;

  beforeEach(() => {
    folder = new Folder();
    sessions = folder.sessions();
  });

  afterEach(() => sessions.dispose());

  it("are the user's own before what came from elsewhere, each newest first, and ten at most", async () => {
    for (let n = 10; n < 22; n++) folder.put(`202601${n}-000000-aaaa`, { origin: n === 21 ? 'unsealed' : 'own' });
    await sessions.look();
    const ids = sessions.sessions.map(({ id }) => id.slice(6, 8));
    assert.deepEqual(ids, ['20', '19', '18', '17', '16', '15', '14', '13', '12', '21']);
  });

  it('are followed while others run them, and left when their process dies without a word', async () => {
    folder.put('20260101-000000-them', { owner: others });
    await sessions.look();
    assert.deepEqual(placesOf(sessions), [['20260101-000000-them', 'elsewhere']]);
    folder.put('20260101-000000-them');
    await until(async () => {
      await folder.clock.advance(2000);
      return folder.left.length > 0;
    });
    assert.deepEqual(placesOf(sessions), [['20260101-000000-them', 'nowhere']]);
    assert.deepEqual(folder.left, ['20260101-000000-them']);
  });

  it('run here from their start to their end, and are read like any other afterwards', async () => {
    await sessions.look();
    const started = await sessions.startSession({ kind: 'new', goal: 'Try it' });
    assert.ok(started.ok);
    const id = started.session.id;
    assert.equal(sessions.find(id)?.place, 'here');
    // Looked for meanwhile, it is not taken for another's.
    await sessions.look();
    assert.deepEqual(placesOf(sessions), [[id, 'here']]);
    const here = sessions.find(id);
    folder.ended.resolve('completed');
    await until(() => sessions.find(id) !== here);
    assert.deepEqual(placesOf(sessions), [[id, 'nowhere']]);
    assert.ok(here?.signal.aborted);
    assert.ok(folder.tell.has(id));
  });

  it('are shown once although they are resumed here while they are read', async () => {
    const id = '20260101-000000-left';
    folder.put(id);
    folder.whileRead = () => sessions.startSession({ kind: 'resume', session: id });
    await sessions.look();
    await sessions.look();
    assert.deepEqual(placesOf(sessions), [[id, 'here']]);
    assert.equal(folder.followers.get(id), 0);
  });

  it('are heard once although they are resumed as soon as they have ended', async () => {
    const started = await sessions.startSession({ kind: 'new', goal: 'Try it' });
    assert.ok(started.ok);
    const { id } = started.session;
    const { ended } = folder;
    folder.ended = Promise.withResolvers();
    const resumed = Promise.withResolvers<void>();
    folder.whileRead = () => sessions.startSession({ kind: 'resume', session: id }).finally(resumed.resolve);
    ended.resolve('completed');
    await resumed.promise;
    await until(() => folder.followers.get(id) === 0);
    assert.deepEqual(placesOf(sessions), [[id, 'here']]);
  });

  it('are read anew when they become the user’s, and forgotten when they are gone', async () => {
    const id = '20260101-000000-clon';
    folder.put(id, { origin: 'unsealed' });
    await sessions.look();
    const foreign = sessions.find(id);
    folder.put(id);
    await sessions.look();
    assert.notEqual(sessions.find(id), foreign);
    assert.equal(sessions.find(id)?.origin, 'own');
    folder.listed = [];
    let changes = 0;
    sessions.onChange(() => changes++);
    await sessions.look();
    assert.deepEqual(placesOf(sessions), []);
    assert.equal(changes, 1);
    assert.equal(folder.tell.size, 0);
  });

  it('are neither looked for nor followed any more once nobody shows them', async () => {
    folder.put('20260101-000000-them', { owner: others });
    await sessions.look();
    const { looks } = folder;
    sessions.dispose();
    assert.equal(folder.watching, undefined);
    assert.equal(folder.tell.size, 0);
    await folder.clock.advance(60_000);
    await sessions.look();
    assert.equal(folder.looks, looks);
  });
});
