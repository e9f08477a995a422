import * as z from 'zod';
import { ContractOutcome } from '../../../protocol/contract.ts';
import { BudgetScope, SessionOutcome, Severity } from '../../../protocol/events.ts';
import { Coverage, TestFigures } from '../../../protocol/tests.ts';

const Ms = z.number().describe('Milliseconds');
const At = z.number().describe('Milliseconds since 1970');
const Nano = z.number().int().describe('Billionths of a US dollar');
const Count = z.number().int().nonnegative();
const Model = z.string().describe('provider/model');

/** What a tally says, with what is unknown left out rather than counted as nothing. */
const Use = z.object({
  calls: Count,
  succeeded: Count,
  failed: Count,
  stopped: Count.describe('Ended by us: they count neither as answered nor as failed'),
  tokens: z
    .object({ input: Count, cacheRead: Count, cacheWrite: Count, output: Count, reasoning: Count })
    .optional()
    .describe('Absent where no call told its tokens'),
  callsOfUnknownUsage: Count,
  costNanoUsd: Nano.optional().describe('Absent where no call’s cost is known'),
  boundNanoUsd: Nano.optional().describe('The part of the cost that is an upper bound'),
  callsOfUnknownCost: Count,
  averageResponseMs: Ms.optional(),
  successRate: z.number().optional().describe('Of the calls that ended; absent while none has'),
});

const DecidedBy = z.object({ path: z.string(), agents: z.array(z.string()) });

const Check = z.object({
  task: z.string(),
  check: z.string(),
  result: z.enum(['passed', 'failed', 'interrupted']),
  exit: z.number().int().optional(),
  ms: Ms,
  runs: Count,
  failures: Count,
  tests: TestFigures.optional().describe('As its last run told; absent where it told nothing'),
  coverage: Coverage.optional().describe('As its last run told'),
  contract: ContractOutcome.optional().describe('What came of the contract that it held something against'),
  decidedBy: z
    .array(DecidedBy)
    .optional()
    .describe('Files that agents of this session wrote, and that say what its command runs'),
});

const Task = z.object({
  id: z.string(),
  title: z.string(),
  kind: z.string(),
  phase: z.string().optional(),
  status: z.string(),
  optional: z.boolean(),
  attempts: Count,
  fixRounds: Count,
  agents: z.array(z.string()),
  startedAt: At.optional(),
  endedAt: At.optional(),
  ms: Ms.optional(),
  use: Use,
  tests: z
    .object({ passed: Count, failed: Count, skipped: Count.optional() })
    .optional()
    .describe('The last runs of its checks added up'),
  note: z.string().optional().describe('Its summary, or why it failed or waits'),
});

const Agent = z.object({
  agent: z.string(),
  role: z.string(),
  task: z.string().optional(),
  models: z.array(Model).describe('That it called, in the order in which it first did'),
  route: z.array(Model).describe('In order of preference'),
  why: z.string().optional().describe('Why its route begins as it does'),
  status: z.string(),
  turns: Count,
  tools: Count,
  failovers: Count,
  ms: Ms.optional(),
  use: Use,
});

const Planned = z.object({
  agent: z.string(),
  role: z.string(),
  task: z.string(),
  part: z.enum(['work', 'review']),
  model: Model,
  why: z.string(),
});

const Step = z.object({
  at: At,
  agent: z.string(),
  task: z.string().optional(),
  rung: z.string(),
  trigger: z.string(),
  reason: z.string(),
  answer: z
    .object({ text: z.string(), by: z.string(), at: At })
    .optional()
    .describe('What a person said who was asked'),
  end: z
    .object({
      agent: z.string(),
      role: z.string(),
      models: z.array(Model),
      status: z.string(),
      at: At.optional(),
      summary: z.string().optional(),
      files: z.array(z.string()),
    })
    .optional()
    .describe('Who went on, what came of it and what that one wrote; absent while nobody has'),
});

const Finding = z.object({
  severity: Severity,
  by: z.string(),
  task: z.string(),
  path: z.string().optional(),
  line: z.number().int().optional(),
  text: z.string(),
  resolved: z.string().optional(),
});

const Advice = z.object({
  severity: Severity,
  text: z.string(),
  by: z.string().optional(),
  where: z.string().optional(),
});

/** report.json, and all that the other forms are made of: counted from the journal, nothing estimated or scored. */
export const Report = z.object({
  v: z.literal(1),
  session: z.object({
    id: z.string(),
    goal: z.string(),
    workspace: z.string(),
    version: z.string(),
    rehearsal: z.boolean(),
    orchestrator: Model.optional(),
    startedAt: At.optional(),
    lastAt: At.optional(),
    workingMs: Ms,
    resumes: Count,
    status: z.string(),
    outcome: z.object({ outcome: SessionOutcome, reason: z.string() }).optional(),
  }),
  total: Use.extend({ modelSwitches: Count, discardedAnswers: Count, escalations: Count }),
  budget: z.array(z.object({ scope: BudgetScope, key: z.string(), limitNanoUsd: Nano })),
  planRationale: z.string().optional(),
  tasks: z.array(Task),
  parallel: z
    .object({
      groups: z
        .array(z.object({ tasks: z.array(z.string()), mostAtOnce: Count }))
        .describe('Tasks that need nothing of each other'),
      mostAtOnce: Count,
      taskMs: Ms.describe('The tasks’ times added up'),
      busyMs: Ms.describe('The time during which any task was at work'),
      speedUp: z.number().optional().describe('Times faster than one after the other'),
    })
    .describe('What ran side by side, as it was measured'),
  providers: z.array(Use.extend({ provider: z.string(), switchesAway: Count })).describe('That were called'),
  models: z.array(Use.extend({ model: Model })).describe('That were called'),
  agents: z.array(Agent),
  notStarted: z.array(Planned).describe('Whom the plan has begin, and who has not'),
  decisions: z.array(
    z.object({
      at: At,
      by: z.string(),
      text: z.string(),
      rationale: z.string(),
      task: z.string().optional(),
      binds: z.boolean().optional().describe('It holds for all tasks'),
    }),
  ),
  modelSwitches: z.array(
    z.object({ at: At, agent: z.string(), from: Model, to: Model, error: z.string(), reason: z.string() }),
  ),
  supervision: z.array(Step),
  issues: z.array(
    z.object({
      severity: Severity,
      by: z.string(),
      task: z.string().optional(),
      text: z.string(),
      resolved: z.string().optional(),
    }),
  ),
  findings: z.array(Finding),
  risks: z.array(Advice).describe('Blockers and major findings and issues that are open, and checks that fail'),
  recommendations: z.array(Advice).describe('Minor findings and notes that nobody acted on'),
  denied: z.array(
    z.object({ agent: z.string(), kind: z.string(), what: z.string(), rule: z.string(), by: z.string() }),
  ),
  checks: z.array(Check),
  integration: z
    .object({
      operations: z.object({ kept: Count, broken: Count, 'not-tried': Count }),
      contracts: z.array(ContractOutcome.extend({ task: z.string(), check: z.string(), at: At, failures: Count })),
    })
    .describe('Contracts that parts were held against, operation by operation, as the last check of each left them'),
  quality: z.object({
    checks: z.object({ passing: Count, failing: Count, interrupted: Count, runs: Count }),
    tests: z
      .object({ passed: Count, failed: Count, skipped: Count.optional(), checks: Count })
      .optional()
      .describe('The last runs of all checks added up: a test that two checks run counts in both'),
    findings: z.record(Severity, z.object({ open: Count, resolved: Count })),
    verdicts: z.object({ approved: Count, refused: Count }),
    commands: z.object({ run: Count, failed: Count }),
  }),
  files: z.array(
    z.object({
      path: z.string(),
      status: z.enum(['pending', 'accepted', 'rejected', 'mixed']),
      deleted: z.boolean(),
      agents: z.array(z.string()),
      tasks: z.array(z.string()),
      models: z.array(Model),
    }),
  ),
  artifacts: z.array(
    z.object({
      artifact: z.string(),
      version: Count,
      mediaType: z.string(),
      bytes: Count,
      agent: z.string(),
      model: Model.optional(),
      picture: z.string().optional().describe('Of a picture: where it lies in the folder of the session'),
    }),
  ),
  deliverables: z.array(
    z.object({
      provider: z.string().optional().describe('Absent: no event says whose model wrote it'),
      models: z.array(Model),
      files: z.array(z.string()),
      artifacts: z.array(z.string()),
    }),
  ),
  left: z
    .array(
      z.object({ kind: z.enum(['task', 'issue', 'finding', 'review', 'answer', 'queue', 'plan']), text: z.string() }),
    )
    .describe('What stands between the session and its end, or waits for a person'),
});

export type Report = z.infer<typeof Report>;
export type UseReport = z.infer<typeof Use>;
export type CheckReport = z.infer<typeof Check>;
export type TaskReport = z.infer<typeof Task>;
export type AgentReport = z.infer<typeof Agent>;
export type StepReport = z.infer<typeof Step>;
export type AdviceReport = z.infer<typeof Advice>;
export type LeftOver = Report['left'][number];
