import assert from 'node:assert/strict';
import { AgentHistories } from '../../../src/core/agent/histories.ts';
import { openJournal } from '../../../src/core/session/journal.ts';
import { StoreError } from '../../../src/core/session/store.ts';
import { whyUnkept } from '../../../src/core/session/unkept.ts';
import type { JournalEvent } from '../../../src/protocol/events.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { listTeam } from '../../support/list-team.ts';
import { Disk, MemoryStore } from '../../support/memory-store.ts';
import { MemoryWorkspace } from '../../support/memory-workspace.ts';

type Kind = 'append' | 'flush' | 'put-blob';

const failure = () => new StoreError('full', 'writing /w/file: ENOSPC: no space left on device, write');

/** A store whose nth operation of a kind fails, and every one after it. */
class FailingStore extends MemoryStore {
  readonly counts = { append: 0, flush: 0, 'put-blob': 0 };
  readonly #fails: { kind: Kind; at: number } | undefined;
  /** When it failed first. */
  failed = () => {};

  constructor(disk: Disk, fails?: { kind: Kind; at: number }) {
    super(disk);
    this.#fails = fails;
    this.before = operation => {
      if (operation === 'append' || operation === 'put-blob') this.#count(operation);
    };
  }

  /** The bytes are there and may be lost all the same: the flush to the disk fails. */
  override async appendJournal(bytes: Uint8Array, at: number): Promise<void> {
    await super.appendJournal(bytes, at);
    this.#count('flush');
  }

  #count(kind: Kind): void {
    this.counts[kind]++;
    if (!this.#fails || this.#fails.kind !== kind || this.counts[kind] < this.#fails.at) return;
    this.failed();
    throw failure();
  }
}

/** One run of the team on a disk, wired as the program does it. */
async function run(disk: Disk, files: MemoryWorkspace, fails?: { kind: Kind; at: number }) {
  const clock = new FakeClock();
  const store = new FailingStore(disk, fails);
  const histories = new AgentHistories();
  const events: JournalEvent[] = [];
  const journal = await openJournal(store, {
    clock,
    redact: text => text,
    log: { write: () => {} },
    replay: event => histories.apply(event),
  });
  journal.subscribe(event => events.push(event));
  const { session, router, commands } = listTeam({ clock, journal, histories, files });
  journal.failure.addEventListener('abort', () => session.stop(whyUnkept(journal.failure.reason)));
  const asked = { requests: 0, commands: 0, at: clock.monotonic() };
  let first = true;
  store.failed = () => {
    if (first) Object.assign(asked, { requests: router.requests.length, commands: commands.length });
    if (first) asked.at = clock.monotonic();
    first = false;
  };
  const end = await clock.until(session.run());
  const took = clock.monotonic() - asked.at;
  await journal.close();
  return {
    end,
    store,
    journal,
    events,
    asked,
    requests: router.requests.length,
    commands: commands.length,
    took,
    clock,
  };
}

const finishedTasks = (disk: Disk) =>
  disk
    .lines()
    .map(line => JSON.parse(line) as JournalEvent)
    .flatMap(event => (event.type === 'task-completed' ? [event.task] : []));

describe('a session whose folder takes no more', () => {
  for (const kind of ['append', 'flush', 'put-blob'] as const) {
    it(`asks for nothing more, ends at once, and goes on later, whichever ${kind} failed`, async () => {
      const whole = await run(new Disk(), new MemoryWorkspace());
      assert.equal(whole.end.outcome, 'completed');
      const count = whole.store.counts[kind];
      assert.ok(count > 0);
      for (let at = 1; at <= count; at++) {
        const disk = new Disk();
        const files = new MemoryWorkspace();
        const cut = await run(disk, files, { kind, at });
        assert.equal(cut.end.outcome, 'interrupted', `${kind} ${at}`);
        assert.match(cut.end.reason, /no room is left on the disk \(writing \/w\/file: ENOSPC/);
        assert.equal(cut.requests, cut.asked.requests, `no model was asked after ${kind} ${at} failed`);
        assert.equal(cut.commands, cut.asked.commands, `nothing was run after ${kind} ${at} failed`);
        assert.ok(cut.took <= 1000, `it ended within a second: ${cut.took} ms`);
        assert.equal(cut.clock.pending, 0);
        assert.equal(cut.events.filter(event => event.type === 'supervision').length, 0);
        assert.deepEqual(cut.events.at(-1)?.type, 'session-ended');
        assert.deepEqual(cut.journal.state.outcome?.outcome, 'interrupted');

        const again = await run(disk, files);
        assert.equal(again.end.outcome, 'completed', `goes on after ${kind} ${at}`);
        const finished = finishedTasks(disk);
        assert.equal(new Set(finished).size, finished.length, 'no finished task was run again');
        assert.deepEqual(files.snapshot(), { 'list.js': 'console.log([1])\n' });
      }
    });
  }
});
