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
export interface Ward {
  agent: string;
  task?: string;
  /** For the whole of its work. */
  limitMs?: number;
  nudge(text: string): void;
  /** Ends it; whoever runs the task climbs the ladder with this sign. */
  replace(sign: Sign): void;
}

interface Charge extends Disposable {
  ward: Ward;
  watch: Watch;
  since: number;
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

/**
 * Watches every agent, all the time: through its events, and through the clock for those that give none. It looks, nudges
 * and says when an agent has to be replaced; by whom, the ladder decides.
 */
export class Supervisor implements Disposable {
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #options: SupervisorOptions;
  readonly #charges = new Map<string, Charge>();
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
  watch(ward: Ward): Disposable {
    const now = this.#clock.monotonic();
    const charge: Charge = {
      ward,
      watch: new Watch(this.#options),
      since: now,
      seen: now,
      given: false,
      dispose: () => {
        charge.given = true;
        charge.timer?.dispose();
        if (this.#charges.get(ward.agent) === charge) this.#charges.delete(ward.agent);
      },
    };
    this.#charges.set(ward.agent, charge);
    this.#arm(charge, this.#options.silenceMs);
    return charge;
  }

  /** Something streams in: the agent lives, though its journal is silent. */
  pulse(agent: string): void {
    const charge = this.#charges.get(agent);
    if (charge) charge.seen = this.#clock.monotonic();
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#heartbeat?.dispose();
    for (const charge of [...this.#charges.values()]) charge.dispose();
  }

  #take(event: JournalEvent): void {
    const agent = actorOf(event);
    const charge = agent === undefined ? undefined : this.#charges.get(agent);
    if (!charge) return;
    charge.seen = this.#clock.monotonic();
    const sign = charge.watch.take(event);
    if (sign) this.#act(charge, sign);
  }

  #arm(charge: Charge, ms: number): void {
    const { limitMs } = charge.ward;
    const left = limitMs === undefined ? ms : Math.min(ms, charge.since + limitMs - this.#clock.monotonic());
    charge.timer = this.#clock.after(Math.max(1, left), () => this.#look(charge));
  }

  /** One timer an agent, set to when it would have been silent for too long; signs of life in between cost nothing. */
  #look(charge: Charge): void {
    const now = this.#clock.monotonic();
    const { silenceMs } = this.#options;
    const { limitMs, agent } = charge.ward;
    const status = this.#journal.state.agents.get(agent)?.status;
    if (status !== 'running' || charge.watch.busy) charge.seen = now;
    const silent = now - charge.seen;
    if (status === 'running' && limitMs !== undefined && now - charge.since >= limitMs) {
      this.#act(charge, {
        trigger: 'too-long',
        reason: `took longer than ${counted(Math.round(limitMs / 60_000), 'minute')}`,
      });
    } else if (silent >= silenceMs) {
      this.#act(charge, { trigger: 'silence', reason: `no sign of life for ${Math.round(silent / 1000)} s` });
      charge.seen = now;
    }
    if (!charge.given) this.#arm(charge, charge.seen + silenceMs - now);
  }

  /** The first rung is a word to the agent; who has had it is replaced. */
  #act(charge: Charge, sign: Sign): void {
    const { ward, watch } = charge;
    if (charge.given) return;
    const rungs = this.#journal.state.agents.get(ward.agent)?.rungs ?? [];
    const nudged = rungs.filter(({ rung }) => rung === 'nudge');
    const text = NUDGES[sign.trigger];
    const spent = nudged.length >= this.#options.nudges || nudged.some(({ trigger }) => trigger === sign.trigger);
    if (text === undefined || spent) {
      charge.dispose();
      ward.replace(sign);
      return;
    }
    watch.reset();
    this.#journal.append({
      type: 'supervision',
      agent: ward.agent,
      ...(ward.task !== undefined && { task: ward.task }),
      rung: 'nudge',
      trigger: sign.trigger,
      reason: sign.reason,
    });
    ward.nudge(text);
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
    const silent = Math.max(0, ...[...this.#charges.values()].map(charge => now - charge.seen));
    const count = (...statuses: string[]) => [...state.tasks.values()].filter(t => statuses.includes(t.status)).length;
    const tasks = `${count('completed')} of ${counted(state.tasks.size, 'task')} done, ${count('running', 'checking')} running`;
    const waits = state.asks.size > 0 ? `; ${state.asks.size} wait for your answer` : '';
    const agents = counted(this.#charges.size, 'agent');
    return `${agents} at work, longest silence ${Math.round(silent / 1000)} s; ${tasks}${waits}`;
  }
}

/** Who lives, by an event; what is done to an agent is no sign of its life. */
function actorOf(event: JournalEvent): string | undefined {
  if (event.type === 'supervision') return undefined;
  if (event.type === 'decision-noted') return event.by;
  return 'agent' in event ? event.agent : undefined;
}
