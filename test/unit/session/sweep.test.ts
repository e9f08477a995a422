import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createChanges } from '../../../src/core/changes/changes.ts';
import { openJournal } from '../../../src/core/session/journal.ts';
import { systemClock } from '../../../src/node/clock.ts';
import type { SessionFolder } from '../../../src/node/session/session-folder.ts';
import { createSession, findSession } from '../../../src/node/session/sessions.ts';
import { sweepBlobs } from '../../../src/node/session/sweep.ts';
import { MemoryWorkspace, sha256 } from '../../support/memory-workspace.ts';
import { sessionsIn } from '../../support/own-sessions.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const log = { write: () => undefined };
let ids = 0;
const newId = (prefix: string) => `${prefix}-${++ids}`;
const author = { agent: 'ada', task: 'ui' };

describe('cleaning a session’s stored contents', () => {
  const folder = tempFolder();
  const open = async (store: SessionFolder, files: MemoryWorkspace) => {
    assert.ok((await store.lock('terminal')).ok);
    const journal = await openJournal(store, { clock: systemClock, redact: text => text, log });
    const changes = createChanges({ files, journal, hash: sha256, newId });
    await changes.open();
    return { journal, changes };
  };

  it('leaves what a review and everything else still needs, and nothing of what came between', async () => {
    const files = new MemoryWorkspace({ 'a.txt': 'a\n', 'done.txt': 'd\n' });
    const { id, store } = await createSession(sessionsIn(folder.path));
    const { journal, changes } = await open(store, files);
    const write = async (path: string, content: string | Uint8Array) => {
      const seen = (await files.read(path))?.hash ?? null;
      assert.ok((await changes.agentFiles.write({ path, content, author, seen })).ok);
    };
    for (let round = 0; round < 20; round++) await write('a.txt', `a\n${'line\n'.repeat(round)}b ${round}\n`);
    await write('done.txt', 'accepted\n');
    await changes.accept({ path: 'done.txt' }, changes.views());
    await write('picture.bin', Uint8Array.from([0, 1]));
    const note = await journal.putBlob(new TextEncoder().encode('an artifact'));
    const published = { artifact: 'notes', version: 1, agent: 'ada', mediaType: 'text/plain', blob: note, bytes: 11 };
    journal.append({ type: 'artifact-published', ...published });
    const before = changes.pendingFiles().map(({ view, ...file }) => file);
    const hunks = changes.peek('a.txt')?.hunks;
    await journal.close();

    const blobs = () => readdir(join(store.place, 'blobs'));
    assert.ok((await blobs()).length > 40);
    await sweepBlobs(store);
    // a.txt: baseline, content, marks; picture.bin: content, marks; the artifact; done.txt: what was accepted, and on what.
    assert.equal((await blobs()).length, 8);
    await store.close();

    const again = (await findSession(sessionsIn(folder.path), id)) as SessionFolder;
    const reopened = await open(again, files);
    assert.deepEqual(
      reopened.changes.pendingFiles().map(({ view, ...file }) => file),
      before,
    );
    assert.deepEqual(reopened.changes.peek('a.txt')?.hunks, hunks);
    assert.ok(await again.getBlob(note));
    await reopened.changes.reject({}, reopened.changes.views());
    assert.deepEqual(files.snapshot(), { 'a.txt': 'a\n', 'done.txt': 'accepted\n' });
    await reopened.journal.close();
    await sweepBlobs(again);
    // What was accepted may be delivered at any time.
    const accepted = ['d\n', 'accepted\n'].map(text => sha256(new TextEncoder().encode(text)));
    assert.deepEqual((await blobs()).sort(), [note, ...accepted].sort());
    await again.close();
  });
});
