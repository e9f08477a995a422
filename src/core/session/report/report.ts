import type { AgentOutcome, Severity } from '../../../protocol/events.ts';
import type { ModelRef, NanoUsd, RelPath } from '../../../protocol/ids.ts';
import type { AgentStatus, TaskStatus, WrittenFile } from '../state.ts';
import type { DecidedBy } from './decided-by.ts';

/** What a tally says, with what is unknown left out rather than counted as nothing. */
export interface UseReport {
  calls: number;
  succeeded: number;
  failed: number;
  /** Ended by us: they count neither as answered nor as failed. */
  stopped: number;
  /** Undefined where no call told its tokens. */
  tokens?: { input: number; cacheRead: number; cacheWrite: number; output: number; reasoning: number };
  callsOfUnknownUsage: number;
  /** Undefined where no call's cost is known. */
  costNanoUsd?: NanoUsd;
  /** The part of the cost that is an upper bound. */
  boundNanoUsd?: NanoUsd;
  callsOfUnknownCost: number;
  averageResponseMs?: number;
  successRate?: number;
}

export interface CheckReport {
  task: string;
  check: string;
  result: 'passed' | 'failed' | 'interrupted';
  exit?: number;
  ms: number;
  runs: number;
  failures: number;
  tests?: { passed: number; failed: number };
  integration: boolean;
  /** Files that agents of this session wrote, and that say what its command runs. */
  decidedBy?: DecidedBy[];
}

export interface TaskReport {
  id: string;
  title: string;
  kind: string;
  phase?: string;
  status: TaskStatus;
  optional: boolean;
  attempts: number;
  fixRounds: number;
  agents: string[];
  ms?: number;
  use: UseReport;
  /** Its summary, or why it failed or waits. */
  note?: string;
}

export interface AgentReport {
  agent: string;
  role: string;
  task?: string;
  model?: ModelRef;
  status: AgentStatus | AgentOutcome;
  turns: number;
  tools: number;
  failovers: number;
  ms?: number;
  use: UseReport;
}

/** Something that stands between the session and its end, or waits for a person. */
export interface LeftOver {
  kind: 'task' | 'issue' | 'finding' | 'review' | 'answer' | 'queue' | 'plan';
  text: string;
}

/** report.json, and all that report.md is made of: counted from the journal, nothing estimated or scored. */
export interface Report {
  v: 1;
  session: {
    id: string;
    goal: string;
    workspace: string;
    version: string;
    rehearsal: boolean;
    orchestrator?: ModelRef;
    startedAt?: number;
    lastAt?: number;
    workingMs: number;
    resumes: number;
    status: string;
    outcome?: { outcome: string; reason: string };
  };
  total: UseReport & { modelSwitches: number; discardedAnswers: number; escalations: number };
  budget: { scope: string; key: string; limitNanoUsd: NanoUsd }[];
  planRationale?: string;
  tasks: TaskReport[];
  providers: ({ provider: string; switchesAway: number } & UseReport)[];
  models: ({ model: ModelRef } & UseReport)[];
  agents: AgentReport[];
  decisions: { at: number; by: string; text: string; rationale: string; task?: string }[];
  modelSwitches: { at: number; agent: string; from: ModelRef; to: ModelRef; error: string; reason: string }[];
  supervision: { at: number; agent: string; task?: string; rung: string; trigger: string; reason: string }[];
  issues: { severity: Severity; by: string; task?: string; text: string; resolved?: string }[];
  findings: {
    severity: Severity;
    by: string;
    task: string;
    path?: RelPath;
    line?: number;
    text: string;
    resolved?: string;
  }[];
  denied: { agent: string; kind: string; what: string; rule: string; by: string }[];
  checks: CheckReport[];
  quality: {
    checks: { passing: number; failing: number; interrupted: number; runs: number };
    tests?: { passed: number; failed: number };
    findings: Record<Severity, { open: number; resolved: number }>;
    verdicts: { approved: number; refused: number };
    commands: { run: number; failed: number };
  };
  files: { path: RelPath; status: WrittenFile['status']; deleted: boolean; agents: string[]; tasks: string[] }[];
  artifacts: { artifact: string; version: number; mediaType: string; bytes: number; agent: string }[];
  left: LeftOver[];
}
