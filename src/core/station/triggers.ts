import type { StationEvent } from '../../protocol/station.ts';
import type { StationState } from './contract.ts';
import { cronOf } from './schedule.ts';
import type { StandingWorkflow } from './standing-workflows.ts';

export interface TriggerHost {
  readonly state: StationState;
  append(event: StationEvent): unknown;
  /** Adds work that a cause brings, once. */
  admit(cause: string, workflow: StandingWorkflow, more?: { after?: string }): void;
}

/** A time that is so long past was missed: the machine slept, or nobody was there. */
const MISSED_MS = 2 * 60_000;
/** More times than this are not counted one by one. */
const MOST = 1000;

/**
 * Starts workflows when their time has come or another one has ended. Each cause is admitted once; of the times that were
 * missed only the last is made up for. A clock that jumped back waits until it is where it was.
 */
export class Triggers {
  readonly #workflows: readonly StandingWorkflow[];
  readonly #host: TriggerHost;
  /** For each schedule, the first time after what was seen of it. */
  readonly #next = new Map<string, { seen: number; at: number }>();

  constructor(workflows: readonly StandingWorkflow[], host: TriggerHost) {
    this.#workflows = workflows;
    this.#host = host;
  }

  look(now: number): void {
    for (const workflow of this.#workflows)
      for (const [i, { schedule }] of workflow.on.entries()) if (schedule) this.#schedule(workflow, i, schedule, now);
    this.#ended();
  }

  /** When the next schedule comes; undefined: none does. */
  nextAt(): number | undefined {
    const times = [...this.#next.values()].map(({ at }) => at).filter(Number.isFinite);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  #schedule(
    workflow: StandingWorkflow,
    index: number,
    schedule: NonNullable<StandingWorkflow['on'][number]['schedule']>,
    now: number,
  ): void {
    const { state, append, admit } = this.#host;
    const key = `${workflow.name}#${index}`;
    const seen = state.schedules.get(key);
    // What came before anybody heard of it is nobody's to make up for.
    if (seen === undefined) {
      append({ type: 'schedule-seen', workflow: key, until: now });
      this.#nextAfter(key, schedule, now);
      return;
    }
    if (this.#nextAfter(key, schedule, seen) > now) return;
    const cron = cronOf(schedule);
    const times: number[] = [];
    for (let at = cron.nextRun(new Date(seen)); at && at.getTime() <= now && times.length < MOST; ) {
      times.push(at.getTime());
      at = cron.nextRun(at);
    }
    const last = times.at(-1);
    if (last === undefined) return;
    const first = times[0] as number;
    const missed = now - last > MISSED_MS ? times.length : times.length - 1;
    if (missed > 0) append({ type: 'schedule-missed', workflow: workflow.name, from: first, to: last, times: missed });
    admit(`schedule ${key} ${new Date(last).toISOString()}`, workflow);
    append({ type: 'schedule-seen', workflow: key, until: last });
    this.#nextAfter(key, schedule, last);
  }

  #nextAfter(key: string, schedule: { cron: string; zone?: string | undefined }, seen: number): number {
    const known = this.#next.get(key);
    if (known?.seen === seen) return known.at;
    const at = cronOf(schedule).nextRun(new Date(seen))?.getTime() ?? Number.POSITIVE_INFINITY;
    this.#next.set(key, { seen, at });
    return at;
  }

  #ended(): void {
    const { state, admit } = this.#host;
    for (const workflow of this.#workflows)
      for (const { ended } of workflow.on) {
        if (!ended) continue;
        for (const run of state.runs.values()) {
          const name = state.items.get(run.item)?.workflow?.name;
          if (!run.end || name !== ended.workflow) continue;
          const good = run.end.outcome === 'completed';
          const when = ended.when ?? 'completed';
          if (when === 'ended' || (when === 'completed') === good)
            admit(`ended ${run.id} for ${workflow.name}`, workflow, { after: run.id });
        }
      }
  }
}
