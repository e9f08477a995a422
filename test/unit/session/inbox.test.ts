import assert from 'node:assert/strict';
import fc from 'fast-check';
import { dropRequest, type RequestHandler, serveInbox } from '../../../src/core/session/inbox.ts';
import { openJournal } from '../../../src/core/session/journal.ts';
import type { InboxRequest } from '../../../src/protocol/inbox.ts';
import { FakeClock, settle } from '../../support/fake-clock.ts';
import { Disk, MemoryStore } from '../../support/memory-store.ts';

const quiet = { write: () => {} };
const nudge: InboxRequest = { kind: 'nudge', agent: 'a1', text: 'hurry' };

async function owner(disk: Disk, handle: RequestHandler, since = 0) {
  const store = new MemoryStore(disk);
  const clock = new FakeClock(1000);
  const journal = await openJournal(store, { clock, redact: text => text, log: quiet });
  return { store, journal, inbox: serveInbox(store, journal, handle, { log: quiet, since }) };
}

describe('the inbox', () => {
  it('does what is asked in the order of the ids, and tells in the journal what came of it', async () => {
    const done: string[] = [];
    const disk = new Disk();
    const asking = new MemoryStore(disk);
    await dropRequest(asking, 'r2', 1, { kind: 'reassign', agent: 'a9', route: ['p/m'] });
    await dropRequest(asking, 'r1', 1, nudge);
    const { store, journal, inbox } = await owner(disk, (body, id) => {
      done.push(`${id} ${body.kind}`);
      return body.kind === 'nudge' ? { ok: true } : { ok: false, message: 'no such agent' };
    });
    assert.deepEqual(done, [], 'nothing is done before the caller has the inbox');
    await inbox.look();
    await dropRequest(store, 'r0', 1, nudge);
    await settle();
    await inbox.look();
    assert.deepEqual(done, ['r1 nudge', 'r2 reassign', 'r0 nudge']);
    assert.deepEqual(
      [...journal.state.requests].map(([id, { handled }]) => [id, handled]),
      [
        ['r1', { ok: true }],
        ['r2', { ok: false, message: 'no such agent' }],
        ['r0', { ok: true }],
      ],
    );
    assert.equal(store.disk.requests.size, 0);
    inbox.dispose();
    assert.equal(store.watchers, 0);
  });

  it('takes what was left before it was opened', async () => {
    const disk = new Disk();
    await dropRequest(new MemoryStore(disk), 'r1', 1, nudge);
    const done: string[] = [];
    const { inbox } = await owner(disk, (_, id) => {
      done.push(id);
      return { ok: true };
    });
    await inbox.look();
    assert.deepEqual(done, ['r1']);
    inbox.dispose();
  });

  it('refuses what was asked of an earlier run about its running', async () => {
    const disk = new Disk();
    await dropRequest(new MemoryStore(disk), 'r1', 1, { kind: 'abort' });
    const { journal, inbox } = await owner(disk, () => assert.fail('must not be called'), 500);
    await inbox.look();
    assert.equal(journal.state.requests.get('r1')?.handled?.ok, false);
    inbox.dispose();
  });

  it('removes what cannot be read, and says so', async () => {
    const disk = new Disk();
    for (const [id, text] of Object.entries({ a: '', b: '{"at":1,"body":{"kind":"format-disk"}}', c: '[]' }))
      disk.requests.set(id, text);
    const { journal, inbox } = await owner(disk, () => assert.fail('must not be called'));
    await inbox.look();
    assert.equal(disk.requests.size, 0);
    assert.deepEqual(
      journal.state.notices.map(notice => notice.code),
      ['bad-request', 'bad-request', 'bad-request'],
    );
    inbox.dispose();
  });

  it('answers a request whose handling failed, and goes on with the next', async () => {
    const { store, journal, inbox } = await owner(new Disk(), (_, id) => {
      if (id === 'r1') throw new Error('broken');
      return { ok: true };
    });
    await dropRequest(store, 'r1', 1, nudge);
    await dropRequest(store, 'r2', 1, nudge);
    await inbox.look();
    assert.deepEqual(journal.state.requests.get('r1')?.handled, { ok: false, message: 'broken' });
    assert.deepEqual(journal.state.requests.get('r2')?.handled, { ok: true });
    inbox.dispose();
  });

  it('has each request handled once, whichever step its owners died at', () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.integer({ min: 0, max: 14 }), { maxLength: 5 }),
        async (count, deaths) => {
          const disk = new Disk();
          const dropping = new MemoryStore(disk);
          for (let i = 0; i < count; i++) await dropRequest(dropping, `r${i}`, 1, nudge);
          const done = new Map<string, number>();
          for (const death of [...deaths, Number.POSITIVE_INFINITY]) {
            const store = new MemoryStore(disk);
            const journal = await openJournal(store, { clock: new FakeClock(), redact: text => text, log: quiet });
            let steps = 0;
            let dead = false;
            store.before = () => {
              dead ||= ++steps > death;
              if (dead) throw new Error('killed');
            };
            const handle: RequestHandler = async (_, id) => {
              // What the handler does is itself an event, told apart by the request's id.
              if (dead || journal.state.queue.has(id)) return { ok: true };
              await journal.commit({ type: 'queue-added', item: id, text: 'x', priority: 1, by: 'user' });
              done.set(id, (done.get(id) ?? 0) + 1);
              return { ok: true };
            };
            const inbox = serveInbox(store, journal, handle, { log: quiet, since: 0 });
            await inbox.look().catch(() => {});
            await journal.flush().catch(() => {});
            inbox.dispose();
          }
          assert.deepEqual(
            [...done],
            [...done.keys()].map(id => [id, 1]),
          );
          const last = await openJournal(new MemoryStore(disk), {
            clock: new FakeClock(),
            redact: text => text,
            log: quiet,
          });
          assert.deepEqual(
            [...last.state.queue.keys()].sort(),
            Array.from({ length: count }, (_, i) => `r${i}`),
          );
          assert.equal(disk.requests.size, 0);
          assert.ok([...last.state.requests.values()].every(request => request.handled?.ok));
        },
      ),
    ));
});
