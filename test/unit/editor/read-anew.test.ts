import assert from 'node:assert/strict';
import type { TextDocument, TextDocumentChangeEvent } from 'vscode';
import { ReadAnew } from '../../../src/editor/review/read-anew.ts';
import { FakeClock } from '../../support/fake-clock.ts';

describe('A finding is put back on its line', () => {
  let clock: FakeClock;
  let told: [from: number, to: number][];
  let anew: ReadAnew;
  beforeEach(() => {
    clock = new FakeClock();
    told = [];
    anew = new ReadAnew(clock, (_document, { from, to }) => told.push([from, to]));
  });
  const document = (isDirty: boolean) => ({ uri: { toString: () => 'file:///a.js' }, isDirty }) as TextDocument;
  const change = (start: number, end: number, text: string) =>
    ({ range: { start: { line: start }, end: { line: end } }, text }) as TextDocumentChangeEvent['contentChanges'][0];
  const hear = (isDirty: boolean, ...contentChanges: ReturnType<typeof change>[]) =>
    anew.heard({ document: document(isDirty), contentChanges, reason: undefined });

  it('where its file was read anew from disk, among the lines that were or are there', async () => {
    hear(false, change(3, 12, 'one line\n'));
    await clock.advance(100);
    hear(false, change(3, 4, 'a\nb\nc\nd\n'));
    await clock.advance(100);
    assert.deepEqual(told, [
      [3, 12],
      [3, 7],
    ]);
  });

  it('not when the file is saved, nor when somebody types in it', async () => {
    hear(false);
    hear(true);
    hear(true, change(1, 1, 'x'));
    // The first key in a clean document: the change comes first, and that it is dirty after it.
    hear(false, change(1, 1, '\n'));
    hear(true);
    // Formatted as it is saved: clean again at once.
    hear(false);
    // With several cursors.
    hear(false, change(5, 5, 'x'), change(1, 1, 'x'));
    await clock.advance(1000);
    assert.deepEqual(told, []);
  });

  it('not after its view is gone', async () => {
    hear(false, change(0, 40, ''));
    anew.dispose();
    await clock.advance(1000);
    assert.deepEqual(told, []);
  });
});
