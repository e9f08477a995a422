import assert from 'node:assert/strict';
import { Connection } from '../../../src/dashboard/connection.ts';
import type { ToDashboard } from '../../../src/protocol/dashboard.ts';
import type { Event } from '../../../src/protocol/events.ts';
import { type MemorySession, memorySession } from '../../support/dashboard/memory-session.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { memoryJournal } from '../../support/memory-journal.ts';
import { pixel, pixelPng } from '../../support/pixel.ts';

const clock = new FakeClock();

function session(name: string): MemorySession {
  const journal = memoryJournal(() => clock.now());
  journal.append({
    type: 'session-started',
    session: name,
    goal: name,
    version: '1',
    workspace: '/w',
    rehearsal: false,
    budget: { alertAt: 0.8 },
  });
  return memorySession(journal);
}

const question: Event = { type: 'question-asked', ask: 'q', agent: 'x', text: 'which?' };
const ended: Event = { type: 'session-ended', outcome: 'completed', reason: 'r' };

/** A page over sessions that come and change. */
function page(...sessions: MemorySession[]) {
  const told: ToDashboard[] = [];
  const listeners = new Set<() => void>();
  const nothing = () => {};
  const connection = new Connection({
    source: {
      sessions,
      onChange: listener => {
        listeners.add(listener);
        return { dispose: () => void listeners.delete(listener) };
      },
    },
    clock,
    log: { write: nothing },
    checklist: () => [],
    post: message => void told.push(message),
    readiness: () => 'ready',
    run: nothing,
    step: nothing,
    openFile: nothing,
    openTranscript: nothing,
    retryTask: () => undefined,
    texts: {},
    onDrawn: nothing,
  });
  const shown = async () => {
    for (const listener of [...listeners]) listener();
    await clock.advance(3000);
    for (const message of told.toReversed())
      if (message.type === 'update' && message.reset) return message.reset.session;
    return undefined;
  };
  connection.receive({ type: 'ready' });
  return { connection, shown, told };
}

describe('the dashboard', () => {
  it('opens with the session that waits for the person, not with the newest', async () => {
    const [newest, asking] = [session('newest'), session('asking')];
    asking.journal.append(question);
    assert.equal(await page(newest, asking).shown(), 'asking');
  });

  it('goes from a session that is over to the one that waits, and from one that runs only when it is opened again', async () => {
    const [first, second] = [session('first'), session('second')];
    const { connection, shown } = page(first, second);
    assert.equal(await shown(), 'first');
    second.journal.append(question);
    assert.equal(await shown(), 'first');
    connection.goToWaiting();
    assert.equal(await shown(), 'second');

    const [over, other] = [session('over'), session('other')];
    const next = page(over, other);
    assert.equal(await next.shown(), 'over');
    over.journal.append(ended);
    other.journal.append(question);
    assert.equal(await next.shown(), 'other');
  });

  it('says in its list of sessions which of them wait', async () => {
    const [first, second] = [session('first'), session('second')];
    second.journal.append(question);
    const { shown, told } = page(first, second);
    await shown();
    const rows = told.flatMap(message => (message.type === 'update' ? (message.upsert?.sessions ?? []) : []));
    assert.deepEqual(
      rows.map(({ id, asks }) => [id, asks]),
      [
        ['first', 0],
        ['second', 1],
      ],
    );
  });

  it('shows a picture that an agent took, and nothing else as one', async () => {
    const one = session('one');
    const picture = await one.journal.putBlob(pixelPng);
    const script = await one.journal.putText('<svg onload="alert(1)"/>');
    const { connection, shown, told } = page(one);
    await shown();
    const fetched = async (request: number, blob: string) => {
      connection.receive({ type: 'fetch', request, session: 'one', what: { kind: 'picture', blob } });
      await clock.advance(1000);
      return told.find(message => message.type === 'fetched' && message.request === request);
    };
    assert.deepEqual(await fetched(1, picture), {
      type: 'fetched',
      request: 1,
      ok: true,
      text: `data:image/png;base64,${pixel}`,
      omitted: 0,
    });
    assert.deepEqual(await fetched(2, script), { type: 'fetched', request: 2, ok: false, text: '', omitted: 0 });
  });
});
