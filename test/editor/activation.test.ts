import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { activateWith } from '../../src/editor/activation.ts';
import { answering } from '../support/answering.ts';

describe('an activation that fails', () => {
  it('tells the person why, offers the log, takes down what was built, and still counts as failed', async () => {
    let disposed = 0;
    let log: vscode.LogOutputChannel | undefined;
    const asked = await answering(() => {
      const fail = () =>
        activateWith((owner, channel) => {
          log = channel;
          owner.add({ dispose: () => void disposed++ });
          throw new Error('no room');
        });
      assert.throws(fail, /no room/);
    });
    assert.deepEqual(asked.messages, ['Orchestrate could not start: no room']);
    assert.equal(disposed, 1);
    // It stays open: VS Code gives the same channel to all of an extension who ask for that name.
    assert.equal(log?.name, 'Orchestrate');
  });
});
