import { createHash } from 'node:crypto';
import type {
  AgentHandle,
  AgentJob,
  AgentResult,
  AgentRunner,
  CommandVerdict,
  RoleSpec,
  TaskProver,
} from '../../src/core/agent/contract.ts';
import type { ProcessOutcome } from '../../src/core/ports.ts';
import type { RouteRequest } from '../../src/core/routing/contract.ts';
import { DEFAULTS, type SessionPorts, type SessionSettings, type SessionStart } from '../../src/core/team/options.ts';
import { Session } from '../../src/core/team/session.ts';
import { loopbackHttp } from '../../src/node/loopback-http.ts';
import type { Event, JournalEvent } from '../../src/protocol/events.ts';
import type { ModelRef } from '../../src/protocol/ids.ts';
import type { Plan } from '../../src/protocol/plan.ts';
import { FakeClock } from './fake-clock.ts';
import { type MemoryJournal, memoryJournal } from './memory-journal.ts';
import { MemoryWorkspace } from './memory-workspace.ts';
import { type Reply, scriptedRouter } from './scripted-router.ts';

/** What a scripted agent sees and can do. */
export interface Stage {
  job: AgentJob;
  journal: MemoryJournal;
  append(event: Event): void;
  /** Lets time pass; ends early when the agent is aborted. */
  pass(ms: number): Promise<void>;
  /** Resolves with the next nudge. */
  nudged(): Promise<string>;
  /** Never resolves, except that an abort ends the agent. */
  hang(): Promise<never>;
  files: MemoryWorkspace;
  /** Puts a file there as the agent's tools would, journal and all. */
  write(path: string, content: string): void;
  /** Runs the checks of its task, as saying that it is done does. */
  prove(): Promise<{ accepted: boolean }>;
  signal: AbortSignal;
}

export type Script = (stage: Stage) => AgentResult | Promise<AgentResult>;

export const finished = (summary = 'done'): AgentResult => ({ outcome: 'finished', summary });
export const gaveUp = (message = 'cannot', reason: 'blocked' | 'no-finish' = 'no-finish'): AgentResult => ({
  outcome: 'gave-up',
  reason,
  message,
});

class Aborted extends Error {}

const role = (name: string, route?: ModelRef[]): RoleSpec => ({
  name,
  description: `does ${name}`,
  instructions: `You are ${name}.`,
  ...(route && { route }),
});

export interface TeamWorldOptions {
  script?: Script;
  plan?: Plan;
  /** What the planning model answers, in turn. */
  planner?: Reply[] | ((request: RouteRequest, earlier: number) => Reply);
  files?: Record<string, string>;
  commands?: (command: string) => Partial<ProcessOutcome> | 'hang';
  judge?: (command: string) => CommandVerdict;
  present?: boolean;
  settings?: Partial<SessionSettings>;
  ports?: Partial<SessionPorts>;
  free?: ModelRef[];
  /** To go on where another world was left. */
  earlier?: { events: JournalEvent[]; blobs: MemoryJournal['blobs']; workspace: MemoryWorkspace };
  resume?: Partial<Extract<SessionStart, { kind: 'resume' }>>;
  clock?: FakeClock;
}

/** A session with a fake runner: agents follow a script, on a clock that stands still until it is moved. */
export class TeamWorld {
  readonly clock: FakeClock;
  readonly journal: MemoryJournal;
  readonly files: MemoryWorkspace;
  readonly jobs: AgentJob[] = [];
  readonly commands: string[] = [];
  /** How long each of them might have taken. */
  readonly limits: number[] = [];
  readonly requests: RouteRequest[];
  readonly nudges: { agent: string; text: string }[] = [];
  readonly remembered: string[] = [];
  readonly session: Session;
  present: boolean;
  #script: Script;
  #prove: TaskProver | undefined;

  constructor(options: TeamWorldOptions) {
    this.clock = options.clock ?? new FakeClock();
    this.journal = memoryJournal(() => this.clock.now(), options.earlier?.events);
    for (const [hash, bytes] of options.earlier?.blobs ?? []) this.journal.blobs.set(hash, bytes);
    this.files = options.earlier?.workspace ?? new MemoryWorkspace(options.files);
    this.present = options.present ?? false;
    this.#script = options.script ?? (() => finished());
    const { planner } = options;
    const router = scriptedRouter(
      typeof planner === 'function' ? planner : (_, earlier) => planner?.[earlier] ?? { parts: [] },
      { journal: this.journal },
    );
    this.requests = router.requests;
    let ids = this.journal.state.seq * 1000;
    const runner: AgentRunner = { start: job => this.#play(job) };
    const ports: SessionPorts = {
      journal: this.journal,
      router,
      runner: ({ prove }) => {
        this.#prove = prove;
        return runner;
      },
      files: this.files,
      http: loopbackHttp,
      texts: { list: async () => [], read: async path => this.files.text(path) },
      processes: {
        run: async (request, signal) => {
          this.commands.push(request.command);
          this.limits.push(request.timeoutMs);
          const outcome = options.commands?.(request.command) ?? {};
          if (outcome === 'hang') {
            await new Promise(resolve => signal.addEventListener('abort', resolve, { once: true }));
            return { ended: 'aborted', output: '', omitted: 0, ms: 1 };
          }
          return { ended: 'exit', exit: 0, output: '', omitted: 0, ms: 1, ...outcome };
        },
      },
      judge: options.judge ?? (() => ({ verdict: 'allow', rule: 'all', advice: '' })),
      routes: {
        of: spec => spec.route ?? ['anthropic/big', 'openai/big'],
        all: () => ['anthropic/big', 'openai/big', 'google/big'],
        free: () => options.free ?? [],
        why: () => 'the only route there is',
        vendorOf: model => model.slice(0, model.indexOf('/')),
      },
      clock: this.clock,
      newId: prefix => `${prefix}-${++ids}`,
      hashOf: bytes => createHash('sha256').update(bytes).digest('hex'),
      resumePoint: async () => undefined,
      price: async () => 1000,
      ...options.ports,
    };
    const settings: SessionSettings = {
      ...DEFAULTS,
      lead: { mode: 'off', share: 0.1 },
      roles: [role('worker'), role('reviewer'), role('orchestrator', ['anthropic/best'])],
      orchestrator: 'orchestrator',
      defaultRole: 'worker',
      approvePlan: false,
      approveAll: false,
      present: () => this.present,
      remember: (request, decision) => void this.remembered.push(`${decision} ${request.what}`),
      ...options.settings,
    };
    const start: SessionStart =
      options.earlier && this.journal.state.status !== 'new'
        ? { kind: 'resume', event: { pid: 1, host: 'terminal', version: '1' }, ...options.resume }
        : {
            kind: 'new',
            event: {
              session: 's',
              goal: 'a goal',
              version: '1',
              workspace: '/w',
              rehearsal: false,
              budget: { alertAt: 0.8 },
              ...(options.plan && { workflow: options.plan }),
            },
          };
    this.session = new Session(ports, settings, start);
  }

  /** Runs to the end, letting time pass wherever something waits for it. */
  run() {
    return this.clock.until(this.session.run());
  }

  status(task: string) {
    return this.journal.state.tasks.get(task)?.status;
  }

  statuses(): Record<string, string> {
    return Object.fromEntries([...this.journal.state.tasks].map(([id, { status }]) => [id, status]));
  }

  /** Agents that were started, as `task kind role attempt`. */
  get started(): string[] {
    return this.jobs.map(({ task, kind, role: { name }, attempt }) => `${task?.id ?? '-'} ${kind} ${name} ${attempt}`);
  }

  rungs() {
    return this.journal.of('supervision').map(({ rung, trigger, reason }) => ({ rung, trigger, reason }));
  }

  #play(job: AgentJob): AgentHandle {
    this.jobs.push(job);
    const abort = new AbortController();
    const { signal } = abort;
    let paused: PromiseWithResolvers<void> | undefined;
    const nudges: string[] = [];
    let listening: ((text: string) => void) | undefined;
    const aborted = new Promise<never>((_, reject) =>
      signal.addEventListener('abort', () => reject(new Aborted()), { once: true }),
    );
    aborted.catch(() => {});
    const stage: Stage = {
      job,
      journal: this.journal,
      files: this.files,
      signal,
      append: event => void (signal.aborted || this.journal.append(event)),
      pass: async ms => {
        let timer: { dispose(): void } | undefined;
        await Promise.race([aborted, new Promise<void>(resolve => (timer = this.clock.after(ms, resolve)))]).finally(
          () => timer?.dispose(),
        );
        await Promise.race([aborted, paused?.promise]);
      },
      nudged: () => Promise.race([aborted, new Promise<string>(resolve => (listening = resolve))]),
      hang: () => aborted,
      prove: async () =>
        (job.task && (await this.#prove?.({ agent: job.agent, task: job.task.id, call: 'proof' }, signal))) ?? {
          accepted: true,
        },
      write: (path, content) => {
        const after = createHash('sha256').update(content).digest('hex');
        const write = `w-${job.agent}-${path}`;
        const { agent, task } = job;
        this.journal.append({
          type: 'write-intent',
          write,
          path,
          agent,
          ...(task && { task: task.id }),
          before: null,
          after,
        });
        this.files.put(path, content);
        this.journal.append({ type: 'write-outcome', write, ok: true, reason: 'applied' });
      },
    };
    const act = async (): Promise<AgentResult> => {
      try {
        await Promise.race([aborted, paused?.promise]);
        const [model] = job.route;
        if (model !== undefined) this.#call(job, model);
        return await this.#script(stage);
      } catch (error) {
        if (error instanceof Aborted) return { outcome: 'aborted' };
        throw error;
      }
    };
    return {
      nudge: text => {
        this.nudges.push({ agent: job.agent, text });
        nudges.push(text);
        listening?.(text);
      },
      pause: () => {
        paused ??= Promise.withResolvers<void>();
      },
      unpause: () => {
        paused?.resolve();
        paused = undefined;
      },
      reassign: route => {
        job.route = route;
      },
      abort: () => abort.abort(),
      done: Promise.resolve().then(act),
    };
  }

  /** A model call, so that it is known which model an agent used. */
  #call({ agent, task, attempt }: AgentJob, model: ModelRef): void {
    const call = `c-${agent}-${attempt}-${this.journal.state.seq}`;
    this.journal.append({
      type: 'call-intent',
      call,
      agent,
      ...(task && { task: task.id }),
      turn: 1,
      attempt: 1,
      model,
    });
    this.journal.append({ type: 'call-outcome', call, result: { ok: true, stop: 'tool-calls' }, usage: {}, ms: 1 });
  }
}
