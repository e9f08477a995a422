import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { type Changes, createChanges } from '../../../src/core/changes/changes.ts';
import { commonBaseline } from '../../../src/core/changes/common-baseline.ts';
import type { WriteRequest } from '../../../src/core/changes/contract.ts';
import type { Hunk } from '../../../src/core/changes/hunks.ts';
import type { WorkspaceFiles } from '../../../src/core/ports.ts';
import { NodeWorkspace } from '../../../src/node/workspace.ts';
import type { Hash } from '../../../src/protocol/ids.ts';
import { type MemoryJournal, memoryJournal } from '../../support/memory-journal.ts';
import { MemoryWorkspace, sha256 } from '../../support/memory-workspace.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const ids = () => {
  let count = 0;
  return (prefix: string) => `${prefix}-${++count}`;
};
const newId = ids();

interface Desk<Files extends WorkspaceFiles = MemoryWorkspace> {
  workspace: Files;
  journal: MemoryJournal;
  changes: Changes;
}

const changesOver = (files: WorkspaceFiles, journal: MemoryJournal) =>
  createChanges({ files, journal, hash: sha256, newId });

const deskOn = <Files extends WorkspaceFiles>(workspace: Files): Desk<Files> => {
  const journal = memoryJournal();
  return { workspace, journal, changes: changesOver(workspace, journal) };
};

const desk = (files: Record<string, string | Uint8Array> = {}): Desk => deskOn(new MemoryWorkspace(files));

/** What another process finds: the events and blobs, and the files. */
const reopened = async <Files extends WorkspaceFiles>({ workspace, journal }: Desk<Files>): Promise<Desk<Files>> => {
  const again = memoryJournal(() => 0, journal.events);
  for (const [hash, bytes] of journal.blobs) again.blobs.set(hash, bytes);
  const changes = changesOver(workspace, again);
  await changes.open();
  return { workspace, journal: again, changes };
};

const ada = { agent: 'ada', task: 'ui', model: 'anthropic/opus' };
const bob = { agent: 'bob', task: 'api' };

const write = async (
  at: Desk<WorkspaceFiles>,
  path: string,
  content: WriteRequest['content'],
  author: WriteRequest['author'] = ada,
) => {
  const seen = (await at.workspace.read(path))?.hash ?? null;
  const result = await at.changes.agentFiles.write({ path, content, author, seen });
  assert.ok(result.ok, JSON.stringify(result));
  return result.hash;
};

const shown = async (at: Desk) => {
  const files = [];
  for (const { view, ...file } of at.changes.pendingFiles()) {
    const review = await at.changes.file(file.path);
    assert.equal(review?.hunks.length, file.hunks);
    files.push({ ...file, hunks: review?.hunks, base: await at.changes.baseline(file.path) });
  }
  return files;
};

const hunksOf = (at: Desk, path: string): readonly Hunk[] => at.changes.peek(path)?.hunks ?? [];
const all = (at: Desk<WorkspaceFiles>) => at.changes.views();

describe('changes by agents', () => {
  it('take the baseline before the first write, and put intent and outcome around each', async () => {
    const at = desk({ 'a.txt': 'one\n' });
    await write(at, 'a.txt', 'one\ntwo\n');
    await write(at, 'a.txt', 'one\ntwo\nthree\n');
    assert.deepEqual(
      at.journal.events.map(event => event.type),
      ['baseline-taken', 'write-intent', 'write-outcome', 'write-intent', 'write-outcome'],
    );
    assert.equal(at.journal.of('baseline-taken')[0]?.blob, sha256('one\n'));
    assert.equal(at.journal.state.files.get('a.txt')?.pending?.hunks, 1);
  });

  it('refuse an author who has read another version, and change nothing', async () => {
    const at = desk({ 'a.txt': 'one\n' });
    const stale = await at.changes.agentFiles.write({
      path: 'a.txt',
      content: 'x',
      author: ada,
      seen: sha256('zero\n'),
    });
    assert.deepEqual(stale, { ok: false, reason: 'changed-since-read', actual: sha256('one\n') });
    const blind = await at.changes.agentFiles.write({ path: 'a.txt', content: 'x', author: ada, seen: null });
    assert.equal(blind.ok, false);
    assert.equal(at.workspace.text('a.txt'), 'one\n');
    assert.deepEqual(at.journal.events, []);
  });

  it('write nothing and say nothing when the content stays the same', async () => {
    const at = desk({ 'a.txt': 'one\r\n' });
    await write(at, 'a.txt', 'one\n');
    assert.deepEqual(at.workspace.writes, []);
    assert.deepEqual(at.journal.events, []);
  });

  it('are told from what a person makes of a file, or of the agent’s work in it', async () => {
    const at = desk({ 'a.txt': '1\n2\n3\n', 'b.txt': 'b\n' });
    await write(at, 'a.txt', 'A\n2\n3\n');
    await write(at, 'a.txt', 'A\n2\nB\n', bob);
    await write(at, 'b.txt', null);
    at.workspace.put('a.txt', 'A\nmine\nB\n');
    await at.changes.file('a.txt');
    await at.changes.reject({ path: 'a.txt', hunks: [hunksOf(at, 'a.txt')[0]?.id as string] }, all(at));
    assert.equal(at.workspace.text('a.txt'), '1\nmine\nB\n');
    assert.deepEqual(
      [...at.journal.state.written],
      [
        ['a.txt', [sha256('A\n2\n3\n'), sha256('A\n2\nB\n')]],
        ['b.txt', [null]],
      ],
    );
  });

  it("know each line's author when two agents and the user wrote side by side", async () => {
    const at = desk({ 'a.txt': '1\n2\n3\n4\n5\n6\n7\n' });
    await write(at, 'a.txt', '1\nada\n3\n4\n5\n6\n7\n', ada);
    await write(at, 'a.txt', '1\nada\n3\n4\nbob\n6\n7\n', bob);
    at.workspace.put('a.txt', '1\nada\n3\n4\nbob\n6\nuser\n');
    const review = await at.changes.file('a.txt');
    assert.deepEqual(
      review?.hunks.map(({ current, kind, authors, edited }) => ({ current, kind, authors, edited })),
      [
        { current: { start: 1, count: 1 }, kind: 'changed', authors: [ada], edited: false },
        { current: { start: 4, count: 1 }, kind: 'changed', authors: [bob], edited: false },
      ],
    );
    assert.equal(at.journal.of('user-edit').length, 1);
    assert.deepEqual(review?.authors, [ada, bob]);
  });

  it('carry a rename: the content comes under the new name and leaves the old', async () => {
    const at = desk({ 'old.txt': 'x\n' });
    const renamed = { path: 'new.txt', content: 'x\n', author: ada, seen: null, renamedFrom: 'old.txt' };
    assert.ok((await at.changes.agentFiles.write(renamed)).ok);
    assert.deepEqual(at.workspace.snapshot(), { 'new.txt': 'x\n' });
    assert.deepEqual(
      at.changes.pendingFiles().map(({ path, change, renamedFrom }) => ({ path, change, renamedFrom })),
      [
        { path: 'new.txt', change: 'created', renamedFrom: 'old.txt' },
        { path: 'old.txt', change: 'deleted', renamedFrom: undefined },
      ],
    );
    await at.changes.reject({}, all(at));
    assert.deepEqual(at.workspace.snapshot(), { 'old.txt': 'x\n' });
  });

  it('encode text as the file was: mark, line ends, and bytes that are no UTF-8', async () => {
    const at = desk({
      'bom.txt': '\uFEFFa\r\nb\r\n',
      'latin.txt': Uint8Array.from([0xe4, 10, 0xf6, 10]),
    });
    await write(at, 'bom.txt', 'a\nB\n');
    assert.equal((await at.workspace.read('bom.txt'))?.hash, sha256('\uFEFFa\r\nB\r\n'));
    assert.equal((await at.changes.agentFiles.read('latin.txt'))?.text, 'ä\nö\n');
    await write(at, 'latin.txt', 'ä\nü\n');
    assert.deepEqual((await at.workspace.read('latin.txt'))?.bytes, Uint8Array.from([0xe4, 10, 0xfc, 10]));
    await at.changes.reject({}, all(at));
    assert.equal((await at.workspace.read('bom.txt'))?.hash, sha256('\uFEFFa\r\nb\r\n'));
    assert.deepEqual((await at.workspace.read('latin.txt'))?.bytes, Uint8Array.from([0xe4, 10, 0xf6, 10]));
  });
});

describe('a decision', () => {
  const temp = tempFolder();
  const two = async () => {
    const at = desk({ 'a.txt': '1\n2\n3\n4\n5\n' });
    await write(at, 'a.txt', 'A\n2\n3\n4\n5\n', ada);
    await write(at, 'a.txt', 'A\n2\n3\n4\nB\n', bob);
    return at;
  };

  it('on one hunk leaves the other pending, and moves only its own lines', async () => {
    const at = await two();
    const [first, second] = hunksOf(at, 'a.txt');
    await at.changes.accept({ path: 'a.txt', hunks: [first?.id as string] }, all(at));
    assert.deepEqual(
      hunksOf(at, 'a.txt').map(hunk => hunk.id),
      [second?.id],
    );
    await at.changes.reject({ path: 'a.txt', hunks: [second?.id as string] }, all(at));
    assert.equal(at.workspace.text('a.txt'), 'A\n2\n3\n4\n5\n');
    assert.deepEqual(at.changes.pendingFiles(), []);
    assert.equal(at.journal.state.files.get('a.txt')?.status, 'mixed');
  });

  it('can be about one agent or one task, over all files', async () => {
    const at = await two();
    await write(at, 'new.txt', 'x\n', bob);
    await at.changes.reject({ agent: 'bob' }, all(at));
    assert.deepEqual(at.workspace.snapshot(), { 'a.txt': 'A\n2\n3\n4\n5\n' });
    await at.changes.accept({ task: 'ui' }, all(at));
    assert.deepEqual(at.changes.pendingFiles(), []);
  });

  it('on a view that the file has moved away from is refused and changes nothing', async () => {
    for (const action of ['accept', 'reject'] as const) {
      const at = await two();
      const views = all(at);
      const [first] = hunksOf(at, 'a.txt');
      at.workspace.put('a.txt', 'A\nuser\n2\n3\n4\nB\n');
      const result = await at.changes[action]({ path: 'a.txt', hunks: [first?.id as string] }, views);
      assert.deepEqual(result, { done: [], refused: [{ path: 'a.txt', reason: 'stale', hunks: [], by: [] }] });
      assert.equal(at.workspace.text('a.txt'), 'A\nuser\n2\n3\n4\nB\n');
      assert.equal(hunksOf(at, 'a.txt').length, 2);
      assert.equal(at.journal.of('review-intent').length, 0);
      // With a fresh look it goes through, and the user's line stays.
      await at.changes[action]({}, all(at));
      assert.match(at.workspace.text('a.txt') as string, /^.\nuser\n2\n/);
    }
  });

  it('is refused when the file moves between the look and the write', async () => {
    const at = await two();
    const { workspace } = at;
    const write = workspace.write.bind(workspace);
    workspace.write = async (path, bytes, expected) => {
      workspace.put(path, 'someone else\n');
      return write(path, bytes, expected);
    };
    const result = await at.changes.reject({}, all(at));
    assert.deepEqual(
      result.refused.map(one => one.reason),
      ['stale'],
    );
    assert.equal(workspace.text('a.txt'), 'someone else\n');
    assert.equal(at.journal.of('review-outcome')[0]?.ok, false);
  });

  it('may name the content that was seen, so that another process can ask for it', async () => {
    const at = await two();
    const seen = (await at.workspace.read('a.txt'))?.hash as Hash;
    assert.equal((await at.changes.accept({}, new Map([['a.txt', sha256('other')]]))).refused[0]?.reason, 'stale');
    assert.equal((await at.changes.accept({}, new Map([['a.txt', seen]]))).done.length, 1);
  });

  it('leaves files alone that were not looked at', async () => {
    const at = await two();
    const views = all(at);
    await write(at, 'later.txt', 'x\n');
    await at.changes.reject({}, views);
    assert.deepEqual(
      at.changes.pendingFiles().map(file => file.path),
      ['later.txt'],
    );
  });

  it('asks before it rejects what the user edited, and then keeps or discards that', async () => {
    for (const [edits, expected] of [
      ['keep', 'mine\n1\n2\n'],
      ['discard', '1\n2\n'],
    ] as const) {
      const at = desk({ 'a.txt': '1\n2\n' });
      await write(at, 'a.txt', 'A\nB\n2\n');
      at.workspace.put('a.txt', 'A\nmine\n2\n');
      await at.changes.noteUserEdit('a.txt');
      assert.equal(hunksOf(at, 'a.txt')[0]?.edited, true);
      const asked = await at.changes.reject({}, all(at));
      assert.equal(asked.refused[0]?.reason, 'edited');
      assert.equal(at.workspace.text('a.txt'), 'A\nmine\n2\n');
      await at.changes.reject({}, all(at), { edits });
      assert.deepEqual(at.workspace.text('a.txt')?.split('\n').sort(), expected.split('\n').sort());
    }
  });

  it('asks before it rejects what another agent built on, tells the journal who, and takes both out', async () => {
    const at = desk({ 'a.txt': '1\n' });
    await write(at, 'a.txt', 'ada\n', ada);
    await write(at, 'a.txt', 'bob\n', bob);
    const asked = await at.changes.reject({ agent: 'ada' }, all(at));
    assert.deepEqual(
      asked.refused.map(({ reason, by }) => ({ reason, by })),
      [{ reason: 'built-on', by: [bob] }],
    );
    await at.changes.reject({ agent: 'ada' }, all(at), { force: true, reason: 'not asked for' });
    assert.equal(at.workspace.text('a.txt'), '1\n');
    const [intent] = at.journal.of('review-intent');
    assert.deepEqual(intent?.builtOn, [bob]);
    assert.equal(intent?.reason, 'not asked for');
  });

  it("takes only the later agent's work back when that is rejected", async () => {
    const at = desk({ 'a.txt': '1\n' });
    await write(at, 'a.txt', 'ada\n', ada);
    await write(at, 'a.txt', 'bob\n', bob);
    await at.changes.reject({ agent: 'bob' }, all(at));
    assert.equal(at.workspace.text('a.txt'), 'ada\n');
    assert.deepEqual(hunksOf(at, 'a.txt')[0]?.authors, [ada]);
  });

  it('on new and deleted files makes them go and come back', async () => {
    const at = desk({ 'gone.txt': 'x\n', 'empty.txt': '' });
    await write(at, 'gone.txt', null);
    await write(at, 'empty.txt', null);
    await write(at, 'new.txt', 'n\n');
    await write(at, 'new-empty.txt', '');
    assert.deepEqual(
      at.changes.pendingFiles().map(({ path, change, hunks }) => `${path} ${change} ${hunks}`),
      ['empty.txt deleted 1', 'gone.txt deleted 1', 'new-empty.txt created 1', 'new.txt created 1'],
    );
    await at.changes.reject({}, all(at));
    assert.deepEqual(at.workspace.snapshot(), { 'gone.txt': 'x\n', 'empty.txt': '' });
    assert.deepEqual(at.changes.pendingFiles(), []);
  });

  it('on new files takes along the folders that were made for them, when nothing else is in them', async () => {
    await mkdir(join(temp.path, 'mine'));
    const at = deskOn(new NodeWorkspace(temp.path));
    for (const path of ['mine/a.txt', 'made/deep/b.txt', 'made/deep/c.txt', 'made/kept/d.txt'])
      await write(at, path, 'x\n');
    await at.changes.reject({ path: 'made/deep/b.txt' }, all(at));
    const folders = async () =>
      (await readdir(temp.path, { withFileTypes: true, recursive: true }))
        .filter(
          entry => entry.isDirectory() && !entry.parentPath.includes('.orchestrate') && entry.name !== '.orchestrate',
        )
        .map(entry => join(entry.parentPath, entry.name).slice(temp.path.length + 1))
        .sort();
    assert.deepEqual(await folders(), ['made', 'made/deep', 'made/kept', 'mine'], 'another new file stands there');
    await writeFile(join(temp.path, 'made/kept/own.txt'), 'mine\n');
    const again = await reopened(at);
    await again.changes.reject({}, all(again));
    assert.deepEqual(await folders(), ['made', 'made/kept', 'mine'], 'what was not made for them, and what is used');
    assert.deepEqual(again.changes.pendingFiles(), []);
  });

  it('on content without lines is about the whole file', async () => {
    const binary = (...tail: number[]) => Uint8Array.from([0, 1, 2, ...tail]);
    const at = desk({ 'a.bin': binary(3), 'wide.txt': Uint8Array.from([0xff, 0xfe, 0x61, 0, 10, 0]) });
    await write(at, 'a.bin', binary(4), ada);
    await write(at, 'a.bin', binary(5), bob);
    await write(at, 'wide.txt', 'b\n');
    assert.deepEqual((await at.workspace.read('wide.txt'))?.bytes, Uint8Array.from([0xff, 0xfe, 0x62, 0, 10, 0]));
    await write(at, 'text-to.bin', 'text\n');
    await write(at, 'text-to.bin', binary(6));
    const huge = 'a line of some length, so that there are bytes enough\n'.repeat(50_000);
    await write(at, 'huge.txt', huge);
    const again = await reopened(at);
    assert.deepEqual(await shown(again), await shown(at));
    for (const file of again.changes.pendingFiles()) assert.equal(file.hunks, 1);
    assert.equal((await again.changes.reject({ agent: 'ada' }, all(again))).refused[0]?.reason, 'built-on');
    await again.changes.reject({}, all(again), { force: true });
    assert.deepEqual((await again.workspace.read('a.bin'))?.bytes, binary(3));
    assert.deepEqual(Object.keys(again.workspace.snapshot()), ['a.bin', 'wide.txt']);
  });

  it('that is undone in the editor is pending again; one that was accepted is not', async () => {
    const at = await two();
    const written = at.workspace.text('a.txt') as string;
    const before = hunksOf(at, 'a.txt');
    await at.changes.reject({}, all(at));
    at.workspace.put('a.txt', written);
    await at.changes.noteUserEdit('a.txt');
    assert.deepEqual(hunksOf(at, 'a.txt'), before);
    assert.deepEqual(await shown(await reopened(at)), await shown(at));
    await at.changes.accept({}, all(at));
    at.workspace.put('a.txt', '1\n2\n3\n4\n5\n');
    await at.changes.noteUserEdit('a.txt');
    assert.deepEqual(at.changes.pendingFiles(), []);
  });

  it("of the user's to undo an agent's write leaves nothing pending, and redo brings it back", async () => {
    const at = desk({ 'a.txt': '1\n2\n' });
    await write(at, 'a.txt', '1\nA\nB\n');
    at.workspace.put('a.txt', '1\n2\n');
    await at.changes.noteUserEdit('a.txt');
    assert.deepEqual(at.changes.pendingFiles(), []);
    at.workspace.put('a.txt', '1\nA\nB\n');
    await at.changes.noteUserEdit('a.txt');
    assert.deepEqual(hunksOf(at, 'a.txt')[0]?.authors, [ada]);
  });
});

describe('a file that the user renames', () => {
  it('takes along what is pending in it, for other processes too', async () => {
    const at = desk({ 'a.txt': '1\n2\n' });
    await write(at, 'a.txt', '1\nA\n');
    const before = hunksOf(at, 'a.txt');
    at.workspace.put('b.txt', '1\nA\nmine\n');
    await at.workspace.remove('a.txt', sha256('1\nA\n'));
    await at.changes.renamed('a.txt', 'b.txt');
    assert.deepEqual(
      at.changes.pendingFiles().map(({ path, renamedFrom }) => ({ path, renamedFrom })),
      [{ path: 'b.txt', renamedFrom: 'a.txt' }],
    );
    assert.deepEqual(hunksOf(at, 'b.txt'), before);
    const again = await reopened(at);
    assert.deepEqual(await shown(again), await shown(at));
    await again.changes.reject({}, all(again));
    assert.deepEqual(again.workspace.snapshot(), { 'b.txt': '1\n2\nmine\n' });
  });
});

describe('typing in an open document', () => {
  it('moves hunks at once, without a look at the file, and the journal learns of it with the next look', async () => {
    const at = desk({ 'a.txt': '1\n2\n3\n' });
    await write(at, 'a.txt', '1\n2\nA\n');
    const events = at.journal.events.length;
    at.changes.typed('a.txt', { from: 0, removed: 1, lines: ['1\n', 'ü\n', 'neu\n'] });
    assert.deepEqual(hunksOf(at, 'a.txt')[0]?.current, { start: 4, count: 1 });
    assert.equal(at.journal.events.length, events);
    const views = all(at);
    at.workspace.put('a.txt', '1\nü\nneu\n2\nA\n');
    // What was seen while typing is what is there: no reason to refuse.
    await at.changes.accept({}, views);
    assert.deepEqual(at.changes.pendingFiles(), []);
    assert.equal(at.journal.of('user-edit')[0]?.after, sha256('1\nü\nneu\n2\nA\n'));
  });

  it('that is undone before anybody looked never happened', async () => {
    const at = desk({ 'a.txt': '1\n' });
    await write(at, 'a.txt', 'A\n');
    const before = hunksOf(at, 'a.txt');
    at.changes.typed('a.txt', { from: 0, removed: 1, lines: ['mine\n'] });
    assert.equal(hunksOf(at, 'a.txt')[0]?.edited, true);
    await at.changes.noteUserEdit('a.txt');
    assert.deepEqual(hunksOf(at, 'a.txt'), before);
    assert.equal(at.journal.of('user-edit').length, 0);
  });
});

describe('a change taken out of an open document by hand', () => {
  it("is rejected: by a diff's own arrow, also right after typing elsewhere, and the journal says so", async () => {
    const at = desk({ 'a.txt': '1\n2\n3\n4\n5\n' });
    await write(at, 'a.txt', '1\nA\n3\n4\nB\n5\n');
    const [first, second] = hunksOf(at, 'a.txt');
    at.changes.typed('a.txt', { from: 0, removed: 1, lines: ['mine\n', '1\n'] }, true);
    at.changes.typed('a.txt', { from: 2, removed: 1, lines: ['2\n'] }, true);
    assert.deepEqual(
      hunksOf(at, 'a.txt').map(({ id }) => id),
      [second?.id],
    );
    at.workspace.put('a.txt', 'mine\n1\n2\n3\n4\nB\n5\n');
    assert.deepEqual(
      (await at.changes.noteUserEdit('a.txt')).map(({ hunks, authors }) => ({ hunks, authors })),
      [{ hunks: [first?.id], authors: [ada] }],
    );
    const types = at.journal.events.slice(3).map(({ type }) => type);
    assert.deepEqual(types, ['user-edit', 'review-intent', 'review-outcome']);
    assert.deepEqual(at.journal.of('review-intent')[0]?.hunks, [first?.id]);
    assert.deepEqual(await shown(await reopened(at)), await shown(at));
    at.changes.typed('a.txt', { from: 5, removed: 1, lines: [] }, true);
    at.workspace.put('a.txt', 'mine\n1\n2\n3\n4\n5\n');
    await at.changes.noteUserEdit('a.txt');
    assert.equal(at.journal.state.files.get('a.txt')?.status, 'rejected');
    at.workspace.put('a.txt', 'mine\n1\n2\n3\n4\nB\n5\n');
    await at.changes.noteUserEdit('a.txt');
    assert.deepEqual(
      hunksOf(at, 'a.txt').map(({ id }) => id),
      [second?.id],
      'and undone like any rejection',
    );
  });

  it('is only an edit where something else was put in its place', async () => {
    const at = desk({ 'a.txt': '1\n' });
    await write(at, 'a.txt', '1\nA\n');
    at.changes.typed('a.txt', { from: 1, removed: 1, lines: ['mine\n'] }, true);
    at.workspace.put('a.txt', '1\nmine\n');
    assert.deepEqual(await at.changes.noteUserEdit('a.txt'), []);
    assert.deepEqual(at.journal.of('review-intent'), []);
  });
});

describe('a file in which several sessions wait', () => {
  it('is compared with what stood there before all of them', async () => {
    const first = desk({ 'a.txt': '1\n2\n3\n' });
    await write(first, 'a.txt', '1\nA\n3\n');
    const journal = memoryJournal();
    const second: Desk = { workspace: first.workspace, journal, changes: changesOver(first.workspace, journal) };
    await write(second, 'a.txt', '1\nB\n3\n4\n', bob);
    await first.changes.noteUserEdit('a.txt');
    const base = async () => commonBaseline('a.txt', [second.changes, first.changes]);
    assert.equal(new TextDecoder().decode((await base()) as Uint8Array), '1\n2\n3\n');
    await second.changes.reject({}, all(second));
    await first.changes.noteUserEdit('a.txt');
    assert.equal(new TextDecoder().decode((await base()) as Uint8Array), '1\n2\n3\n');
    assert.deepEqual(hunksOf(first, 'a.txt')[0]?.authors, [ada]);
    await first.changes.reject({}, all(first));
    assert.equal(first.workspace.text('a.txt'), '1\n2\n3\n');
    assert.equal(await base(), undefined);
  });
});

describe('after a crash', () => {
  /** Dies at the n-th write, before or after it took effect. */
  const dying = (workspace: MemoryWorkspace, when: 'before' | 'after'): WorkspaceFiles => ({
    root: workspace.root,
    resolve: workspace.resolve.bind(workspace),
    read: workspace.read.bind(workspace),
    writtenAt: workspace.writtenAt.bind(workspace),
    sizeOf: workspace.sizeOf.bind(workspace),
    list: workspace.list.bind(workspace),
    folders: workspace.folders.bind(workspace),
    missingFolders: workspace.missingFolders.bind(workspace),
    removeEmpty: workspace.removeEmpty.bind(workspace),
    search: workspace.search.bind(workspace),
    async write(path, bytes, expected) {
      if (when === 'after') await workspace.write(path, bytes, expected);
      return new Promise(() => {});
    },
    async remove(path, expected) {
      if (when === 'after') await workspace.remove(path, expected);
      return new Promise(() => {});
    },
  });
  const untilIntent = async (journal: MemoryJournal, run: Promise<unknown>) => {
    await Promise.race([
      run,
      new Promise(resolve => {
        const subscription = journal.subscribe(event => {
          if (!event.type.endsWith('-intent')) return;
          subscription.dispose();
          setImmediate(resolve);
        });
      }),
    ]);
  };

  for (const when of ['before', 'after'] as const) {
    it(`a write that was cut ${when} it took effect is there, once`, async () => {
      const at = desk({ 'a.txt': '1\n' });
      const cut = changesOver(dying(at.workspace, when), at.journal);
      const request = { path: 'a.txt', content: 'A\n', author: ada, seen: sha256('1\n') };
      await untilIntent(at.journal, cut.agentFiles.write(request));
      assert.equal(at.workspace.text('a.txt'), when === 'before' ? '1\n' : 'A\n');
      const again = await reopened(at);
      assert.equal(again.workspace.text('a.txt'), 'A\n');
      assert.deepEqual(hunksOf(again, 'a.txt')[0]?.authors, [ada]);
      assert.equal(again.journal.state.openWrites.size, 0);
    });

    it(`a rejection that was cut ${when} it took effect is done, once`, async () => {
      const at = desk({ 'a.txt': '1\n' });
      await write(at, 'a.txt', 'A\n');
      await write(at, 'new.txt', 'A\n');
      const cut = changesOver(dying(at.workspace, when), at.journal);
      await cut.open();
      await untilIntent(at.journal, cut.reject({}, cut.views()));
      const again = await reopened(at);
      assert.deepEqual(again.workspace.snapshot(), { 'a.txt': '1\n' });
      assert.deepEqual(again.changes.pendingFiles(), []);
      assert.equal(again.journal.state.openReviews.size, 0);
    });
  }

  it('a write that somebody else overtook is a conflict, and theirs stays', async () => {
    const at = desk({ 'a.txt': '1\n' });
    const cut = changesOver(dying(at.workspace, 'before'), at.journal);
    const request = { path: 'a.txt', content: 'A\n', author: ada, seen: sha256('1\n') };
    await untilIntent(at.journal, cut.agentFiles.write(request));
    at.workspace.put('a.txt', 'theirs\n');
    const again = await reopened(at);
    assert.equal(again.workspace.text('a.txt'), 'theirs\n');
    assert.equal(again.journal.of('write-outcome')[0]?.reason, 'conflict');
    assert.deepEqual(again.changes.pendingFiles(), []);
  });

  it("what the user changed while nobody looked is the user's", async () => {
    const at = desk({ 'a.txt': '1\n2\n3\n' });
    await write(at, 'a.txt', '1\n2\nA\n');
    at.workspace.put('a.txt', 'mine\n2\nA\n');
    const again = await reopened(at);
    await again.changes.reject({}, all(again));
    assert.equal(again.workspace.text('a.txt'), 'mine\n2\n3\n');
  });

  it('a review whose blobs are gone is still there as a whole file', async () => {
    const at = desk({ 'a.txt': '1\n' });
    await write(at, 'a.txt', 'A\n');
    const base = sha256('1\n');
    for (const hash of [...at.journal.blobs.keys()]) if (hash !== base) at.journal.blobs.delete(hash);
    const again = await reopened(at);
    assert.deepEqual(
      hunksOf(again, 'a.txt').map(hunk => hunk.kind),
      ['file-content'],
    );
    await again.changes.reject({}, all(again));
    assert.equal(again.workspace.text('a.txt'), '1\n');
  });
});

describe('the journal of a review', function () {
  this.timeout(240_000);

  const line = fc.constantFrom('a\n', 'b\n', 'c\n', '}\n', '\n', 'd\r\n', 'é\n');
  const text = fc
    .tuple(fc.array(line, { maxLength: 8 }), fc.constantFrom('', 'end'))
    .map(([lines, end]) => lines.join('') + end);
  const path = fc.constantFrom('a.txt', 'b.txt');
  const content = fc.oneof({ weight: 8, arbitrary: text }, { weight: 1, arbitrary: fc.constant(null) });
  const agent = fc.constantFrom(ada, bob, { agent: 'eve', task: 'ui' });
  const edits = fc.constantFrom('keep' as const, 'discard' as const);
  const move = fc.oneof(
    { weight: 5, arbitrary: fc.record({ do: fc.constant('write' as const), path, content, agent }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('user' as const), path, content, looked: fc.boolean() }) },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constantFrom('accept' as const, 'reject' as const),
        by: fc.constantFrom('hunk', 'file', 'agent', 'task', 'session'),
        path,
        agent,
        which: fc.nat(5),
        edits,
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('reload' as const) }) },
  );

  it('tells another process of an empty file whose cover the user took back', async () => {
    const at = desk();
    const agent = { agent: 'ada', task: 'ui' };
    await write(at, 'b.txt', new Uint8Array(), agent);
    at.workspace.put('b.txt', 'end');
    await at.changes.noteUserEdit('b.txt');
    assert.deepEqual(at.changes.pendingFiles(), []);
    at.workspace.put('b.txt', '');
    await at.changes.noteUserEdit('b.txt');
    assert.equal(at.changes.pendingFiles().length, 1);
    assert.deepEqual(await shown(await reopened(at)), await shown(at));
    assert.deepEqual(at.journal.state.files.get('b.txt')?.agents, ['ada']);
  });

  it('tells another process exactly what waits, after any history', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(move, { maxLength: 12 }), async moves => {
        let at = desk({ 'a.txt': 'a\nb\nc\n' });
        for (const one of moves) {
          if (one.do === 'reload') at = await reopened(at);
          else if (one.do === 'write') {
            const raw = one.content === null ? null : new TextEncoder().encode(one.content);
            await write(at, one.path, raw, one.agent);
            assert.equal(at.workspace.text(one.path), one.content ?? undefined);
          } else if (one.do === 'user') {
            if (one.content !== null) at.workspace.put(one.path, one.content);
            else await at.workspace.remove(one.path, (await at.workspace.read(one.path))?.hash ?? '');
            if (one.looked) await at.changes.noteUserEdit(one.path);
          } else {
            const hunks = hunksOf(at, one.path);
            const selector = {
              hunk: { path: one.path, hunks: [hunks[one.which % Math.max(1, hunks.length)]?.id ?? 'none'] },
              file: { path: one.path },
              agent: { agent: one.agent.agent },
              task: { task: one.agent.task },
              session: {},
            }[one.by];
            const before = at.workspace.snapshot();
            const { done } = await at.changes[one.do](selector as object, all(at), { edits: one.edits, force: true });
            if (one.do === 'accept') assert.deepEqual(at.workspace.snapshot(), before);
            const touched = new Set(done.map(({ path }) => path));
            for (const other of Object.keys(before)) {
              if (!touched.has(other)) assert.equal(at.workspace.snapshot()[other], before[other]);
            }
          }
        }
        await at.changes.noteUserEdit('a.txt');
        await at.changes.noteUserEdit('b.txt');
        const again = await reopened(at);
        assert.deepEqual(await shown(again), await shown(at));
        assert.equal(again.journal.events.length, at.journal.events.length);
        for (const file of at.changes.pendingFiles()) {
          assert.equal(again.journal.state.files.get(file.path)?.pending?.hunks, file.hunks);
        }
        const pending = [...again.journal.state.files.values()].filter(file => file.status === 'pending');
        assert.deepEqual(
          pending.map(file => file.path).sort(),
          at.changes.pendingFiles().map(file => file.path),
        );
      }),
      { numRuns: 3000 },
    );
  });
});
