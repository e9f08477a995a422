import type {
  AgentJob,
  AgentResult,
  AgentStreamEvent,
  Attention,
  CommandVerdict,
  ToolJudge,
} from '../../src/core/agent/contract.ts';
import { agentRunner } from '../../src/core/agent/runner.ts';
import type { AgentFiles } from '../../src/core/changes/contract.ts';
import type { ForeignTools, Processes, ProcessOutcome } from '../../src/core/ports.ts';
import type { RouteRequest } from '../../src/core/routing/contract.ts';
import type { Journal } from '../../src/core/session/contract.ts';
import { AgentTask } from '../../src/protocol/plan.ts';
import { FakeClock } from './fake-clock.ts';
import { type MemoryJournal, memoryJournal } from './memory-journal.ts';
import { MemoryAgentFiles, MemoryWorkspace, sha256 } from './memory-workspace.ts';
import { type Reply, type ScriptedRouter, scriptedRouter } from './scripted-router.ts';

type Script = Reply[] | ((request: RouteRequest, earlier: number) => Reply);

export interface WorldOptions {
  files?: Record<string, string | Uint8Array>;
  judge?: (command: string) => CommandVerdict;
  processes?: (command: string) => Partial<ProcessOutcome>;
  attention?: Partial<Attention>;
  foreign?: ForeignTools;
  judgeTool?: ToolJudge;
  contextTokens?: number;
  /** To go on where another world was left. */
  workspace?: MemoryWorkspace;
  journal?: MemoryJournal;
  /** Stands before the journal: what agents are given. */
  through?: (journal: Journal) => Journal;
  /** Instead of files in memory. */
  agentFiles?: (files: MemoryWorkspace, journal: Journal) => AgentFiles;
}

/** Everything an agent needs, in memory, with a scripted model. */
export class AgentWorld {
  readonly journal: MemoryJournal;
  readonly files: MemoryWorkspace;
  readonly router: ScriptedRouter;
  readonly clock = new FakeClock();
  readonly commands: string[] = [];
  readonly streamed: AgentStreamEvent[] = [];
  readonly host: Parameters<typeof agentRunner>[0];

  constructor(script: Script, options: WorldOptions = {}) {
    this.journal = options.journal ?? memoryJournal(() => this.clock.now());
    this.files = options.workspace ?? new MemoryWorkspace(options.files);
    const journal = options.through?.(this.journal) ?? this.journal;
    const { contextTokens } = options;
    this.router = scriptedRouter(
      typeof script === 'function' ? script : (_, earlier) => script[earlier] ?? { parts: [] },
      { journal, ...(contextTokens !== undefined && { contextTokens }) },
    );
    const processes: Processes = {
      run: async request => {
        this.commands.push(request.command);
        request.onOutput?.('…');
        const outcome = { output: '', omitted: 0, ...options.processes?.(request.command) };
        // As the real ones do, of which no more is kept than is asked for.
        const omitted = Math.max(0, outcome.output.length - request.outputLimit);
        const output = outcome.output.slice(omitted);
        return { ended: 'exit', exit: 0, ms: 1, ...outcome, output, omitted: outcome.omitted + omitted };
      },
    };
    let ids = 0;
    this.host = {
      journal,
      router: this.router,
      files: this.files,
      agentFiles: options.agentFiles?.(this.files, journal) ?? new MemoryAgentFiles(this.files, journal),
      processes,
      judge: options.judge ?? (() => ({ verdict: 'allow', rule: 'test', advice: '' })),
      attention: {
        permission: async () => ({ decision: 'deny', scope: 'once' }),
        question: async () => ({ answered: false, reason: 'nobody-there' }),
        ...options.attention,
      },
      ...(options.foreign && { foreign: options.foreign }),
      ...(options.judgeTool && { judgeTool: options.judgeTool }),
      clock: this.clock,
      newId: prefix => `${prefix}-${this.journal.state.seq}-${++ids}`,
      hashOf: sha256,
      stream: (_, event) => this.streamed.push(event),
    };
  }

  job(changes: Partial<AgentJob> = {}): AgentJob {
    return {
      agent: 'a1',
      kind: 'implement',
      role: { name: 'implementer', description: 'Writes code', instructions: 'Write good code.' },
      task: AgentTask.parse({ id: 'build', title: 'Build', role: 'implementer', instructions: 'Build it.' }),
      attempt: 1,
      route: ['one/model'],
      brief: 'Goal: a test.',
      prompt: 'Build it.',
      claims: ['src/**'],
      limits: { maxTurns: 40 },
      ...changes,
    };
  }

  /** Starts an agent as the team does: its start is in the journal first. */
  start(changes: Partial<AgentJob> = {}) {
    const job = this.job(changes);
    const { agent, role, attempt, route } = job;
    this.journal.append({ type: 'agent-started', agent, role: role.name, attempt, route });
    return agentRunner(this.host).start(job);
  }

  run(changes: Partial<AgentJob> = {}): Promise<AgentResult> {
    return this.start(changes).done;
  }

  /** Tool, refusal (or ok) of each call, in order of their outcomes. */
  outcomes(): string[] {
    const tools = new Map(
      this.journal.of('tool-intent').map(intent => [`${intent.agent} ${intent.call}`, intent.tool]),
    );
    return this.journal
      .of('tool-outcome')
      .map(outcome => `${tools.get(`${outcome.agent} ${outcome.call}`)}: ${outcome.refusal ?? 'ok'}`);
  }

  /** What the model was told last, of the request with this number. */
  told(request: number): string {
    const message = this.router.requests[request]?.messages.at(-1);
    return (message?.parts ?? [])
      .map(part => (part.type === 'text' ? part.text : part.type === 'tool-result' ? part.output : ''))
      .join('\n');
  }
}
