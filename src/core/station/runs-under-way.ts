import type { Member } from '../../protocol/member.ts';
import type { StationEvent } from '../../protocol/station.ts';
import type { Clock, HashOf, Log } from '../ports.ts';
import type { EventJournal } from '../session/contract.ts';
import { bugsAfter } from './bugs.ts';
import type {
  History,
  Item,
  MemberState,
  NotOpened,
  OpenRun,
  Run,
  RunEnd,
  Runs,
  StationState,
  Writes,
} from './contract.ts';
import { keepNewest } from './fold/fold.ts';
import { planOf } from './item-plan.ts';
import { asideRun } from './members.ts';
import { betweenOf, checksAfter, type ReadBetween } from './regressions.ts';
import type { Timers } from './timers.ts';

export interface ResumeSettings {
  /** Pauses before a run that died is resumed: each twice the one before, from the first to the longest. */
  resumeMs: number;
  longestResumeMs: number;
  /** How often a run is resumed after it died. */
  resumes: number;
}

interface Parts {
  journal: EventJournal<StationState, StationEvent>;
  clock: Clock;
  log: Log;
  runs: Runs;
  history?: History;
  hashOf: HashOf;
  timers: Timers;
  settings: ResumeSettings;
  newSession(): string;
  /** When what a run waits for or how it does may be different. */
  stirred(run: string): void;
  /** When one is over, or rests. */
  left(): void;
}

/** What this many of the newest runs changed is remembered after they are over. */
const REMEMBERED = 50;

/** A member as it was resolved, for a session to know. */
function withoutFigures({ paused, parked, run, done, failed, ms, cost, ...member }: MemberState): Member {
  return member;
}

const yieldReason = (item: string) => `${item} is for now and goes first`;

/** Sees every run from its beginning to its end: it is resumed when it died, and rests while no model answers. */
export class RunsUnderWay {
  readonly #parts: Parts;
  readonly #open = new Map<string, OpenRun>();
  /** From before the session of a run is there until the run is written. */
  readonly #followed = new Set<Promise<void>>();
  /** What runs which are over have left in files, the newest last. */
  readonly #writes = new Map<string, Map<string, readonly (string | null)[]>>();
  #stopping: string | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get open(): ReadonlyMap<string, OpenRun> {
    return this.#open;
  }

  /** What a run has put into files of the workspace. */
  writesOf(run: string): Writes {
    return this.#open.get(run)?.changed() ?? this.#writes.get(run) ?? new Map();
  }

  /** Begins work on an item, or goes on with what was set aside of it. */
  beginWork(item: Item, members: readonly Member[]): void {
    const { journal, newSession } = this.#parts;
    const aside = asideRun(journal.state, item);
    if (aside) {
      this.#resume(aside.id, aside.resumed);
      return;
    }
    const run = `r${journal.state.counts.runs + 1}`;
    const names = members.map(({ name }) => name);
    journal.append({ type: 'run-started', run, item: item.id, session: newSession(), members: names });
    this.#run(run);
  }

  /** After a start: what was stopped cleanly goes on; what died with the station counts as having died. */
  goOn(run: Run, clean: boolean): void {
    const { clock, settings } = this.#parts;
    if (run.again !== undefined) this.#resumeIn(run, Math.min(run.again - clock.now(), settings.longestResumeMs));
    else if (clean) this.#resume(run.id, run.resumed);
    else if (run.resumed >= settings.resumes) this.#died(run.id, 'the standing team was ended with it');
    else this.#resume(run.id, run.resumed + 1);
  }

  /** Sets a run aside as soon as its agents have finished their turns. */
  makeRoom(run: string, { id }: Item): void {
    this.#parts.journal.append({ type: 'run-yields', run, to: id });
    this.#open.get(run)?.setAside(yieldReason(id));
  }

  /** A run that does nothing any more is stopped, and goes on from its journal. */
  restart(run: string): void {
    this.#open.get(run)?.stop('nothing has happened in it for long');
  }

  /** Ends a run for good. */
  abort({ id }: Run, reason: string): void {
    const open = this.#open.get(id);
    if (open) open.abort(reason);
    else {
      this.#parts.timers.clear(`resume ${id}`);
      this.#ended(id, { outcome: 'aborted', reason, ms: 0 });
    }
  }

  /** Stops every run so that it can go on, and waits until all are written. */
  async stop(reason: string): Promise<void> {
    this.#stopping ??= reason;
    for (const run of this.#open.values()) run.stop(reason);
    await Promise.all(this.#followed);
  }

  #run(id: string): void {
    const run = this.#follow(id).finally(() => this.#followed.delete(run));
    this.#followed.add(run);
  }

  async #follow(id: string): Promise<void> {
    const { journal, log, left } = this.#parts;
    const run = journal.state.runs.get(id) as Run;
    const item = journal.state.items.get(run.item);
    if (!item) return;
    try {
      // Before anything happens it is on disk that it does.
      await journal.flush();
      if (this.#stopping !== undefined) return;
      const opened = await this.#openRun(run, item);
      if (opened.ok) {
        const end = await this.#watch(run, opened.run);
        const between = await betweenOf(journal.state, run, end.checks ?? [], this.#parts);
        // Until here whoever ends the work is told that it is over.
        this.#open.delete(id);
        this.#settle(run, end, between);
      } else this.#refused(run, opened);
    } catch (error) {
      log.write('error', `run ${id} broke`, error);
      this.#open.delete(id);
      this.#died(id, error instanceof Error ? error.message : String(error));
    } finally {
      left();
    }
  }

  #openRun(run: Run, item: Item): ReturnType<Runs['open']> {
    const { journal, runs } = this.#parts;
    const team = journal.state.members;
    const all = [...team.values()].map(withoutFigures);
    const others = item.workflow?.members.filter(({ name }) => !team.has(name)) ?? [];
    const plan = planOf(item, run.members[0] ?? '');
    return runs.open({
      run: run.id,
      session: run.session,
      goal: plan.goal,
      plan,
      attached: item.attached,
      members: item.workflow ? [...all, ...others] : all.filter(({ name }) => run.members.includes(name)),
      deliver: item.deliver === true,
      unpause: (run.yielded ?? 0) > 0 || run.yields !== undefined,
      again: run.broke === true,
    });
  }

  async #watch({ id, yields }: Run, open: OpenRun): Promise<RunEnd> {
    const { stirred } = this.#parts;
    this.#open.set(id, open);
    const watch = open.watch(() => stirred(id));
    // What it asked before it stopped, it asks again.
    stirred(id);
    if (this.#stopping !== undefined) open.stop(this.#stopping);
    else if (yields !== undefined) open.setAside(yieldReason(yields));
    const end = await open.done;
    watch.dispose();
    this.#keepWrites(id, open.changed());
    return end;
  }

  #refused(run: Run, { message, retry, begun }: NotOpened): void {
    if (retry === 'unanswered') this.#park(run, message, begun === true);
    else if (retry === 'soon') this.#died(run.id, message);
    else this.#ended(run.id, { outcome: 'failed', reason: message, ms: 0 });
  }

  #settle({ id, yields }: Run, end: RunEnd, between: ReadBetween): void {
    const { journal } = this.#parts;
    const interrupted = end.outcome === 'interrupted' && this.#stopping === undefined;
    if (interrupted && yields !== undefined)
      journal.append({ type: 'run-set-aside', run: id, reason: `${yields} goes first` });
    else if (interrupted) this.#died(id, end.reason);
    else if (end.until !== undefined)
      journal.append({ type: 'run-set-aside', run: id, reason: end.reason, until: end.until, broke: true });
    else if (end.outcome !== 'interrupted') this.#ended(id, end, between);
  }

  #keepWrites(run: string, writes: Writes): void {
    // What is written over nobody has left there.
    for (const earlier of this.#writes.values()) for (const path of writes.keys()) earlier.delete(path);
    this.#writes.set(run, new Map(writes));
    keepNewest(this.#writes, REMEMBERED);
  }

  #ended(run: string, end: RunEnd, between?: ReadBetween): void {
    const { journal, hashOf } = this.#parts;
    const { outcome, reason, ms, cost, tokens, wrote, checks = [] } = end;
    const known = journal.state.runs.get(run);
    // Before its end: what dies in between ends once more, and brings no bug twice.
    if (known) {
      for (const event of bugsAfter(journal.state, known, end, hashOf)) journal.append(event);
      for (const event of checksAfter(journal.state, known, checks, { between, hashOf })) journal.append(event);
    }
    const figures = { ...(cost !== undefined && { cost }), ...(tokens !== undefined && { tokens }) };
    const changed = wrote === undefined ? {} : { wrote };
    const kept = outcome === 'interrupted' ? 'lost' : outcome;
    journal.append({ type: 'run-ended', run, outcome: kept, reason, ms: Math.max(0, ms), ...figures, ...changed });
  }

  /** Nothing of it is lost: its members try again after a pause that grows as long as no model answers. */
  #park({ id, members }: Run, reason: string, begun: boolean): void {
    const { journal, clock } = this.#parts;
    const times = Math.max(0, ...members.map(name => journal.state.members.get(name)?.parked?.times ?? 0));
    const until = clock.now() + this.#pause(times);
    journal.append({ type: 'run-set-aside', run: id, reason, until, ...(!begun && { unbegun: true }) });
  }

  /** It is resumed after a pause that grows, a bounded number of times. */
  #died(id: string, reason: string): void {
    const { journal, clock, settings } = this.#parts;
    const run = journal.state.runs.get(id);
    if (!run || run.end) return;
    if (run.resumed >= settings.resumes) {
      this.#ended(id, { outcome: 'failed', reason: `it ended ${run.resumed + 1} times on its own: ${reason}`, ms: 0 });
      return;
    }
    const pause = this.#pause(run.resumed);
    journal.append({ type: 'run-died', run: id, reason, again: clock.now() + pause });
    this.#resumeIn(run, pause);
  }

  /** Twice as long each time. */
  #pause(times: number): number {
    const { resumeMs, longestResumeMs } = this.#parts.settings;
    return Math.min(longestResumeMs, resumeMs * 2 ** times);
  }

  #resumeIn({ id, resumed }: Run, ms: number): void {
    this.#parts.timers.set(`resume ${id}`, Math.max(0, ms), () => this.#resume(id, resumed + 1));
  }

  #resume(id: string, attempt: number): void {
    if (this.#stopping !== undefined) return;
    this.#parts.journal.append({ type: 'run-resumed', run: id, attempt });
    this.#run(id);
  }
}
