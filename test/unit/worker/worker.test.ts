import assert from 'node:assert/strict';
import { claimsOf } from '../../../src/core/agent/claims.ts';
import type { AgentJob, AgentRunner } from '../../../src/core/agent/contract.ts';
import { AgentHistories } from '../../../src/core/agent/histories.ts';
import { Budget } from '../../../src/core/routing/budget.ts';
import type { CopyChange, WorkerListener, WorkerTurn } from '../../../src/core/worker/contract.ts';
import { withWorkers } from '../../../src/core/worker/runner.ts';
import type { JournalEvent } from '../../../src/protocol/events.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { type MemoryJournal, memoryJournal } from '../../support/memory-journal.ts';
import { MemoryAgentFiles, MemoryWorkspace, sha256 } from '../../support/memory-workspace.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

type Act = (listener: WorkerListener, prompt: string) => WorkerTurn | Promise<WorkerTurn>;

interface Options {
  events?: JournalEvent[];
  blobs?: MemoryJournal['blobs'];
  files?: Record<string, string>;
  made?: Record<string, string>;
  turns?: Act[];
  tellsUsage?: boolean;
  limit?: number;
  copied?: boolean;
  /** What a person answers about files by which tools run something. */
  decision?: 'allow' | 'deny';
}

const done: WorkerTurn = { ok: true, stop: 'end', usage: { input: 1, output: 1 } };
const edits: Act = listener => {
  const tool = { id: 't1', kind: 'edit', title: 'Edit', paths: [], status: 'completed' } as const;
  listener.update({ type: 'tool', tool: { ...tool, paths: [] } });
  listener.update({ type: 'text', text: 'Edited.' });
  return done;
};

/** A CLI agent in memory, with a real journal, ledger and landing. */
function world(options: Options = {}) {
  const clock = new FakeClock();
  const journal = memoryJournal(() => clock.now(), structuredClone(options.events ?? []));
  for (const [hash, content] of options.blobs ?? []) journal.blobs.set(hash, content);
  const files = new MemoryWorkspace(options.files);
  const limits = options.limit === undefined ? {} : { session: options.limit };
  const budget = new Budget({ session: 's', limits, alertAt: 0.8, whenSpent: 'stop', journal });
  const made = options.made ?? { 'a.txt': 'a2', 'b.txt': 'b' };
  const seen = { opened: 0, prompts: [] as string[], ended: 0, removed: 0, asked: [] as string[] };
  let ids = journal.state.seq * 1000;
  const models: AgentRunner = {
    start: () => {
      throw new Error('no model is asked here');
    },
  };
  const runner = withWorkers(models, {
    journal,
    budget,
    clock,
    files,
    agentFiles: new MemoryAgentFiles(files, journal),
    newId: prefix => `${prefix}-${++ids}`,
    hashOf: sha256,
    judgeIn: () => () => ({ verdict: 'allow', rule: 'all', advice: '' }),
    attention: {
      permission: async ({ what }) => {
        seen.asked.push(what);
        return { decision: options.decision ?? 'deny', scope: 'once' };
      },
      question: async () => ({ answered: false, reason: 'nobody-there' }),
    },
    copies: {
      make: async () => {
        if (options.copied === false) return undefined;
        const base = files.snapshot();
        return {
          folder: '/copy',
          changes: async () =>
            Object.entries(made).map(([path, text]): CopyChange => {
              const before = base[path];
              return { path, before: before === undefined ? null : sha256(bytes(before)), after: sha256(bytes(text)) };
            }),
          read: async path => bytes(made[path] ?? ''),
          remove: async () => void seen.removed++,
        };
      },
    },
    workers: {
      open: async (_, { listener }) => {
        seen.opened++;
        const turns = options.turns ?? [edits];
        return {
          ok: true,
          session: {
            sees: false,
            tellsUsage: options.tellsUsage === true,
            held: false,
            login: 'there',
            unproved: false,
            prove: async () => ({ asks: 'yes', said: '', turn: done }),
            prompt: async text => {
              seen.prompts.push(text);
              return turns[Math.min(seen.prompts.length, turns.length) - 1]?.(listener, text) ?? done;
            },
            end: async () => void seen.ended++,
          },
        };
      },
    },
  });
  const start = (changes: Partial<AgentJob> = {}) => {
    const job: AgentJob = {
      agent: 'a1',
      kind: 'implement',
      role: { name: 'maker', description: 'Makes', instructions: 'Make.' },
      attempt: 1,
      route: [],
      brief: '',
      prompt: 'Do it.',
      claims: ['**'],
      limits: { maxTurns: 10 },
      worker: 'fake',
      ...changes,
    };
    if (!journal.state.agents.has(job.agent)) {
      const { agent, attempt, route, worker = '' } = job;
      journal.append({ type: 'agent-started', agent, role: 'maker', attempt, route, worker });
    }
    return runner.start(job);
  };
  return { journal, files, seen, start, budget };
}

describe('the work of a CLI agent', () => {
  it('lands whole wherever it is cut off in landing, and the CLI agent is not asked again', async () => {
    const files = { 'a.txt': 'a1' };
    const first = world({ files });
    const moments: Record<string, string>[] = [];
    first.journal.subscribe(() => void moments.push(first.files.snapshot()));
    const end = await first.start().done;
    assert.deepEqual(end, { outcome: 'finished', summary: 'Edited.' });
    assert.deepEqual(first.files.snapshot(), { 'a.txt': 'a2', 'b.txt': 'b' });
    const { events, blobs } = first.journal;
    const result = events.findIndex(({ type }) => type === 'worker-result');
    for (let cut = result + 1; cut <= events.length; cut++) {
      const again = world({ events: events.slice(0, cut), blobs, files: moments[cut - 2] ?? files });
      assert.deepEqual(await again.start().done, end, `after event ${cut}`);
      assert.deepEqual(again.files.snapshot(), first.files.snapshot(), `after event ${cut}`);
      assert.equal(again.seen.opened, 0, `after event ${cut}`);
    }
  });

  const acting = { '.vscode/tasks.json': '{}', 'a.txt': 'a2', '.husky/pre-commit': 'x' };
  it('lands without the files by which tools run something, unless a person agrees', async () => {
    const refused = world({ made: acting });
    const end = await refused.start().done;
    assert.deepEqual(refused.seen.asked, ['.vscode/tasks.json', '.husky/pre-commit']);
    assert.deepEqual(refused.files.snapshot(), { 'a.txt': 'a2' });
    assert.match(
      end.outcome === 'finished' ? end.summary : '',
      /where it was not allowed to, was not taken over: \.vscode\/tasks\.json, \.husky\/pre-commit/,
    );
    const agreed = world({ made: acting, decision: 'allow' });
    await agreed.start().done;
    assert.deepEqual(agreed.files.snapshot(), acting);
  });

  it('is begun anew when it was cut off before it was done', async () => {
    const first = world();
    await first.start().done;
    const { events, blobs } = first.journal;
    const result = events.findIndex(({ type }) => type === 'worker-result');
    for (let cut = 1; cut <= result; cut++) {
      const again = world({ events: events.slice(0, cut), blobs });
      assert.equal((await again.start().done).outcome, 'finished');
      assert.equal(again.seen.opened, 1);
    }
  });

  it('is not taken for done where an error came as text and no tokens were told', async () => {
    const says: Act = listener => {
      listener.update({ type: 'text', text: 'stream disconnected' });
      return { ok: true, stop: 'end' };
    };
    const { start, seen, files, journal } = world({ turns: [says], tellsUsage: true, made: {} });
    const result = await start({ claims: [] }).done;
    assert.deepEqual(result, { outcome: 'failed', reason: 'worker-failed', message: 'fake: stream disconnected' });
    assert.deepEqual([seen.ended, seen.removed], [1, 1]);
    assert.deepEqual([journal.state.tally.succeeded, journal.state.tally.failed], [0, 1]);
    assert.deepEqual(files.snapshot(), {});
  });

  it('is not begun without money, and nothing is begun in a workspace that is too large', async () => {
    const poor = world({ limit: 0 });
    assert.deepEqual(await poor.start().done, {
      outcome: 'failed',
      reason: 'budget',
      message: 'the budget of the session is spent',
    });
    assert.equal(poor.seen.opened, 0);
    assert.equal(poor.journal.of('budget-spent').length, 1);
    const large = await world({ copied: false }).start().done;
    assert.ok(large.outcome === 'failed' && large.reason === 'worker-unavailable');
  });

  it('that cost the last of the money is kept when it is done', async () => {
    const pays: Act = listener => {
      edits(listener, '');
      listener.update({ type: 'cost', cost: 500 });
      return done;
    };
    const { start, journal, budget, files } = world({ limit: 400, turns: [pays] });
    assert.equal((await start().done).outcome, 'finished');
    assert.deepEqual(Object.keys(files.snapshot()).sort(), ['a.txt', 'b.txt']);
    assert.equal(journal.state.tally.cost, 500);
    assert.equal(journal.of('budget-spent')[0]?.scope, 'session');
    assert.equal(budget.spentUp({ agent: 'a1', provider: 'fake-cli' })?.spent, 500);
  });

  it('is paid for once, whatever it says again', async () => {
    const pays: Act = listener => {
      edits(listener, '');
      for (const cost of [100, 100, 50, 300]) listener.update({ type: 'cost', cost });
      return done;
    };
    const { start, journal } = world({ turns: [pays] });
    await start().done;
    assert.deepEqual(
      journal.of('worker-spent').map(({ cost }) => cost),
      [100, 200],
    );
    assert.equal(journal.state.agents.get('a1')?.tally.cost, 300);
  });

  it('leaves no conversation for models to go on from', async () => {
    const { start, journal } = world();
    await start().done;
    const histories = new AgentHistories();
    for (const event of journal.events) histories.apply(event);
    assert.equal(await histories.resumePoint('a1', journal), undefined);
  });

  it('outside of its claims is refused file by file', async () => {
    const { start, files, journal, seen } = world({ made: { 'mine/a.txt': 'a', 'b.txt': 'b' } });
    const result = await start({ claims: ['mine/**'] }).done;
    assert.ok(result.outcome === 'finished');
    assert.match(result.summary, /not taken over: b\.txt/);
    assert.equal(seen.prompts.length, 2, 'it was told once');
    assert.deepEqual(files.snapshot(), { 'mine/a.txt': 'a' });
    assert.deepEqual(journal.of('issue-opened').length, 1);
    assert.ok(!claimsOf(['mine/**']).allows('b.txt'));
  });
});
