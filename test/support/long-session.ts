import type { Event } from '../../src/protocol/events.ts';

const hash = (n: number) => n.toString(16).padStart(64, '0');
const TASKS = 50;

/** A session as long as one likes, of the kinds of events that a real one is made of. */
export function* longSession(length: number): Generator<Event> {
  let made = 0;
  for (const event of endless()) {
    yield event;
    if (++made === length) return;
  }
}

function* endless(): Generator<Event> {
  yield {
    type: 'session-started',
    session: 'long',
    goal: 'Build something large',
    version: '1.0.0',
    workspace: '/workspace',
    rehearsal: false,
    budget: { sessionUsd: 100_000_000_000, alertAt: 0.8 },
  };
  const ids = Array.from({ length: TASKS }, (_, i) => `task-${i}`);
  yield {
    type: 'plan-proposed',
    revision: 1,
    source: 'planner',
    plan: {
      goal: 'Build something large',
      phases: ['development'],
      pools: {},
      tasks: ids.map(id => ({
        kind: 'agent',
        id,
        title: `Title of ${id}`,
        phase: 'development',
        needs: [],
        priority: 'medium',
        optional: false,
        role: 'backend-specialist',
        instructions: 'Do it well.',
        writes: [`src/${id}/**`],
        publishes: [],
        consumes: [],
        checks: [],
        complexity: 'normal',
      })),
    },
  };
  yield { type: 'plan-approved', revision: 1, by: 'user' };
  yield { type: 'phase-started', phase: 'development' };
  for (let n = 0; ; n++) yield* agentLife(`agent-${n}`, ids[n % TASKS] ?? '', n);
}

function* agentLife(agent: string, task: string, n: number): Generator<Event> {
  const model = n % 3 ? 'anthropic/large' : 'openai/large';
  yield { type: 'task-started', task, attempt: Math.floor(n / TASKS) + 1, agent };
  yield { type: 'agent-started', agent, role: 'backend-specialist', task, attempt: 1, route: [model, 'local/tiny'] };
  for (let turn = 1; turn <= 20; turn++) {
    const call = `${agent}-call-${turn}`;
    yield { type: 'call-intent', call, agent, task, turn, attempt: 1, model, reserved: 20_000_000 };
    yield {
      type: 'call-outcome',
      call,
      result: { ok: true, stop: 'tool-calls' },
      usage: { input: 2000, cacheRead: 9000, output: 400, reasoning: 100 },
      cost: 9_000_000,
      ms: 2400,
      firstTokenMs: 600,
    };
    const tool = `${agent}-tool-${turn}`;
    const path = `src/${task}/file-${turn}.ts`;
    yield {
      type: 'agent-message',
      agent,
      segment: 0,
      message: {
        role: 'assistant',
        parts: [
          { type: 'text', text: 'I look at what is there and then write what is missing. '.repeat(5) },
          {
            type: 'tool-call',
            id: tool,
            name: 'write_file',
            args: { path, content: 'export const x = 1;\n'.repeat(10) },
          },
        ],
      },
    };
    yield { type: 'agent-doing', agent, what: `writes ${path}` };
    yield { type: 'tool-intent', agent, call: tool, tool: 'write_file', effect: 'write', args: { path } };
    const write = { type: 'write-intent', path, agent, task, model, before: null, after: hash(n * 20 + turn) } as const;
    yield { ...write, write: `${agent}-write-${turn}` };
    yield { type: 'write-outcome', write: `${agent}-write-${turn}`, ok: true, reason: 'applied' };
    yield { type: 'tool-outcome', agent, call: tool, ok: true, output: { text: `Done: ${path}.` }, ms: 3 };
  }
  yield { type: 'decision-noted', by: agent, text: 'One file for each thing', rationale: 'easier to review', task };
  yield { type: 'agent-ended', agent, outcome: 'completed', summary: 'Wrote twenty files.' };
  yield { type: 'task-completed', task, summary: 'Wrote twenty files.' };
}
