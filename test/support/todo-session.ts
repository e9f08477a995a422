import type { Event, JournalEvent } from '../../src/protocol/events.ts';
import type { AgentTask, Check, Plan } from '../../src/protocol/plan.ts';

const hash = (n: number) => n.toString(16).padStart(64, '0');
const large = 'anthropic/claude-large';
const gpt = 'openai/gpt-large';
const gemini = 'google/gemini-large';
const small = 'openai/gpt-small';

const agentTask = (
  id: string,
  title: string,
  phase: string,
  role: string,
  more: Partial<AgentTask> = {},
): AgentTask => ({
  kind: 'agent',
  id,
  title,
  phase,
  needs: [],
  priority: 'medium',
  optional: false,
  role,
  instructions: `Do it: ${title}.`,
  writes: [`${id}/**`],
  publishes: [],
  consumes: [],
  checks: [],
  complexity: 'normal',
  ...more,
});

const contract: Check = { artifact: 'api', matches: { run: 'node check-api.js' }, name: 'the API keeps its contract' };
const tests: Check = { run: 'npm test' };

const plan: Plan = {
  goal: 'Build a simple todo list web application',
  rationale: 'Server and page meet only in the API, so that they can be made side by side.',
  phases: ['development', 'integration', 'validation'],
  pools: {},
  tasks: [
    agentTask('backend', 'Todo server', 'development', 'backend-specialist', { publishes: ['api'] }),
    agentTask('frontend', 'Todo page', 'development', 'frontend-specialist', {
      consumes: ['api'],
      review: { role: 'reviewer', rounds: 3 },
    }),
    {
      kind: 'check',
      id: 'integration',
      title: 'Parts fit',
      phase: 'integration',
      needs: ['backend', 'frontend'],
      priority: 'high',
      optional: false,
      checks: [contract],
    },
    agentTask('docs', 'Handbook', 'validation', 'writer', { optional: true }),
  ],
};

const call = (id: string, agent: string, model: string, task: string | undefined, attempt = 1): Event => ({
  type: 'call-intent',
  call: id,
  agent,
  ...(task !== undefined && { task }),
  turn: 1,
  attempt,
  model,
  reserved: 200_000_000,
});
const answered = (id: string, cost: number | undefined, input: number, output: number, ms: number): Event => ({
  type: 'call-outcome',
  call: id,
  result: { ok: true, stop: 'tool-calls' },
  usage: { input, output, cacheRead: 4 * input },
  ...(cost !== undefined && { cost }),
  ms,
  firstTokenMs: ms / 4,
});
const wrote = (id: string, path: string, agent: string, task: string, n: number): Event[] => [
  { type: 'baseline-taken', path, blob: null },
  { type: 'write-intent', write: id, path, agent, task, before: null, after: hash(n) },
  { type: 'write-outcome', write: id, ok: true, reason: 'applied' },
];

/**
 * A team makes a todo application: one provider dies in mid-answer and is replaced, one specialist fails and is
 * escalated, a reviewer's blocker is mended, a permission is denied, one integration check fails at first.
 */
const story: Event[] = [
  {
    type: 'session-started',
    session: '20261121-120000-todo',
    goal: plan.goal,
    version: '0.1.0',
    workspace: '/home/someone/todo',
    orchestrator: large,
    rehearsal: false,
    budget: { sessionUsd: 5_000_000_000, alertAt: 0.8 },
  },
  { type: 'agent-started', agent: 'planner-1', role: 'orchestrator', attempt: 1, route: [large] },
  call('c1', 'planner-1', large, undefined),
  answered('c1', 31_000_000, 1200, 900, 5200),
  {
    type: 'plan-refused',
    errors: ['task "frontend" consumes "api", which nobody publishes', 'no such role: designer'],
    attempt: 1,
    source: 'planner',
  },
  call('c2', 'planner-1', large, undefined),
  answered('c2', 24_000_000, 1500, 800, 4100),
  { type: 'plan-proposed', plan, revision: 1, source: 'planner', estimate: { low: 100_000_000, high: 900_000_000 } },
  { type: 'agent-ended', agent: 'planner-1', outcome: 'completed', summary: 'planned 4 tasks' },
  { type: 'plan-approved', revision: 1, by: 'user' },
  { type: 'phase-started', phase: 'development' },
  { type: 'task-started', task: 'backend', attempt: 1, agent: 'backend-1' },
  {
    type: 'agent-started',
    agent: 'backend-1',
    role: 'backend-specialist',
    task: 'backend',
    attempt: 1,
    route: [gemini, large],
  },
  { type: 'task-started', task: 'frontend', attempt: 1, agent: 'frontend-1' },
  {
    type: 'agent-started',
    agent: 'frontend-1',
    role: 'frontend-specialist',
    task: 'frontend',
    attempt: 1,
    route: [gpt, large],
  },
  call('c3', 'backend-1', gemini, 'backend'),
  call('c4', 'frontend-1', gpt, 'frontend'),
  {
    type: 'decision-noted',
    by: 'backend-1',
    text: 'Keep the todos in one JSON file',
    rationale: 'one user, no database to install',
    task: 'backend',
  },
  { type: 'attempt-discarded', call: 'c3', agent: 'backend-1', model: gemini, error: 'truncated', characters: 412 },
  {
    type: 'call-outcome',
    call: 'c3',
    result: { ok: false, error: 'truncated', message: 'the stream ended without its last event' },
    cost: 200_000_000,
    costIsReservation: true,
    ms: 2600,
  },
  {
    type: 'route-parked',
    provider: 'google',
    model: gemini,
    until: Date.UTC(2026, 10, 21, 12, 30),
    error: 'rate-limit',
    reason: 'asked to come back later',
  },
  {
    type: 'failover',
    agent: 'backend-1',
    from: gemini,
    to: large,
    error: 'truncated',
    reason: 'the stream ended without its last event',
  },
  call('c5', 'backend-1', large, 'backend', 2),
  answered('c5', 42_000_000, 2100, 1900, 9100),
  ...wrote('w1', 'server.js', 'backend-1', 'backend', 1),
  {
    type: 'artifact-published',
    artifact: 'api',
    version: 1,
    agent: 'backend-1',
    task: 'backend',
    mediaType: 'application/schema+json',
    blob: hash(9),
    bytes: 812,
  },
  {
    type: 'permission-denied',
    agent: 'backend-1',
    kind: 'command',
    what: 'rm -rf / # | tidy',
    rule: 'never: rm outside the workspace',
    advice: 'delete single files with delete_file',
  },
  {
    type: 'command-ended',
    agent: 'backend-1',
    task: 'backend',
    call: 't1',
    command: 'node --check server.js',
    exit: 0,
    ended: 'exit',
    ms: 80,
    output: { text: '' },
  },
  { type: 'check-started', task: 'backend', id: 'k1', check: tests },
  {
    type: 'check-ended',
    task: 'backend',
    id: 'k1',
    check: tests,
    ok: true,
    exit: 0,
    ms: 1900,
    tests: { passed: 12, failed: 0 },
  },
  { type: 'agent-ended', agent: 'backend-1', outcome: 'completed', summary: 'the server answers' },
  { type: 'task-completed', task: 'backend', summary: 'GET, POST and DELETE on /todos, kept in todos.json' },
  answered('c4', 18_000_000, 1700, 300, 3000),
  {
    type: 'supervision',
    agent: 'frontend-1',
    task: 'frontend',
    rung: 'nudge',
    trigger: 'repeated-call',
    reason: 'read_file with the same arguments three times',
  },
  {
    type: 'issue-opened',
    issue: 'i1',
    severity: 'blocker',
    by: 'frontend-1',
    task: 'frontend',
    text: 'this.emit is not a function',
  },
  { type: 'agent-ended', agent: 'frontend-1', outcome: 'failed', summary: 'gave up: blocked' },
  {
    type: 'supervision',
    agent: 'frontend-1',
    task: 'frontend',
    rung: 'escalation',
    trigger: 'blocked',
    reason: 'a second attempt failed in the same way',
  },
  {
    type: 'agent-started',
    agent: 'frontend-2',
    role: 'orchestrator',
    task: 'frontend',
    attempt: 2,
    parent: 'frontend-1',
    route: [large],
  },
  call('c6', 'frontend-2', large, 'frontend'),
  answered('c6', 55_000_000, 2600, 2400, 11_000),
  ...wrote('w2', 'public/index.html', 'frontend-2', 'frontend', 2),
  ...wrote('w3', 'public/app_view.js', 'frontend-2', 'frontend', 3),
  { type: 'issue-resolved', issue: 'i1', how: 'written without the emitter' },
  { type: 'round-started', task: 'frontend', round: 1, kind: 'review', agent: 'reviewer-1' },
  { type: 'agent-started', agent: 'reviewer-1', role: 'reviewer', task: 'frontend', attempt: 1, route: [small] },
  call('c7', 'reviewer-1', small, 'frontend'),
  { type: 'call-outcome', call: 'c7', result: { ok: true, stop: 'tool-calls' }, ms: 2000 },
  {
    type: 'finding-added',
    finding: 'f1',
    agent: 'reviewer-1',
    task: 'frontend',
    severity: 'blocker',
    path: 'public/app_view.js',
    line: 14,
    text: 'The title is set with innerHTML: <img src=x onerror=alert(1)> runs',
  },
  {
    type: 'finding-added',
    finding: 'f2',
    agent: 'reviewer-1',
    task: 'frontend',
    severity: 'minor',
    text: 'No empty state',
  },
  { type: 'verdict', agent: 'reviewer-1', task: 'frontend', approve: false, text: 'one blocker' },
  { type: 'round-ended', task: 'frontend', round: 1, kind: 'review', openBlockers: 1 },
  { type: 'agent-ended', agent: 'reviewer-1', outcome: 'completed', summary: 'one blocker' },
  { type: 'round-started', task: 'frontend', round: 2, kind: 'fix', agent: 'frontend-2' },
  { type: 'finding-resolved', finding: 'f1', by: 'frontend-2', how: 'textContent instead' },
  { type: 'agent-ended', agent: 'frontend-2', outcome: 'completed', summary: 'the page works' },
  { type: 'task-completed', task: 'frontend', summary: 'Page, style and script' },
  { type: 'phase-ended', phase: 'development' },
  { type: 'phase-started', phase: 'integration' },
  { type: 'task-started', task: 'integration', attempt: 1 },
  { type: 'check-started', task: 'integration', id: 'k2', check: contract },
  { type: 'check-ended', task: 'integration', id: 'k2', check: contract, ok: false, exit: 1, ms: 400 },
  {
    type: 'permission-asked',
    ask: 'q1',
    agent: 'frontend-2',
    kind: 'command',
    what: 'npm install left-pad',
    rule: 'ask: package managers',
  },
  { type: 'permission-answered', ask: 'q1', decision: 'deny', scope: 'once', by: 'user', reason: 'not needed' },
  { type: 'check-started', task: 'integration', id: 'k3', check: contract },
  { type: 'check-ended', task: 'integration', id: 'k3', check: contract, ok: true, exit: 0, ms: 380 },
  { type: 'task-completed', task: 'integration', summary: '1 check passed' },
  { type: 'phase-ended', phase: 'integration' },
];

const ending: Event[] = [
  { type: 'phase-started', phase: 'validation' },
  { type: 'task-started', task: 'docs', attempt: 1 },
  { type: 'task-failed', task: 'docs', reason: 'no model answered', final: true },
  { type: 'notice', level: 'warning', text: 'The price of local/tiny is not known', code: 'price-unknown' },
  {
    type: 'review-intent',
    review: 'r1',
    action: 'accept',
    path: 'server.js',
    by: 'user',
    file: { before: hash(1), after: hash(1) },
    baseline: { before: null, after: hash(1) },
  },
  { type: 'review-outcome', review: 'r1', ok: true, reason: 'applied' },
  { type: 'phase-ended', phase: 'validation' },
  { type: 'session-ended', outcome: 'completed', reason: 'everything on the checklist holds' },
];

const dated = (events: Event[]): JournalEvent[] =>
  events.map((event, index) => ({ v: 1, seq: index + 1, at: Date.UTC(2026, 10, 21, 12) + index * 3000, ...event }));

/** While it runs: the last phase is still to come. */
export const todoSessionRunning: JournalEvent[] = dated(story);
export const todoSession: JournalEvent[] = dated([...story, ...ending]);
