import assert from 'node:assert/strict';
import { systemClock } from '../../src/node/clock.ts';
import { NodeWorkspace } from '../../src/node/workspace.ts';
import type { ReviewedSession, RuntimeHost } from '../../src/runtime/contract.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { pendingWorkspace } from '../support/pending-workspace.ts';

describe('A decision on a session that changes hands', () => {
  let pending: Awaited<ReturnType<typeof pendingWorkspace>>;
  beforeEach(async () => {
    pending = await pendingWorkspace();
  });
  afterEach(() => pending.remove());

  const runtime = (files: RuntimeHost['files']) =>
    createRuntime({
      kind: 'editor',
      clock: systemClock,
      workspace: pending.workspace,
      trusted: () => true,
      environment: { ORCHESTRATE_HOME: pending.home },
      version: '1',
      log: { write: () => undefined },
      files,
      present: () => true,
    });

  it('is taken by whoever has it by then: a window that has just begun to review what the run left', async () => {
    const { workspace } = pending;
    const one = runtime(async () => new NodeWorkspace(workspace));
    const [session] = await one.list();
    assert.ok(session);
    let taken: ReviewedSession | undefined;
    const other = runtime(async () => {
      // The other one has seen that nobody owns it, and is about to take it.
      if (!taken) {
        const reviewed = await one.review(session.id);
        assert.ok(reviewed.ok);
        taken = reviewed.session;
      }
      return new NodeWorkspace(workspace);
    });
    try {
      const answer = await other.ask(session.id, { kind: 'accept' }, AbortSignal.timeout(20_000));
      assert.ok(answer.ok, answer.message);
      assert.deepEqual(taken?.changes.pendingFiles(), []);
    } finally {
      await taken?.close();
    }
  });
});
