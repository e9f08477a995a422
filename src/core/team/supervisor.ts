import type { JournalEvent } from '../../protocol/events.ts';
import { counted } from '../../protocol/show.ts';
import type { Clock, Disposable } from '../ports.ts';
import type { Journal } from '../session/contract.ts';
import { HEARTBEAT } from '../session/fold/session.ts';
import type { Sign, Trigger } from './ladder.ts';
import { Watch, type WatchLimits } from './watch.ts';

export interface SupervisorOptions extends WatchLimits {
  /** Without any sign of life for so long. */
  silenceMs: number;
  /** Nudges to one agent before it is replaced. */
  nudges: number;
  /** How often the team's health is looked at as a whole. */
  heartbeatMs: number;
}

/** What the supervisor may do with an agent. */
export interface SupervisedAgent {
  agent: string;
  task?: string;
  /** For all of its work; what people and checks take beside it does not count. */
  limitMs?: number;
  nudge(text: string): void;
  /** Ends it; whoever runs the task climbs the ladder with this sign. */
  replace(sign: Sign): void;
}

interface Supervision extends Disposable {
  supervisee: SupervisedAgent;
  watch: Watch;
  /** When it would have begun, had it worked without a break. */
  since: number;
  /** Since when its work rests. */
  rests?: number;
  /** Checks of what it says is done run. */
  held: boolean;
  seen: number;
  timer?: Disposable;
  given: boolean;
}

const NUDGES: Partial<Record<Trigger, string>> = {
  silence: 'Nothing has been heard of you for a while. Go on with the task, in smaller steps.',
  'repeated-calls':
    'You keep making the same call, and it keeps giving the same answer. Use what it told you and take another way.',
  'repeated-errors':
    'Your last calls all failed. Read what the last answer says, do not repeat the call, and take another way; if there is none, call report_blocker.',
  'no-progress':
    'Your last turns brought nothing new. Decide what is left of the task and do the next step of it now; if all is done, finish; if you cannot go on, call report_blocker.',
};

/** After these an agent's work may rest, or go on. */
const RESTS: ReadonlySet<JournalEvent['type']> = new Set<JournalEvent['type']>([
  'question-asked',
  'question-answered',
  'permission-asked',
  'permission-answered',
  'agent-paused',
  'agent-unpaused',
  'session-paused',
  'session-unpaused',
]);

/**
 * Watches every agent, all the time: through its events, and through the clock for those that give none. It looks, nudges
 * and says when an agent has to be replaced; by whom, the ladder decides.
 */
export class Supervisor implements Disposable {
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #options: SupervisorOptions;
  readonly #supervised = new Map<string, Supervision>();
  readonly #subscription: Disposable;
  #heartbeat: Disposable | undefined;

  constructor(journal: Journal, clock: Clock, options: SupervisorOptions) {
    this.#journal = journal;
    this.#clock = clock;
    this.#options = options;
    this.#subscription = journal.subscribe(event => this.#take(event));
    this.#beat();
  }

  /** Looks after an agent until disposed of. */
  watch(supervisee: SupervisedAgent): Disposable {
    const now = this.#clock.monotonic();
    const supervision: Supervision = {
      supervisee,
      watch: new Watch(this.#options),
      since: now,
      seen: now,
      held: false,
      given: false,
      dispose: () => {
        supervision.given = true;
        supervision.timer?.dispose();
        if (this.#supervised.get(supervisee.agent) === supervision) this.#supervised.delete(supervisee.agent);
      },
    };
    this.#supervised.set(supervisee.agent, supervision);
    this.#arm(supervision, this.#options.silenceMs);
    return supervision;
  }

  /** Something streams in: the agent lives, though its journal is silent. */
  pulse(agent: string): void {
    const supervision = this.#supervised.get(agent);
    if (supervision) supervision.seen = this.#clock.monotonic();
  }

  /** Others do something for the agent, such as running its checks: until disposed of, its time does not run. */
  hold(agent: string): Disposable {
    const supervision = this.#supervised.get(agent);
    if (!supervision) return { dispose() {} };
    supervision.held = true;
    this.#clockOf(supervision);
    return {
      dispose: () => {
        supervision.held = false;
        this.#clockOf(supervision);
      },
    };
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#heartbeat?.dispose();
    for (const supervision of [...this.#supervised.values()]) supervision.dispose();
  }

  #take(event: JournalEvent): void {
    if (RESTS.has(event.type)) for (const supervision of this.#supervised.values()) this.#clockOf(supervision);
    const agent = actorOf(event);
    const supervision = agent === undefined ? undefined : this.#supervised.get(agent);
    if (!supervision) return;
    supervision.seen = this.#clock.monotonic();
    const sign = supervision.watch.take(event);
    if (sign) this.#act(supervision, sign);
  }

  /** Whose work rests is not at fault for the time that passes. */
  #clockOf(supervision: Supervision): void {
    const now = this.#clock.monotonic();
    const { agents, status } = this.#journal.state;
    const works = agents.get(supervision.supervisee.agent)?.status === 'running' && status !== 'paused';
    if (works && !supervision.held) {
      if (supervision.rests === undefined) return;
      supervision.since += now - supervision.rests;
      supervision.seen = now;
      delete supervision.rests;
    } else supervision.rests ??= now;
  }

  #arm(supervision: Supervision, ms: number): void {
    const { limitMs } = supervision.supervisee;
    const left =
      limitMs === undefined || supervision.rests !== undefined
        ? ms
        : Math.min(ms, supervision.since + limitMs - this.#clock.monotonic());
    supervision.timer = this.#clock.after(Math.max(1, left), () => this.#look(supervision));
  }

  /** One timer an agent, set to when it would have been silent for too long; signs of life in between cost nothing. */
  #look(supervision: Supervision): void {
    this.#clockOf(supervision);
    const now = this.#clock.monotonic();
    const { silenceMs } = this.#options;
    const { limitMs } = supervision.supervisee;
    const works = supervision.rests === undefined;
    if (!works || supervision.watch.busy || this.#checking(supervision)) supervision.seen = now;
    const silent = now - supervision.seen;
    if (works && limitMs !== undefined && now - supervision.since >= limitMs) {
      this.#act(supervision, {
        trigger: 'too-long',
        reason: `took longer than ${counted(Math.round(limitMs / 60_000), 'minute')}`,
      });
    } else if (silent >= silenceMs) {
      this.#act(supervision, { trigger: 'silence', reason: `no sign of life for ${Math.round(silent / 1000)} s` });
      supervision.seen = now;
    }
    if (!supervision.given) this.#arm(supervision, supervision.seen + silenceMs - now);
  }

  /** Checks of its task run, and have limits of their own. */
  #checking({ supervisee: { task } }: Supervision): boolean {
    return task !== undefined && [...this.#journal.state.openChecks.values()].some(check => check.task === task);
  }

  /** The first rung is a word to the agent; who has had it is replaced. */
  #act(supervision: Supervision, sign: Sign): void {
    const { supervisee, watch } = supervision;
    if (supervision.given) return;
    const rungs = this.#journal.state.agents.get(supervisee.agent)?.rungs ?? [];
    const nudged = rungs.filter(({ rung }) => rung === 'nudge');
    const text = NUDGES[sign.trigger];
    const spent = nudged.length >= this.#options.nudges || nudged.some(({ trigger }) => trigger === sign.trigger);
    if (text === undefined || spent) {
      supervision.dispose();
      supervisee.replace(sign);
      return;
    }
    watch.reset();
    this.#journal.append({
      type: 'supervision',
      agent: supervisee.agent,
      ...(supervisee.task !== undefined && { task: supervisee.task }),
      rung: 'nudge',
      trigger: sign.trigger,
      reason: sign.reason,
    });
    supervisee.nudge(text);
  }

  #beat(): void {
    this.#heartbeat = this.#clock.after(this.#options.heartbeatMs, () => {
      this.#journal.append({ type: 'notice', level: 'info', code: HEARTBEAT, text: this.#health() });
      this.#beat();
    });
  }

  #health(): string {
    const { state } = this.#journal;
    const now = this.#clock.monotonic();
    const silent = Math.max(0, ...[...this.#supervised.values()].map(supervision => now - supervision.seen));
    const count = (...statuses: string[]) => [...state.tasks.values()].filter(t => statuses.includes(t.status)).length;
    const tasks = `${count('completed')} of ${counted(state.tasks.size, 'task')} done, ${count('running', 'checking')} running`;
    const waits = state.asks.size > 0 ? `; ${state.asks.size} wait for your answer` : '';
    const agents = counted(this.#supervised.size, 'agent');
    return `${agents} at work, longest silence ${Math.round(silent / 1000)} s; ${tasks}${waits}`;
  }
}

/** Who lives, by an event; what is done to an agent is no sign of its life. */
function actorOf(event: JournalEvent): string | undefined {
  if (event.type === 'supervision') return undefined;
  if (event.type === 'decision-noted') return event.by;
  return 'agent' in event ? event.agent : undefined;
}
