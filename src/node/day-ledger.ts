import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Clock, Disposable, Log } from '../core/ports.ts';
import type { DayHold, DayLedger } from '../core/routing/day-ledger.ts';
import type { NanoUsd } from '../protocol/ids.ts';
import { type Day, type DayRecord, dayOf, grantedOn, type Holder, parseRecord, spentOn, tidied } from './day-record.ts';
import { codeOf } from './error-code.ts';
import { VersionedFile } from './versioned-file.ts';

export interface DayLedgerOptions {
  /** One for all windows of the user. */
  folder: string;
  limit?: NanoUsd;
  clock: Clock;
  log: Log;
  /** Whether a process of this machine still runs. */
  alive?: (pid: number) => boolean;
}

/** What was settled reaches the file within this time. */
const FLUSH_MS = 300;
/** How often a busy day is looked at again. */
const LOOK_MS = 1000;
/** A holder that has not been heard of for so long is gone, whatever its process id says now. */
const SILENCE_MS = 600_000;
/** A new day is noticed within this time. */
const NEW_DAY_MS = 60_000;

/** This process's part of one day. */
interface Share {
  spent: NanoUsd;
  /** Held by calls under way. */
  open: NanoUsd;
  /** What the file lets us spend beyond `spent`. */
  granted: NanoUsd;
  /** Part of `spent` that others have already counted, having taken us for dead. */
  counted: NanoUsd;
  /** What the file says of us: all we had spent when it was written, and what we held. */
  written: NanoUsd | undefined;
  held: NanoUsd;
  /** What the others have spent, when we last looked. */
  others: NanoUsd;
}

interface Waiting {
  amount: NanoUsd;
  done: (how: 'granted' | 'spent' | 'aborted') => void;
}

/** The day's budget over all processes of one user, in a folder of theirs. */
export class FileDayLedger implements DayLedger {
  #options: DayLedgerOptions;
  #file: VersionedFile<DayRecord>;
  #id = `${process.pid}-${randomBytes(4).toString('hex')}`;
  #limit: NanoUsd | undefined;
  #shares = new Map<string, Share>();
  #waiting = new Set<Waiting>();
  #working: Promise<void> | undefined;
  #again = false;
  #timer: Disposable | undefined;
  #due = 0;

  constructor(options: DayLedgerOptions) {
    this.#options = options;
    this.#limit = options.limit;
    this.#file = new VersionedFile(options.folder, parseRecord, () => ({ v: 1, days: {} }));
  }

  /** Reads what others have spent today; before the first `today()` that shall be right. */
  refresh(): Promise<void> {
    return this.#work();
  }

  take(amount: NanoUsd): DayHold | undefined {
    const share = this.#share(this.#day());
    if (this.#limit !== undefined && share.granted - share.open < amount) return undefined;
    share.open += amount;
    let settled = false;
    return {
      settle: cost => {
        if (settled) return;
        settled = true;
        share.open -= amount;
        // What the call left over may be used at once; the file still holds it for us.
        share.granted = Math.max(share.open, share.granted - cost);
        share.spent += cost;
        this.#later(this.#waiting.size > 0 ? 0 : FLUSH_MS);
      },
    };
  }

  room(amount: NanoUsd, signal: AbortSignal): Promise<'granted' | 'spent' | 'aborted'> {
    if (signal.aborted) return Promise.resolve('aborted');
    return new Promise(resolve => {
      const waiting: Waiting = {
        amount,
        done: how => {
          this.#waiting.delete(waiting);
          signal.removeEventListener('abort', leave);
          resolve(how);
        },
      };
      const leave = () => waiting.done('aborted');
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.add(waiting);
      void this.#work();
    });
  }

  today(): { day: string; spent: NanoUsd; limit?: NanoUsd } {
    const day = this.#day();
    const { spent, counted, others } = this.#share(day);
    return { day, spent: spent - counted + others, ...(this.#limit !== undefined && { limit: this.#limit }) };
  }

  setLimit(limit: NanoUsd | undefined): void {
    this.#limit = limit;
    void this.#work();
  }

  whenOver(run: () => void): Disposable {
    const { clock } = this.#options;
    const day = this.#day();
    // Looked at now and then rather than at midnight: the clock may be set, and the machine may sleep.
    const look = (): Disposable =>
      clock.after(NEW_DAY_MS, () => {
        if (this.#day() === day) timer = look();
        else run();
      });
    let timer = look();
    return { dispose: () => timer.dispose() };
  }

  /** Puts everything down; what calls under way still hold counts as spent. */
  async close(): Promise<void> {
    await this.#work();
    this.#cancel();
    for (const waiting of [...this.#waiting]) waiting.done('aborted');
  }

  #day(): string {
    return dayOf(this.#options.clock.now());
  }

  #share(day: string): Share {
    const known = this.#shares.get(day);
    if (known) return known;
    const fresh: Share = { spent: 0, open: 0, granted: 0, counted: 0, written: undefined, held: 0, others: 0 };
    this.#shares.set(day, fresh);
    return fresh;
  }

  #later(ms: number): void {
    const due = this.#options.clock.monotonic() + ms;
    if (this.#timer && this.#due <= due) return;
    this.#cancel();
    this.#due = due;
    this.#timer = this.#options.clock.after(ms, () => {
      this.#timer = undefined;
      void this.#work();
    });
  }

  #cancel(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
  }

  /** One exchange with the file at a time; whoever comes meanwhile is served by the next. */
  #work(): Promise<void> {
    this.#again = true;
    this.#working ??= this.#exchanges();
    return this.#working;
  }

  async #exchanges(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      try {
        for (const day of new Set([...this.#shares.keys(), this.#day()])) await this.#exchange(day);
      } catch (error) {
        this.#options.log.write('error', 'the day budget cannot be read or written', error);
        // Money that cannot be accounted for is not spent.
        for (const waiting of [...this.#waiting]) waiting.done('spent');
      }
    }
    this.#working = undefined;
    if (this.#waiting.size > 0) this.#later(LOOK_MS);
    else if ([...this.#shares.values()].some(share => share.open > 0)) this.#later(SILENCE_MS / 4);
  }

  /** Says what we spent and hold on a day, and asks for what the waiting need. */
  async #exchange(name: string): Promise<void> {
    const share = this.#share(name);
    const today = name === this.#day();
    const { spent: total, open } = share;
    if (!today && total === share.written && open === 0 && share.held === 0) return;
    // From here on only what is held by calls counts: whoever wants more meanwhile has to ask.
    share.granted = open;
    let fit: Waiting[] = [];
    let seen: Day = { spent: 0, holders: {} };
    await this.#file.update(record => {
      const { days, day } = tidied(record, name, (id, holder) => id !== this.#id && this.#gone(holder));
      seen = day;
      const mine = day.holders[this.#id];
      if (!mine && share.written !== undefined) share.counted = share.written;
      const spent = total - share.counted;
      delete day.holders[this.#id];
      fit = today ? this.#fitting(day, spent + open) : [];
      const granted = open + fit.reduce((sum, { amount }) => sum + amount, 0);
      const at = this.#options.clock.now();
      day.holders[this.#id] = { pid: process.pid, host: hostname(), at, spent, granted };
      share.held = granted;
      const same = (mine?.spent ?? 0) === spent && (mine?.granted ?? 0) === granted;
      return same && (granted === 0 || at - (mine?.at ?? 0) < SILENCE_MS / 8) ? undefined : { v: 1, days };
    });
    share.written = total;
    share.others = spentOn(seen) - (total - share.counted);
    for (const waiting of fit) share.granted += waiting.amount;
    for (const waiting of fit) waiting.done('granted');
    if (!today || this.#limit === undefined) return;
    for (const waiting of [...this.#waiting]) if (spentOn(seen) + waiting.amount > this.#limit) waiting.done('spent');
  }

  /** Those of the waiting that the day still has room for, first come first served. */
  #fitting(day: Day, mine: NanoUsd): Waiting[] {
    if (this.#limit === undefined) return [...this.#waiting];
    let left = this.#limit - spentOn(day) - grantedOn(day) - mine;
    return [...this.#waiting].filter(({ amount }) => {
      if (amount > left) return false;
      left -= amount;
      return true;
    });
  }

  #gone({ pid, host, at }: Holder): boolean {
    if (Math.abs(this.#options.clock.now() - at) > SILENCE_MS) return true;
    return host === hostname() && pid !== process.pid && !(this.#options.alive ?? isAlive)(pid);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
}
