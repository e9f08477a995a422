import assert from 'node:assert/strict';
import { AgentHistories } from '../../../src/core/agent/histories.ts';
import { agentRunner } from '../../../src/core/agent/runner.ts';
import type { Processes } from '../../../src/core/ports.ts';
import type { RouteRequest } from '../../../src/core/routing/contract.ts';
import { DEFAULTS } from '../../../src/core/team/options.ts';
import { Session } from '../../../src/core/team/session.ts';
import type { JournalEvent } from '../../../src/protocol/events.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { memoryJournal } from '../../support/memory-journal.ts';
import { MemoryDoor, MemoryWorkspace, sha256 } from '../../support/memory-workspace.ts';
import { call, calls, type Reply, scriptedRouter } from '../../support/scripted-router.ts';

const role = (name: string) => ({ name, description: `does ${name}`, instructions: `You are ${name}.` });

const PLAN = {
  goal: 'A list',
  tasks: [
    { id: 'api', title: 'Contract', role: 'worker', instructions: 'Publish it.', publishes: ['contract'] },
    {
      id: 'list',
      title: 'List',
      role: 'worker',
      instructions: 'Write it.',
      needs: ['api'],
      consumes: ['contract'],
      writes: ['list.js'],
      checks: [{ exists: ['list.js'] }],
      review: { role: 'reviewer' },
    },
    { id: 'verify', title: 'Try', kind: 'check', needs: ['list'], checks: [{ run: 'node list.js' }] },
  ],
};

/** What each model says, by what it is asked and how far its conversation has come: as a resumed one would, too. */
function answer(request: RouteRequest): Reply {
  const said = request.messages.filter(message => message.role === 'assistant').length;
  const text = JSON.stringify(request.messages[0]);
  if (request.tools.some(tool => tool.name === 'propose_plan')) return calls(call('propose_plan', PLAN));
  const turns = (...replies: Reply[]) => replies[said] ?? { parts: [] };
  if (request.tools.some(tool => tool.name === 'verdict')) {
    if (text.includes('Findings of earlier rounds')) {
      return turns(
        calls(call('read_file', { path: 'list.js' })),
        calls(call('verdict', { approve: true, text: 'Good.' })),
      );
    }
    return turns(
      calls(call('add_finding', { severity: 'blocker', text: 'It is empty.', path: 'list.js', line: 1 })),
      calls(call('verdict', { approve: false, text: 'Not yet.' })),
    );
  }
  if (text.includes('Task api')) {
    return turns(
      calls(call('publish_artifact', { name: 'contract', content: '{"type": "array"}' })),
      calls(call('finish_task', { summary: 'Published.' })),
    );
  }
  if (text.includes('Findings of the review')) {
    return turns(
      calls(call('read_file', { path: 'list.js' })),
      calls(call('write_file', { path: 'list.js', content: 'console.log([1])\n' })),
      calls(call('finish_task', { summary: 'Mended.' })),
    );
  }
  return turns(
    calls(call('read_artifact', { name: 'contract' })),
    calls(call('write_file', { path: 'list.js', content: '// list\n' })),
    calls(call('finish_task', { summary: 'Written.' })),
  );
}

/** A session in memory with everything real but the models, the disk and the clock. */
function team(events: JournalEvent[], blobs: Map<string, Uint8Array>, files: MemoryWorkspace, script = answer) {
  const clock = new FakeClock();
  const journal = memoryJournal(() => clock.now(), structuredClone(events));
  for (const [hash, bytes] of blobs) journal.blobs.set(hash, bytes);
  const histories = new AgentHistories();
  for (const event of journal.events) histories.apply(event);
  journal.subscribe(event => histories.apply(event));
  const commands: string[] = [];
  const processes: Processes = {
    run: async ({ command }) => {
      commands.push(command);
      return { ended: 'exit', exit: 0, output: '', omitted: 0, ms: 1 };
    },
  };
  const router = scriptedRouter(script, { journal });
  let ids = journal.state.seq * 1000;
  const shared = {
    journal,
    router,
    files,
    processes,
    clock,
    newId: (prefix: string) => `${prefix}-${++ids}`,
    hashOf: sha256,
    judge: () => ({ verdict: 'allow' as const, rule: 'all', advice: '' }),
  };
  const self = { current: undefined as Session | undefined };
  const runner = agentRunner({
    ...shared,
    door: new MemoryDoor(files, journal),
    revise: (agent, plan, signal) => (self.current as Session).reviseFor(agent, plan, signal),
    attention: {
      permission: (request, signal) => (self.current as Session).attention.permission(request, signal),
      question: (request, signal) => (self.current as Session).attention.question(request, signal),
    },
  });
  const session = new Session(
    {
      ...shared,
      runner,
      routes: {
        of: () => ['anthropic/big', 'openai/big'],
        all: () => ['anthropic/big', 'openai/big'],
        free: () => [],
        vendorOf: model => model.slice(0, model.indexOf('/')),
      },
      resumePoint: agent => histories.resumePoint(agent, journal),
      price: async () => 1,
    },
    {
      ...DEFAULTS,
      roles: ['worker', 'reviewer', 'orchestrator'].map(role),
      orchestrator: 'orchestrator',
      defaultRole: 'worker',
      approvePlan: false,
      approveAll: true,
      present: () => false,
    },
    events.length > 0
      ? { kind: 'resume', event: { pid: 1, host: 'terminal', version: '1' } }
      : {
          kind: 'new',
          event: {
            session: 's',
            goal: 'A list',
            version: '1',
            workspace: '/w',
            rehearsal: false,
            budget: { alertAt: 0.8 },
          },
        },
  );
  self.current = session;
  return { clock, journal, session, router, commands };
}

describe('a team of real agents', () => {
  it('plans, works, is reviewed, mends and proves it', async () => {
    const files = new MemoryWorkspace();
    const { clock, journal, session, commands } = team([], new Map(), files);
    assert.deepEqual(await clock.until(session.run()), {
      outcome: 'completed',
      reason: 'everything on the checklist holds',
    });
    assert.deepEqual(files.snapshot(), { 'list.js': 'console.log([1])\n' });
    assert.deepEqual(commands, ['node list.js']);
    assert.deepEqual(
      journal.state.tasks.get('list')?.rounds.map(({ kind, openBlockers }) => `${kind} ${openBlockers}`),
      ['implement 0', 'review 1', 'fix 0', 'review 0'],
    );
  });

  it('whose orchestrator finds that a task cannot be done as planned changes the plan', async () => {
    const say = (request: RouteRequest): Reply => {
      const said = request.messages.filter(message => message.role === 'assistant').length;
      const tools = request.tools.map(tool => tool.name);
      if (tools.includes('propose_plan')) {
        return calls(
          call('propose_plan', {
            goal: 'g',
            tasks: [{ id: 'moon', title: 'T', role: 'worker', instructions: 'Fetch it.' }],
          }),
        );
      }
      if (!JSON.stringify(request.messages[0]).includes('Task moon'))
        return calls(call('finish_task', { summary: 'Drawn.' }));
      if (!tools.includes('revise_plan')) return calls(call('report_blocker', { text: 'Too far.' }));
      const draw = { id: 'draw', title: 'T', role: 'worker', instructions: 'Draw it.' };
      return said === 0
        ? calls(call('revise_plan', { tasks: [{ ...draw, role: 'artist' }] }))
        : calls(call('revise_plan', { tasks: [draw] }));
    };
    const { clock, journal, session } = team([], new Map(), new MemoryWorkspace(), say);
    assert.equal((await clock.until(session.run())).outcome, 'completed');
    assert.deepEqual(
      [...journal.state.tasks].map(([id, { status }]) => [id, status]),
      [
        ['moon', 'cancelled'],
        ['draw', 'completed'],
      ],
    );
    assert.match(journal.of('plan-refused')[0]?.errors[0] ?? '', /there is no role "artist"/);
  });

  it('ends the same wherever it is cut off, and asks no model again for what it has answered', async function () {
    this.timeout(120_000);
    // What stood in the workspace after each event, so that a cut finds the files of its moment.
    const files = new MemoryWorkspace();
    const first = team([], new Map(), files);
    const moments: Record<string, string>[] = [];
    first.journal.subscribe(() => void moments.push(files.snapshot()));
    const end = await first.clock.until(first.session.run());
    const asked = first.router.requests.length;
    for (let cut = 1; cut < first.journal.events.length; cut++) {
      const before = first.journal.events.slice(0, cut);
      const workspace = new MemoryWorkspace(moments[cut - 1]);
      const { clock, journal, session, router } = team(before, first.journal.blobs, workspace);
      const answered = journal.state.tally.succeeded;
      const at = `after event ${cut} (${before.at(-1)?.type})`;
      assert.deepEqual(await clock.until(session.run()), end, at);
      assert.deepEqual(workspace.snapshot(), files.snapshot(), at);
      assert.deepEqual(
        [...journal.state.tasks].map(([id, { status }]) => [id, status]),
        [...first.journal.state.tasks].map(([id, { status }]) => [id, status]),
        at,
      );
      // One answer may be lost: the one whose outcome stood in the journal, but whose message did not yet.
      assert.ok(
        router.requests.length <= asked - answered + 1,
        `${at}: ${router.requests.length} + ${answered} > ${asked} + 1`,
      );
      assert.equal(clock.pending, 0, at);
    }
  });
});
