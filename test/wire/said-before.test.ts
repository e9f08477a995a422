import assert from 'node:assert/strict';
import { FollowedSession } from '../../src/dashboard/followed-session.ts';
import { FollowedSessions } from '../../src/dashboard/followed-sessions.ts';
import { systemClock } from '../../src/node/clock.ts';
import { NodeWorkspace } from '../../src/node/workspace.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { leaveSession, pendingWorkspace } from '../support/pending-workspace.ts';

describe('What agents said', () => {
  it('is on the dashboard again after a reload of the window, and after the end of the session', async () => {
    const pending = await pendingWorkspace();
    const { workspace, home } = pending;
    const id = await leaveSession(workspace, 'Say something', async (_, journal) => {
      const call = { type: 'tool-call' as const, id: 't', name: 'read_file', args: { path: 'list.js' } };
      const parts = [{ type: 'text' as const, text: 'I look at the list first.' }, call];
      journal.append({ type: 'agent-message', agent: 'agent_1', segment: 0, message: { role: 'assistant', parts } });
      const output = { text: 'no such file' };
      journal.append({ type: 'tool-outcome', agent: 'agent_1', call: 't', ok: false, output, ms: 1 });
    });
    const runtime = createRuntime({
      kind: 'editor',
      clock: systemClock,
      workspace,
      trusted: () => true,
      environment: { ORCHESTRATE_HOME: home },
      version: '1',
      log: { write: () => undefined },
      files: async () => new NodeWorkspace(workspace),
      present: () => true,
    });
    const sessions = new FollowedSessions({
      runtime: async () => runtime,
      create: (...of) => new FollowedSession(...of),
      clock: systemClock,
      log: { write: () => undefined },
    });
    try {
      await sessions.look();
      assert.deepEqual(sessions.find(id)?.texts.of('agent_1'), [
        { kind: 'text', text: 'I look at the list first.' },
        { kind: 'tool', text: 'read_file' },
        { kind: 'arguments', text: '{"path":"list.js"}' },
        { kind: 'failure', text: 'no such file' },
      ]);
    } finally {
      sessions.dispose();
      await sessions.close();
      await pending.remove();
    }
  });
});
