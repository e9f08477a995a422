import type { SessionHost } from '../../protocol/events.ts';
import type { Member } from '../../protocol/member.ts';
import type { StationEvent, StationRequest } from '../../protocol/station.ts';
import type { Clock, Disposable, HashOf, Log } from '../ports.ts';
import type { EventJournal } from '../session/contract.ts';
import type { RequestOutcome } from '../session/inbox.ts';
import { HEALTH_MINUTES } from '../team/options.ts';
import { admitCause, isFull } from './admit.ts';
import { type ChooseOptions, chooseStarts } from './choose.ts';
import type { History, Outside, Runs, StationState } from './contract.ts';
import { HealthWatch } from './health.ts';
import { chooseYields } from './make-room.ts';
import { OutsideTriggers } from './outside-triggers.ts';
import { handleQueue, isQueueRequest } from './requests.ts';
import { type ResumeSettings, RunsUnderWay } from './runs-under-way.ts';
import type { StandingWorkflow } from './standing-workflows.ts';
import { handleTeam } from './team-requests.ts';
import { Timers } from './timers.ts';
import { Triggers } from './triggers.ts';
import { wakeAt } from './wake.ts';

export interface StationPorts {
  journal: EventJournal<StationState, StationEvent>;
  clock: Clock;
  log: Log;
  runs: Runs;
  newSession(): string;
  /** Workflows that something starts, beside people. */
  workflows?: readonly StandingWorkflow[];
  outside?: Outside;
  hashOf: HashOf;
  /** Absent: nobody knows of commits. */
  history?: History;
}

export interface StationStart {
  pid: number;
  host: SessionHost;
  version: string;
  members: Member[];
  fallback?: string;
  rehearsal?: string;
}

export interface StationSettings extends ResumeSettings {
  /** Between two looks at everybody's health. */
  healthMs: number;
}

export const STATION_DEFAULTS: StationSettings = {
  healthMs: HEALTH_MINUTES * 60_000,
  resumeMs: 30_000,
  longestResumeMs: 30 * 60_000,
  resumes: 5,
};

/** Gives the queue's work to the members, one run at a time each, and does what is asked of it. */
export class Station {
  readonly #ports: StationPorts;
  readonly #healthMs: number;
  readonly #timers: Timers;
  readonly #runs: RunsUnderWay;
  readonly #health: HealthWatch;
  readonly #triggers: Triggers;
  readonly #outside: OutsideTriggers;
  #watching: Disposable | undefined;
  readonly #stopped = Promise.withResolvers<void>();
  #stopping = false;
  #looking = false;
  #again = false;

  constructor(ports: StationPorts, given: Partial<StationSettings> = {}) {
    const settings = { ...STATION_DEFAULTS, ...given };
    const { journal, workflows = [] } = ports;
    const { state } = journal;
    this.#ports = ports;
    this.#healthMs = settings.healthMs;
    this.#timers = new Timers(ports.clock);
    this.#runs = new RunsUnderWay({
      ...ports,
      settings,
      timers: this.#timers,
      stirred: run => this.#health.lookAt(run),
      left: this.look,
    });
    this.#health = new HealthWatch({ ...ports, open: this.#runs.open, restart: run => this.#runs.restart(run) });
    const host = {
      state,
      append: this.#append,
      admit: (cause: string, workflow: StandingWorkflow, more: { after?: string; note?: string } = {}) => {
        const admitted = admitCause(state, cause, workflow, more);
        if (admitted) journal.append(admitted);
      },
      full: (workflow: StandingWorkflow) => isFull(state, workflow),
      changed: (run: string) => this.#runs.writesOf(run),
    };
    this.#triggers = new Triggers(workflows, host);
    this.#outside = new OutsideTriggers(workflows, host);
  }

  get state(): StationState {
    return this.#ports.journal.state;
  }

  /** Resolves when it was stopped and all its runs are written. */
  get stopped(): Promise<void> {
    return this.#stopped.promise;
  }

  /** Says who is there, goes on with what was under way, and begins what waits. */
  start(start: StationStart): void {
    const clean = this.state.stopped !== undefined;
    this.#append({ type: 'station-started', ...start });
    for (const run of this.state.runs.values()) if (!run.end && !run.aside) this.#runs.goOn(run, clean);
    this.#checkHealthLater();
    this.#watch();
    this.look();
  }

  /** Looks at what is outside, where a workflow waits for that. */
  #watch(): void {
    this.#outside.forget();
    const wanted = this.#outside.wanted();
    if (wanted.length === 0) return;
    this.#watching = this.#ports.outside?.watch(wanted, {
      seen: sign => {
        this.#outside.see(sign);
        this.look();
      },
      problem: text => this.#append({ type: 'notice', level: 'warning', text }),
    });
  }

  /** What people, and other programs of theirs, ask. */
  handle(body: StationRequest, id: string): RequestOutcome {
    const { state } = this;
    const host = { state, append: this.#append };
    const done = isQueueRequest(body)
      ? handleQueue({ ...host, runs: true, choosing: () => this.#choosing() }, body, id)
      : handleTeam(
          {
            ...host,
            abortRun: (run, reason) => this.#runs.abort(run, reason),
            stop: reason => void this.stop(reason),
          },
          body,
        );
    this.look();
    return done;
  }

  /** Stops cleanly: every run can go on. */
  stop(reason: string): Promise<void> {
    if (!this.#stopping) {
      this.#stopping = true;
      this.#timers.dispose();
      this.#watching?.dispose();
      void this.#runs.stop(reason).then(() => {
        this.#append({ type: 'station-stopped', reason });
        this.#stopped.resolve();
      });
    }
    return this.stopped;
  }

  /** Begins what can begin. Everything follows from the state, so that it may be called at any time. */
  readonly look = (): void => {
    this.#again = true;
    if (this.#looking) return;
    this.#looking = true;
    try {
      while (this.#again && !this.#stopping) {
        this.#again = false;
        this.#triggers.look(this.#ports.clock.now());
        this.#outside.look();
        for (const { item, members } of chooseStarts(this.state, this.#choosing())) this.#runs.beginWork(item, members);
        for (const { run, to } of chooseYields(this.state, this.#choosing())) this.#runs.makeRoom(run, to);
      }
    } finally {
      this.#looking = false;
    }
    this.#wakeLater();
  };

  readonly #append = (event: StationEvent) => this.#ports.journal.append(event);

  #choosing(): ChooseOptions {
    const { clock, runs } = this.#ports;
    return { now: clock.now(), alone: item => runs.alone({ deliver: item.deliver === true }) };
  }

  #checkHealthLater(): void {
    this.#timers.set('health', this.#healthMs, () => {
      this.#health.look();
      this.look();
      this.#checkHealthLater();
    });
  }

  /** Time alone may let something begin: hours open, and those who rested are back. */
  #wakeLater(): void {
    const now = this.#ports.clock.now();
    const times = [wakeAt(this.state, now), this.#triggers.nextAt()].filter(time => time !== undefined);
    if (times.length === 0) this.#timers.clear('wake');
    else this.#timers.set('wake', Math.min(this.#healthMs, Math.max(1, Math.min(...times) - now)), this.look);
  }
}
