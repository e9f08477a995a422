import type { AgentOutcome, Who } from '../../protocol/events.ts';
import type { ModelRef } from '../../protocol/ids.ts';
import type { Outage } from '../../protocol/message.ts';
import type { AgentHandle, AgentJob, AgentResult, AgentRunner, ResumePoint } from '../agent/contract.ts';
import type { Clock, Disposable } from '../ports.ts';
import type { Journal } from '../session/contract.ts';
import type { AttentionQueue } from './attention.ts';
import type { Done } from './done.ts';
import type { Sign } from './ladder.ts';
import type { Supervisor } from './supervisor.ts';

/** Why an agent was ended from outside. */
export type Ending =
  | { by: 'supervisor'; sign: Sign }
  /** Somebody does not want it to go on. */
  | { by: 'user'; reason: string }
  /** The session stops; the agent goes on when it is resumed. */
  | { by: 'session'; reason: string };

export interface RunningAgentsHost {
  journal: Journal;
  clock: Clock;
  runner: AgentRunner;
  attention: AttentionQueue;
  supervisor: Supervisor;
  /** The conversation of an agent that was interrupted; undefined: there is none. */
  resumePoint(agent: string): Promise<ResumePoint | undefined>;
}

export type Outcome = { result: AgentResult; ending?: Ending };

interface Member {
  handle: AgentHandle;
  job: AgentJob;
  ending?: Ending;
  guard: Disposable;
  /** Set while it runs: starts the time of grace. */
  hurry?: () => void;
}

/** An agent that was told to end and does not is given up after so long. */
const GRACE_MS = 30_000;

const unknownAgent = (agent: string): Done => ({ ok: false, message: `no agent "${agent}" is at work` });

/** The agents at work: starts them, steers them, and journals what people and the supervisor do with them. */
export class RunningAgents {
  readonly #host: RunningAgentsHost;
  readonly #members = new Map<string, Member>();
  readonly #keepPaused = new Set<string>();
  #paused = false;
  #closed: Ending | undefined;

  constructor(host: RunningAgentsHost) {
    this.#host = host;
  }

  get agents(): string[] {
    return [...this.#members.keys()];
  }

  /** Who was paused before a crash is paused after it. */
  keepPaused(agent: string): void {
    this.#keepPaused.add(agent);
  }

  /** Runs an agent to its end. One that was interrupted goes on under its own name where it stood. */
  async run(job: AgentJob, options: { limitMs?: number; parent?: string; why?: string } = {}): Promise<Outcome> {
    const { journal, runner, supervisor } = this.#host;
    const { agent, role, task, attempt, route } = job;
    const resumeFrom = journal.state.agents.has(agent) ? await this.#host.resumePoint(agent) : undefined;
    if (this.#closed) return { result: { outcome: 'aborted' }, ending: this.#closed };
    const wasPaused = this.#keepPaused.delete(agent);
    journal.append({
      type: 'agent-started',
      agent,
      role: role.name,
      ...(task && { task: task.id }),
      attempt,
      route,
      ...(options.parent !== undefined && { parent: options.parent }),
      ...(job.worker !== undefined && { worker: job.worker }),
      ...(options.why !== undefined && { why: options.why }),
    });
    const handle = runner.start({ ...job, ...(resumeFrom && { resumeFrom }), pulse: () => supervisor.pulse(agent) });
    const guard = supervisor.watch({
      agent,
      ...(task && { task: task.id }),
      ...(options.limitMs !== undefined && { limitMs: options.limitMs }),
      nudge: text => handle.nudge(text),
      replace: sign => this.#end(agent, { by: 'supervisor', sign }),
    });
    const member: Member = { handle, job, guard };
    this.#members.set(agent, member);
    if (wasPaused) journal.append({ type: 'agent-paused', agent, by: 'user' });
    if (wasPaused || this.#paused) handle.pause();
    try {
      const result = await this.#outlive(member);
      return { result, ...(member.ending && { ending: member.ending }) };
    } finally {
      guard.dispose();
      this.#members.delete(agent);
    }
  }

  /** Journals how an agent ended; whatever it still asked is not asked any more. */
  ended(agent: string, outcome: AgentOutcome, summary: string, outage?: Outage): void {
    const { journal, attention } = this.#host;
    if (outcome !== 'interrupted') attention.withdraw(agent, 'the agent has ended');
    journal.append({ type: 'agent-ended', agent, outcome, summary, ...(outage && { outage }) });
  }

  nudge(agent: string, text: string): Done {
    const member = this.#members.get(agent);
    if (!member) return unknownAgent(agent);
    member.handle.nudge(text);
    return { ok: true };
  }

  pause(agent: string, by: Who): Done {
    const member = this.#members.get(agent);
    if (!member) return unknownAgent(agent);
    this.#host.journal.append({ type: 'agent-paused', agent, by });
    member.handle.pause();
    return { ok: true };
  }

  unpause(agent: string, by: Who): Done {
    const member = this.#members.get(agent);
    if (!member) return unknownAgent(agent);
    this.#host.journal.append({ type: 'agent-unpaused', agent, by });
    if (!this.#paused) member.handle.unpause();
    return { ok: true };
  }

  reassign(agent: string, route: ModelRef[], by: Who, reason: string): Done {
    const member = this.#members.get(agent);
    if (!member) return unknownAgent(agent);
    this.#host.journal.append({ type: 'agent-reassigned', agent, route, by, reason });
    member.handle.reassign(route);
    return { ok: true };
  }

  abort(agent: string, reason: string): Done {
    if (!this.#members.has(agent)) return unknownAgent(agent);
    this.#end(agent, { by: 'user', reason });
    return { ok: true };
  }

  /** Lets nobody begin anything new. Who was paused alone stays paused afterwards. */
  pauseAll(): void {
    this.#paused = true;
    for (const { handle } of this.#members.values()) handle.pause();
  }

  unpauseAll(): void {
    this.#paused = false;
    const { agents } = this.#host.journal.state;
    for (const [agent, { handle }] of this.#members) if (agents.get(agent)?.status !== 'paused') handle.unpause();
  }

  /** Ends everybody; nobody starts any more. */
  close(ending: Ending): void {
    this.#closed ??= ending;
    for (const agent of this.agents) this.#end(agent, ending);
  }

  #end(agent: string, ending: Ending): void {
    const member = this.#members.get(agent);
    if (!member || member.ending) return;
    member.ending = ending;
    member.guard.dispose();
    member.handle.abort(ending.by === 'supervisor' ? ending.sign.reason : ending.reason);
    member.hurry?.();
  }

  /** The agent's result; `aborted` when it was told to end and does not within the time of grace. */
  #outlive(member: Member): Promise<AgentResult> {
    return new Promise(resolve => {
      let timer: Disposable | undefined;
      const finish = (result: AgentResult) => {
        timer?.dispose();
        delete member.hurry;
        resolve(result);
      };
      member.hurry = () => {
        timer = this.#host.clock.after(GRACE_MS, () => finish({ outcome: 'aborted' }));
      };
      member.handle.done.then(finish, error =>
        finish({ outcome: 'failed', reason: 'internal', message: String(error) }),
      );
    });
  }
}
