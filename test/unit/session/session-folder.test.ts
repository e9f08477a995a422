import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { followJournal } from '../../../src/core/session/follow.ts';
import { type JournalOptions, openJournal } from '../../../src/core/session/journal.ts';
import { type SessionStore, StoreError } from '../../../src/core/session/store.ts';
import { systemClock } from '../../../src/node/clock.ts';
import { lifeOf, thisProcess } from '../../../src/node/session/identity.ts';
import type { SessionFolder } from '../../../src/node/session/session-folder.ts';
import {
  createSession,
  findSession,
  listSessions,
  pruneSessions,
  readState,
  removeSession,
} from '../../../src/node/session/sessions.ts';
import type { Event, JournalEvent } from '../../../src/protocol/events.ts';
import { sessionFolder, sessionsIn } from '../../support/own-sessions.ts';
import { inTemporaryFolder } from '../../support/temporary.ts';

const open = (store: SessionStore, options: Partial<JournalOptions> = {}) =>
  openJournal(store, { clock: systemClock, redact: text => text, log: { write: () => {} }, ...options });
const note = (text: string): Event => ({ type: 'notice', level: 'info', text });
const start = (session: string): Event => ({
  type: 'session-started',
  session,
  goal: `the goal of ${session}`,
  version: '1',
  workspace: '/w',
  rehearsal: false,
  budget: { alertAt: 0.8 },
});

const child = (script: string, ...args: string[]) =>
  spawn(process.execPath, [join(import.meta.dirname, 'child', script), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
async function ended(process: ChildProcess): Promise<void> {
  if (process.exitCode === null && process.signalCode === null) await once(process, 'exit');
}

async function owned(folder: string): Promise<SessionFolder> {
  const store = sessionFolder(folder);
  const taken = await store.lock('terminal');
  assert.ok(taken.ok);
  return store;
}

describe('a session’s folder', function () {
  this.timeout(30_000);

  it('keeps journal and blobs over a reopen, for its user’s eyes only', () =>
    inTemporaryFolder(async workspace => {
      const { id, store } = await createSession(sessionsIn(workspace));
      await store.lock('terminal');
      const journal = await open(store);
      await journal.commit(start(id));
      const hash = await journal.putBlob(Buffer.from([0, 255, 10, 13]));
      await journal.close();
      await store.close();
      // A tree is not dirty because a session ran in it.
      const run = promisify(execFile);
      await run('git', ['init', '-q'], { cwd: workspace });
      const { stdout } = await run('git', ['status', '--porcelain', '--untracked-files=all'], { cwd: workspace });
      assert.equal(stdout, '');
      if (process.platform !== 'win32') {
        assert.equal((await stat(store.place)).mode & 0o777, 0o700);
        assert.equal((await stat(join(store.place, 'events.jsonl'))).mode & 0o777, 0o600);
      }
      const found = await findSession(sessionsIn(workspace), id);
      assert.ok(found);
      assert.equal((await readState(found)).state.goal, `the goal of ${id}`);
      assert.deepEqual(await found.getBlob(hash), Buffer.from([0, 255, 10, 13]));
    }));

  it('leaves a .gitignore that is there as it is', () =>
    inTemporaryFolder(async workspace => {
      await mkdir(join(workspace, '.orchestrate'));
      await writeFile(join(workspace, '.orchestrate', '.gitignore'), 'mine\n');
      await createSession(sessionsIn(workspace));
      assert.equal(await readFile(join(workspace, '.orchestrate', '.gitignore'), 'utf8'), 'mine\n');
    }));

  it('does not lead out of the sessions’ folder', () =>
    inTemporaryFolder(async workspace => {
      await mkdir(join(workspace, '.orchestrate', 'sessions'), { recursive: true });
      for (const id of ['..', '../..', '.', '', 'a/b', 'a\\b'])
        assert.equal(await findSession(sessionsIn(workspace), id), undefined);
    }));

  it('hands out no blob whose bytes are not what its name says', () =>
    inTemporaryFolder(async folder => {
      const store = sessionFolder(folder);
      const hash = await store.putBlob(Buffer.from('baseline'));
      await appendFile(join(folder, 'blobs', hash), '!');
      assert.equal(await store.getBlob(hash), undefined);
      assert.equal(await store.getBlob('../../etc/passwd'), undefined);
      await sessionFolder(folder).putBlob(Buffer.from('baseline'));
      assert.deepEqual(await store.getBlob(hash), Buffer.from('baseline'));
    }));

  it('loses nothing that was committed when its owner is killed, and is taken over at once', () =>
    inTemporaryFolder(async folder => {
      let survived = 0;
      for (const lines of [1, 7, 40]) {
        const owner = child('commit-forever.ts', folder);
        let told = 0;
        try {
          for await (const line of createInterface({ input: owner.stdout })) {
            told = Number(line);
            if (told >= survived + lines) break;
          }
        } finally {
          owner.kill('SIGKILL');
          await ended(owner);
        }
        const store = await owned(folder);
        const seen: number[] = [];
        const journal = await open(store, { replay: event => seen.push(event.seq) });
        assert.ok(seen.length >= told, `${seen.length} of ${told}`);
        assert.deepEqual(
          seen,
          Array.from(seen, (_, i) => i + 1),
        );
        await journal.close();
        await store.close();
        survived = journal.state.seq;
      }
    }));

  it('sends a second process away with the name of the owner, who can still be read', () =>
    inTemporaryFolder(async folder => {
      const owner = child('commit-forever.ts', folder);
      try {
        await once(owner.stdout, 'data');
        const second = sessionFolder(folder);
        const refused = await second.lock('editor');
        assert.ok(!refused.ok);
        assert.equal(refused.owner.pid, owner.pid);
        assert.equal((await second.owner())?.pid, owner.pid);
        assert.ok((await readState(second)).state.seq > 0);
        await assert.rejects(second.appendJournal(Buffer.from('x\n'), 0), { reason: 'lost-lock' });
      } finally {
        owner.kill('SIGKILL');
        await ended(owner);
      }
      assert.equal(await sessionFolder(folder).owner(), undefined);
    }));

  it('knows a process that runs, one that ended, and one whose number was given away again', async () => {
    const me = await thisProcess();
    assert.equal(await lifeOf(me), 'alive');
    const other = child('sleep.ts');
    await once(other.stdout, 'data');
    assert.ok(other.pid);
    assert.equal(await lifeOf({ ...me, pid: other.pid }), 'gone', 'same number, another start');
    other.kill('SIGKILL');
    await ended(other);
    assert.equal(await lifeOf({ ...me, pid: other.pid }), 'gone');
    assert.equal(await lifeOf({ ...me, machine: 'elsewhere' }), 'unknown');
  });

  it('is followed by another reader while it grows, past a torn line that is cut, and ends with the signal', () =>
    inTemporaryFolder(async folder => {
      const first = await owned(folder);
      const journal = await open(first);
      await journal.commit(note('one'));
      await first.close();
      await appendFile(join(folder, 'events.jsonl'), '{"v":1,"seq":2,"torn');

      const stop = new AbortController();
      const heard: JournalEvent[] = [];
      let wake = () => {};
      const heardMore = async (count: number) => {
        while (heard.length < count)
          await new Promise<void>(resolve => {
            wake = resolve;
          });
      };
      const following = (async () => {
        for await (const batch of followJournal(sessionFolder(folder), stop.signal)) {
          heard.push(...batch);
          wake();
        }
      })();
      await heardMore(1);
      const second = await owned(folder);
      const again = await open(second);
      for (let i = 0; i < 20; i++) await again.commit(note(`${i}`));
      await heardMore(22);
      stop.abort();
      await following;
      assert.deepEqual(
        heard.map(event => event.seq),
        Array.from({ length: 22 }, (_, i) => i + 1),
      );
      await again.close();
      await second.close();
    }));

  it('refuses with a reason where it may not write', () =>
    inTemporaryFolder(async workspace => {
      // Somebody bound by file modes is needed: where tests run as root, the child becomes nobody.
      if (process.platform === 'win32') return;
      await chmod(workspace, 0o555);
      const reader = child('read-only.ts', workspace);
      let said = '';
      for await (const text of reader.stdout) said += text;
      await chmod(workspace, 0o755);
      assert.equal(said, 'read-only');
    }));

  it('says that its folder is gone rather than writing to nowhere', () =>
    inTemporaryFolder(async workspace => {
      const { store } = await createSession(sessionsIn(workspace));
      await store.lock('terminal');
      const journal = await open(store);
      await journal.commit(note('there'));
      await rm(store.place, { recursive: true });
      await assert.rejects(journal.commit(note('gone')), (error: unknown) => {
        assert.ok(error instanceof StoreError);
        assert.equal(error.reason, 'missing');
        return true;
      });
      assert.ok(journal.failure.aborted);
      await store.close();
    }));

  it('stops writing when somebody else wrote to its journal', () =>
    inTemporaryFolder(async folder => {
      const store = await owned(folder);
      const journal = await open(store);
      await journal.commit(note('mine'));
      await appendFile(join(folder, 'events.jsonl'), '{"v":1,"seq":2,"at":1,"type":"x"}\n');
      await assert.rejects(journal.commit(note('mine too')), { reason: 'lost-lock' });
      await store.close();
    }));

  it('is listed before one that started earlier in the same second', () =>
    inTemporaryFolder(async workspace => {
      let at = Date.UTC(2026, 0, 2, 3, 4, 5, 100);
      const clock = { ...systemClock, now: () => at, monotonic: systemClock.monotonic, after: systemClock.after };
      const made: string[] = [];
      for (let i = 0; i < 12; i++, at += 20) {
        const { id, store } = await createSession(sessionsIn(workspace, clock));
        await store.lock('terminal');
        const journal = await open(store, { clock });
        await journal.commit(start(id));
        await journal.close();
        await store.close();
        made.unshift(id);
      }
      const listed = await listSessions(sessionsIn(workspace, clock));
      assert.deepEqual(
        listed.map(one => one.id),
        made,
      );
    }));

  it('is listed newest first with goal, outcome and owner, though anything may stand beside it', () =>
    inTemporaryFolder(async workspace => {
      let now = Date.UTC(2026, 0, 1);
      const clock = { ...systemClock, now: () => now };
      const ids: string[] = [];
      let running: SessionFolder | undefined;
      for (const outcome of ['completed', 'failed', undefined] as const) {
        now += 60_000;
        const { id, store } = await createSession(sessionsIn(workspace, clock));
        ids.unshift(id);
        await store.lock('terminal');
        const journal = await open(store);
        journal.append(start(id));
        if (outcome) journal.append({ type: 'session-ended', outcome, reason: '' });
        for (let i = 0; i < 300; i++) journal.append(note('"type":"session-ended"'.repeat(20)));
        await journal.close();
        if (outcome) await store.close();
        else running = store;
      }
      await mkdir(join(workspace, '.orchestrate', 'sessions', 'empty'));
      await writeFile(join(workspace, '.orchestrate', 'sessions', 'file'), '');
      const listed = await listSessions(sessionsIn(workspace, clock));
      assert.deepEqual(
        listed.map(s => [s.id, s.goal, s.outcome, s.owner?.pid]),
        [
          [ids[0], `the goal of ${ids[0]}`, undefined, process.pid],
          [ids[1], `the goal of ${ids[1]}`, 'failed', undefined],
          [ids[2], `the goal of ${ids[2]}`, 'completed', undefined],
        ],
      );
      assert.equal(await removeSession(sessionsIn(workspace, clock), ids[0] ?? ''), 'owned');
      await running?.close();
      assert.equal(await removeSession(sessionsIn(workspace, clock), ids[1] ?? ''), 'removed');
      assert.equal(await removeSession(sessionsIn(workspace, clock), ids[1] ?? ''), 'missing');
    }));

  it('is cleaned away when old and large, but never while it can go on or its changes wait for review', () =>
    inTemporaryFolder(async workspace => {
      let now = Date.UTC(2026, 0, 1);
      const clock = { ...systemClock, now: () => now };
      const make = async (...events: Event[]) => {
        now += 60_000;
        const { id, store } = await createSession(sessionsIn(workspace, clock));
        await store.lock('terminal');
        const journal = await open(store);
        for (const event of [start(id), ...events]) journal.append(event);
        await journal.close();
        await store.putBlob(Buffer.alloc(5000, id));
        await store.close();
        return id;
      };
      const over: Event = { type: 'session-ended', outcome: 'completed', reason: '' };
      const hash = 'a'.repeat(64);
      const pending = await make(
        { type: 'baseline-taken', path: 'f', blob: null },
        { type: 'write-intent', write: 'w', path: 'f', agent: 'a', before: null, after: hash },
        { type: 'write-outcome', write: 'w', ok: true, reason: 'applied' },
        over,
      );
      const old = await make(over);
      const cut = await make();
      const recent = await make(over);
      assert.deepEqual(await pruneSessions(sessionsIn(workspace, clock), { keep: 1, maxBytes: 1e9 }), []);
      assert.deepEqual(await pruneSessions(sessionsIn(workspace, clock), { keep: 1, maxBytes: 0 }), [old]);
      assert.deepEqual(
        (await listSessions(sessionsIn(workspace, clock))).map(s => s.id),
        [recent, cut, pending],
      );
    }));

  it('clears half-written files of a crash when taken over', () =>
    inTemporaryFolder(async folder => {
      await mkdir(join(folder, 'blobs'));
      await writeFile(join(folder, 'blobs', '.tmp-0123456789ab'), 'half');
      await writeFile(join(folder, 'blobs', '.tmp-mine'), 'not one of ours');
      const store = await owned(folder);
      assert.deepEqual(await readdir(join(folder, 'blobs')), ['.tmp-mine']);
      await store.close();
    }));
});
