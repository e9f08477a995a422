import type { Event } from '../../../src/protocol/events.ts';
import type { Task } from '../../../src/protocol/plan.ts';
import { memoryJournal } from '../memory-journal.ts';
import { type MemorySession, memorySession } from './memory-session.ts';

export const AGENTS = 200;
export const TASKS = 1000;
const MODELS = ['anthropic/large', 'openai/large', 'google/large', 'ollama/small'];

const task = (n: number): Task => ({
  kind: 'agent',
  id: `task-${n}`,
  title: `Task number ${n}`,
  needs: n < 20 ? [] : [`task-${Math.floor((n - 20) / 1.2)}`],
  priority: 'medium',
  optional: false,
  role: 'backend-specialist',
  instructions: 'Do it well.',
  writes: [`src/${n}/**`],
  publishes: [],
  consumes: [],
  checks: [],
  complexity: 'normal',
});

/** A session with two hundred agents at work on a thousand tasks. */
export function crowd(): MemorySession {
  const journal = memoryJournal(() => Date.now());
  const events: Event[] = [
    {
      type: 'session-started',
      session: 'crowd',
      goal: 'Something large',
      version: '1.0.0',
      workspace: '/workspace',
      rehearsal: true,
      budget: { sessionUsd: 100_000_000_000, alertAt: 0.8 },
    },
    {
      type: 'plan-proposed',
      revision: 1,
      source: 'planner',
      plan: { goal: 'Something large', phases: [], pools: {}, tasks: Array.from({ length: TASKS }, (_, n) => task(n)) },
    },
    { type: 'plan-approved', revision: 1, by: 'user' },
  ];
  for (let n = 0; n < AGENTS; n++) {
    const agent = `agent-${n}`;
    const model = MODELS[n % MODELS.length] ?? '';
    events.push(
      { type: 'task-started', task: `task-${n}`, attempt: 1, agent },
      { type: 'agent-started', agent, role: 'backend-specialist', task: `task-${n}`, attempt: 1, route: [model] },
      { type: 'call-intent', call: `${agent}-0`, agent, turn: 1, attempt: 1, model, reserved: 20_000_000 },
    );
  }
  for (const event of events) journal.append(event);
  return memorySession(journal);
}
