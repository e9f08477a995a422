import type { SessionHost } from '../../protocol/events.ts';
import type { Member } from '../../protocol/member.ts';
import type { StationEvent, StationRequest } from '../../protocol/station.ts';
import type { Clock, Disposable, Log } from '../ports.ts';
import type { EventJournal } from '../session/contract.ts';
import type { RequestOutcome } from '../session/inbox.ts';
import { HEALTH_MINUTES } from '../team/options.ts';
import { bugsAfter } from './bugs.ts';
import { type ChooseOptions, chooseStarts } from './choose.ts';
import type { Item, MemberState, OpenRun, Outside, Run, RunEnd, Runs, StationState, Writes } from './contract.ts';
import { keepNewest } from './fold/fold.ts';
import { ended } from './fold/queue.ts';
import { HealthWatch } from './health.ts';
import { planOf } from './item-plan.ts';
import { chooseYields } from './make-room.ts';
import { asideRun } from './members.ts';
import { OutsideTriggers } from './outside-triggers.ts';
import { handleQueue, isQueueRequest } from './requests.ts';
import type { StandingWorkflow } from './standing-workflows.ts';
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
}

export interface StationStart {
  pid: number;
  host: SessionHost;
  version: string;
  members: Member[];
  fallback?: string;
  rehearsal?: string;
}

export interface StationSettings {
  /** Between two looks at everybody's health. */
  healthMs: number;
  /** Pauses before a run that died is resumed: each twice the one before, from the first to the longest. */
  resumeMs: number;
  longestResumeMs: number;
  /** So often a run is resumed after it died. */
  resumes: number;
}

export const STATION_DEFAULTS: StationSettings = {
  healthMs: HEALTH_MINUTES * 60_000,
  resumeMs: 30_000,
  longestResumeMs: 30 * 60_000,
  resumes: 5,
};

/** Of so many runs that are over it is known what they changed. */
const CHANGED = 50;

/** A member as it was resolved, for a session to know. */
function withoutFigures({ paused, parked, run, done, failed, ms, cost, ...member }: MemberState): Member {
  return member;
}

/** Gives the queue's work to the members, one run at a time each, and sees every run to its end. */
export class Station {
  readonly #ports: StationPorts;
  readonly #settings: StationSettings;
  readonly #open = new Map<string, OpenRun>();
  /** Runs from their beginning to their end. */
  readonly #following = new Set<Promise<void>>();
  readonly #timers = new Map<string, Disposable>();
  readonly #health: HealthWatch;
  readonly #triggers: Triggers;
  readonly #outside: OutsideTriggers;
  #watching: Disposable | undefined;
  /** What runs which are over have left in files, the newest last. */
  readonly #changed = new Map<string, Map<string, readonly (string | null)[]>>();
  readonly #stopped = Promise.withResolvers<void>();
  #stopping: string | undefined;
  #looking = false;
  #again = false;

  constructor(ports: StationPorts, settings: Partial<StationSettings> = {}) {
    this.#ports = ports;
    this.#settings = { ...STATION_DEFAULTS, ...settings };
    this.#health = new HealthWatch({ ...ports, open: this.#open, restart: run => this.#restart(run) });
    const host = {
      state: ports.journal.state,
      append: (event: StationEvent) => ports.journal.append(event),
      admit: (cause: string, workflow: StandingWorkflow, more = {}) => this.#admit(cause, workflow, more),
      full: (workflow: StandingWorkflow) => this.#openOf(workflow) >= (workflow.queued.concurrency ?? 1),
      changed: (run: string) => this.#open.get(run)?.changed() ?? this.#changed.get(run) ?? new Map(),
    };
    this.#triggers = new Triggers(ports.workflows ?? [], host);
    this.#outside = new OutsideTriggers(ports.workflows ?? [], host);
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
    const { journal } = this.#ports;
    const clean = this.state.stopped !== undefined;
    journal.append({ type: 'station-started', ...start });
    for (const run of this.state.runs.values()) if (!run.end && !run.aside) this.#goOn(run, clean);
    this.#tick();
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
      problem: text => this.#ports.journal.append({ type: 'notice', level: 'warning', text }),
    });
  }

  /** What people, and other programs of theirs, ask. */
  handle(body: StationRequest, id: string): RequestOutcome {
    const { journal } = this.#ports;
    const host = { state: this.state, append: (event: StationEvent) => journal.append(event), runs: true };
    const done = isQueueRequest(body)
      ? handleQueue({ ...host, choosing: () => this.#choosing() }, body, id)
      : this.#handleTeam(body);
    this.look();
    return done;
  }

  /** Adds a workflow that a cause brought. Each cause brings it once, and never more of it than may be at once. */
  #admit(cause: string, workflow: StandingWorkflow, { after, note }: { after?: string; note?: string }): void {
    const { state } = this;
    if (state.causes.has(cause)) return;
    const { journal } = this.#ports;
    const { name, queued } = workflow;
    const open = this.#openOf(workflow);
    const full = open >= (queued.concurrency ?? 1);
    const why =
      note ?? (full ? `left out, since ${open} of its runs ${open === 1 ? 'is' : 'are'} not over` : undefined);
    if (why !== undefined) {
      journal.append({ type: 'cause-admitted', cause, workflow: name, note: why });
      return;
    }
    journal.append({
      type: 'item-added',
      item: `q${state.counts.items + 1}`,
      text: queued.plan.goal,
      priority: 5,
      needs: [],
      workflow: queued,
      by: 'trigger',
      cause,
      ...(after !== undefined && { after }),
    });
  }

  /** How many of its runs are not over. */
  #openOf({ name }: StandingWorkflow): number {
    return [...this.state.items.values()].filter(item => item.workflow?.name === name && !ended(item)).length;
  }

  /** Stops cleanly: every run can go on. */
  stop(reason: string): Promise<void> {
    if (this.#stopping === undefined) {
      this.#stopping = reason;
      for (const timer of this.#timers.values()) timer.dispose();
      this.#timers.clear();
      this.#watching?.dispose();
      for (const run of this.#open.values()) run.stop(reason);
      void this.#end(reason);
    }
    return this.stopped;
  }

  async #end(reason: string): Promise<void> {
    await Promise.all(this.#following);
    this.#ports.journal.append({ type: 'station-stopped', reason });
    this.#stopped.resolve();
  }

  /** Begins what can begin. Everything follows from the state, so that it may be called at any time. */
  readonly look = (): void => {
    this.#again = true;
    if (this.#looking) return;
    this.#looking = true;
    try {
      while (this.#again && this.#stopping === undefined) {
        this.#again = false;
        this.#triggers.look(this.#ports.clock.now());
        this.#outside.look();
        for (const { item, members } of chooseStarts(this.state, this.#choosing())) this.#begin(item, members);
        for (const { run, to } of chooseYields(this.state, this.#choosing())) this.#makeRoom(run, to);
      }
    } finally {
      this.#looking = false;
    }
    this.#wake();
  };

  #choosing(): ChooseOptions {
    const { clock, runs } = this.#ports;
    return { now: clock.now(), alone: item => runs.alone({ deliver: item.deliver === true }) };
  }

  #makeRoom(run: string, { id }: Item): void {
    this.#ports.journal.append({ type: 'run-yields', run, to: id });
    this.#open.get(run)?.setAside(`${id} is for now and goes first`);
  }

  #begin(item: Item, members: readonly Member[]): void {
    const aside = asideRun(this.state, item);
    if (aside) {
      this.#resume(aside.id, aside.resumed);
      return;
    }
    const run = `r${this.state.counts.runs + 1}`;
    const session = this.#ports.newSession();
    const names = members.map(({ name }) => name);
    this.#ports.journal.append({ type: 'run-started', run, item: item.id, session, members: names });
    this.#run(run);
  }

  #run(id: string): void {
    const run = this.#follow(id).finally(() => this.#following.delete(run));
    this.#following.add(run);
  }

  /** From before its session is there until it has ended, died, or was stopped with the station. */
  async #follow(id: string): Promise<void> {
    const { journal, runs, log } = this.#ports;
    const run = this.state.runs.get(id) as Run;
    const item = this.state.items.get(run.item);
    if (!item) return;
    try {
      // Before anything happens it is on disk that it does.
      await journal.flush();
      if (this.#stopping !== undefined) return;
      const all = [...this.state.members.values()].map(withoutFigures);
      const others = item.workflow?.members.filter(({ name }) => !this.state.members.has(name)) ?? [];
      const members = item.workflow ? [...all, ...others] : all.filter(({ name }) => run.members.includes(name));
      const plan = planOf(item, run.members[0] ?? '');
      const deliver = item.deliver === true;
      const unpause = (run.yielded ?? 0) > 0 || run.yields !== undefined;
      const { session } = run;
      const again = run.broke === true;
      const opened = await runs.open({ run: id, session, goal: plan.goal, plan, members, deliver, unpause, again });
      if (!opened.ok) {
        if (opened.retry === 'unanswered') this.#park(run, opened.message, opened.begun === true);
        else if (opened.retry === 'soon') this.#died(id, opened.message);
        else this.#ended(id, { outcome: 'failed', reason: opened.message, ms: 0 });
        return;
      }
      this.#open.set(id, opened.run);
      const watch = opened.run.watch(() => this.#health.lookAt(id));
      // What it asked before it stopped, it asks again.
      this.#health.lookAt(id);
      if (this.#stopping !== undefined) opened.run.stop(this.#stopping);
      else if (run.yields !== undefined) opened.run.setAside(`${run.yields} is for now and goes first`);
      const end = await opened.run.done;
      watch.dispose();
      this.#keepChanged(id, opened.run.changed());
      this.#open.delete(id);
      const interrupted = end.outcome === 'interrupted' && this.#stopping === undefined;
      if (interrupted && run.yields !== undefined)
        journal.append({ type: 'run-set-aside', run: id, reason: `${run.yields} goes first` });
      else if (interrupted) this.#died(id, end.reason);
      else if (end.until !== undefined)
        journal.append({ type: 'run-set-aside', run: id, reason: end.reason, until: end.until, broke: true });
      else if (end.outcome !== 'interrupted') this.#ended(id, end);
    } catch (error) {
      log.write('error', `run ${id} broke`, error);
      this.#open.delete(id);
      this.#died(id, error instanceof Error ? error.message : String(error));
    } finally {
      this.look();
    }
  }

  #keepChanged(run: string, writes: Writes): void {
    // What is written over nobody has left there.
    for (const earlier of this.#changed.values()) for (const path of writes.keys()) earlier.delete(path);
    this.#changed.set(run, new Map(writes));
    keepNewest(this.#changed, CHANGED);
  }

  #ended(run: string, end: RunEnd): void {
    const { outcome, reason, ms, cost, tokens } = end;
    const known = this.state.runs.get(run);
    // Before its end: what dies in between ends once more, and brings no bug twice.
    if (known) for (const event of bugsAfter(this.state, known, end)) this.#ports.journal.append(event);
    const figures = { ...(cost !== undefined && { cost }), ...(tokens !== undefined && { tokens }) };
    const kept = outcome === 'interrupted' ? 'lost' : outcome;
    this.#ports.journal.append({ type: 'run-ended', run, outcome: kept, reason, ms: Math.max(0, ms), ...figures });
  }

  /** Nothing of it is lost: its members try again after a pause that grows as long as no model answers. */
  #park({ id, members }: Run, reason: string, begun: boolean): void {
    const { resumeMs, longestResumeMs } = this.#settings;
    const times = Math.max(0, ...members.map(name => this.state.members.get(name)?.parked?.times ?? 0));
    const until = this.#ports.clock.now() + Math.min(longestResumeMs, resumeMs * 2 ** times);
    const unbegun = !begun && { unbegun: true };
    this.#ports.journal.append({ type: 'run-set-aside', run: id, reason, until, ...unbegun });
  }

  /** It is resumed after a pause that grows, a bounded number of times. */
  #died(id: string, reason: string): void {
    const run = this.state.runs.get(id);
    if (!run || run.end) return;
    const { resumes, resumeMs, longestResumeMs } = this.#settings;
    if (run.resumed >= resumes) {
      this.#ended(id, { outcome: 'failed', reason: `it ended ${run.resumed + 1} times on its own: ${reason}`, ms: 0 });
      return;
    }
    const pause = Math.min(longestResumeMs, resumeMs * 2 ** run.resumed);
    this.#ports.journal.append({ type: 'run-died', run: id, reason, again: this.#ports.clock.now() + pause });
    this.#later(`resume ${id}`, pause, () => this.#resume(id, run.resumed + 1));
  }

  #resume(id: string, attempt: number): void {
    if (this.#stopping !== undefined) return;
    this.#ports.journal.append({ type: 'run-resumed', run: id, attempt });
    this.#run(id);
  }

  /** After a start: what was stopped cleanly goes on; what died with the station counts as having died. */
  #goOn(run: Run, clean: boolean): void {
    if (run.again !== undefined) {
      const pause = Math.max(0, Math.min(run.again - this.#ports.clock.now(), this.#settings.longestResumeMs));
      this.#later(`resume ${run.id}`, pause, () => this.#resume(run.id, run.resumed + 1));
    } else if (clean) this.#resume(run.id, run.resumed);
    else if (run.resumed >= this.#settings.resumes) this.#died(run.id, 'the standing team was ended with it');
    else this.#resume(run.id, run.resumed + 1);
  }

  /** A run that does nothing any more is stopped, and goes on from its journal. */
  #restart(id: string): void {
    this.#open.get(id)?.stop('nothing has happened in it for long');
  }

  #handleTeam(body: Exclude<StationRequest, { kind: `queue-${string}` }>): RequestOutcome {
    const { journal } = this.#ports;
    switch (body.kind) {
      case 'pause':
      case 'unpause':
        return this.#pause(body.member, body.kind === 'pause');
      case 'abort':
        return this.#abort(body);
      case 'stop':
        void this.stop(body.reason ?? 'asked to');
        return { ok: true, message: 'the standing team stops; what it was at goes on when it starts again' };
      default:
        journal.append({
          type: 'notice',
          level: 'warning',
          text: `"${(body as { kind: string }).kind}" is not known here`,
        });
        return { ok: false, message: 'that is not known here' };
    }
  }

  #pause(name: string | undefined, paused: boolean): RequestOutcome {
    const { journal } = this.#ports;
    if (name === undefined) {
      if (this.state.paused === paused) return { ok: false, message: `it is ${paused ? '' : 'not '}paused already` };
      journal.append({ type: 'station-paused', paused });
      return { ok: true, message: paused ? 'nothing more begins; what is under way goes on' : 'work begins again' };
    }
    const member = this.state.members.get(name);
    if (!member) return { ok: false, message: `there is no member "${name}"` };
    if (member.paused === paused) return { ok: false, message: `${name} is ${paused ? '' : 'not '}paused already` };
    journal.append({ type: 'member-paused', member: name, paused });
    return { ok: true, message: paused ? `${name} takes nothing more` : `${name} takes work again` };
  }

  #abort({ member, run, reason = 'asked to' }: Extract<StationRequest, { kind: 'abort' }>): RequestOutcome {
    const found = [...this.state.runs.values()].find(
      one =>
        !one.end &&
        (run === undefined || one.id === run || one.item === run || one.session === run) &&
        (member === undefined || one.members.includes(member)),
    );
    if (!found) return { ok: false, message: `${member ?? run ?? 'nobody'} is at nothing that could be ended` };
    const open = this.#open.get(found.id);
    if (open) open.abort(reason);
    else {
      this.#timers.get(`resume ${found.id}`)?.dispose();
      this.#ended(found.id, { outcome: 'aborted', reason, ms: 0 });
    }
    return { ok: true, message: `${found.item} is ended` };
  }

  #tick(): void {
    this.#later('health', this.#settings.healthMs, () => {
      this.#health.look();
      this.look();
      this.#tick();
    });
  }

  /** Time alone may let something begin: hours open, and those who rested are back. */
  #wake(): void {
    const now = this.#ports.clock.now();
    const times = [wakeAt(this.state, now), this.#triggers.nextAt()].filter(time => time !== undefined);
    const at = times.length === 0 ? undefined : Math.min(...times);
    this.#timers.get('wake')?.dispose();
    this.#timers.delete('wake');
    if (at === undefined || this.#stopping !== undefined) return;
    this.#later('wake', Math.min(this.#settings.healthMs, Math.max(1, at - now)), this.look);
  }

  #later(name: string, ms: number, run: () => void): void {
    if (this.#stopping !== undefined) return;
    this.#timers.get(name)?.dispose();
    this.#timers.set(
      name,
      this.#ports.clock.after(ms, () => {
        this.#timers.delete(name);
        run();
      }),
    );
  }
}
