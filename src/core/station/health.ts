import { showDuration } from '../../protocol/show.ts';
import type { StationEvent } from '../../protocol/station.ts';
import type { Clock } from '../ports.ts';
import type { EventJournal } from '../session/contract.ts';
import type { OpenRun, Pulse, Run, StationState } from './contract.ts';

export interface HealthHost {
  journal: EventJournal<StationState, StationEvent>;
  clock: Clock;
  open: ReadonlyMap<string, OpenRun>;
  restart(run: string): void;
}

type Health = NonNullable<Run['health']>;

/** How long nothing may happen in a run that waits for nobody. */
const SILENT_MS = 15 * 60_000;
const ALERT = 0.8;

/** How a run does, in one word and for people. */
export function healthOf({ lastAt, asks, spent = 0, local, broke }: Pulse, now: number): Health {
  // Who waits for money is silent, and nothing is wrong with it.
  if (broke !== undefined) return { state: 'out-of-money', text: broke };
  const share = `${Math.round(spent * 100)} % of its budget is spent`;
  if (local) return { state: 'over-budget', text: `${share}: it goes on with models that cost nothing` };
  if (asks.length === 0 && now - lastAt >= SILENT_MS)
    return { state: 'silent', text: `nothing has happened in it for ${showDuration(now - lastAt)}` };
  return spent >= ALERT ? { state: 'alert', text: share } : { state: 'well', text: 'it makes progress' };
}

/** Looks at every run: whether it does something, what it asks, what it costs. Only what is different is written. */
export class HealthWatch {
  readonly #host: HealthHost;

  constructor(host: HealthHost) {
    this.#host = host;
  }

  look(): void {
    for (const id of this.#host.open.keys()) {
      // Its own supervisor has had its time; what is silent at two looks is gone.
      if (this.lookAt(id) === 'silent') this.#host.restart(id);
    }
  }

  /** Looks at one run; returns its health where it has not changed. */
  lookAt(id: string): Health['state'] | undefined {
    const { open, clock, journal } = this.#host;
    const run = open.get(id);
    if (!run) return undefined;
    this.#asks(id);
    const before = journal.state.runs.get(id)?.health?.state ?? 'well';
    const health = healthOf(run.pulse(), clock.now());
    if (health.state === before) return before;
    journal.append({ type: 'run-health', run: id, ...health });
    return undefined;
  }

  /** What waits for a person in a run. */
  #asks(id: string): void {
    const { open, journal } = this.#host;
    const now = open.get(id)?.pulse().asks ?? [];
    const before = journal.state.runs.get(id)?.asks ?? [];
    const same = now.length === before.length && now.every(({ ask }, i) => before[i]?.ask === ask);
    if (!same) journal.append({ type: 'run-waits', run: id, asks: now });
  }
}
