import type { Clock, Disposable, Log } from '../core/ports.ts';
import type { Outside, Sign, Wanted, Watched } from '../core/station/contract.ts';
import { FilePrints } from './file-prints.ts';
import { Branches } from './git/branches.ts';

interface Place {
  workspace: string;
  environment: NodeJS.ProcessEnv;
  clock: Clock;
  log: Log;
}

/** What one look found; undefined: it is to be looked again, since something is just being changed and is not to be `taken` so. */
type Look = (taken: boolean) => Promise<Omit<Sign, 'trigger' | 'missed'> | undefined>;

const LOOK_MS = 5000;
/** What is just being changed is looked at again after that; where it does not stand still for so long, it is taken once as it is. */
const SETTLE_MS = 500;
const RESTLESS_MS = 60_000;
/** A look may take this share of the time, but comes that much later at most. */
const SHARE = 0.03;
const LATEST = 20;

/** Branches and files, looked at again and again: what tells of changes misses some, and not everywhere is there one. */
export class NodeOutside implements Outside {
  readonly #place: Place;
  readonly #lookMs: number;

  constructor(place: Place, lookMs = LOOK_MS) {
    this.#place = place;
    this.#lookMs = lookMs;
  }

  watch(wanted: readonly Wanted[], told: { seen(sign: Sign): void; problem(text: string): void }): Disposable {
    const over = new AbortController();
    for (const one of wanted) void this.#follow(one, told, over.signal);
    return { dispose: () => over.abort() };
  }

  async #follow(
    { trigger, workflow, watched, mark }: Wanted,
    told: { seen(sign: Sign): void; problem(text: string): void },
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, log } = this.#place;
    let last = mark;
    let first = true;
    let wrong: string | undefined;
    let look: Look | undefined;
    let restless: { since: number; taken: boolean } | undefined;
    let spent = 0;
    while (!signal.aborted) {
      const began = clock.monotonic();
      let found: Awaited<ReturnType<Look>>;
      try {
        look ??= await this.#lookAt(watched, mark, told.problem);
        found = await look(restless !== undefined && !restless.taken && began - restless.since >= RESTLESS_MS);
        wrong = undefined;
      } catch (error) {
        const text = error instanceof Error ? error.message : String(error);
        if (text !== wrong && !signal.aborted) told.problem(`${workflow} does not begin by itself: ${text}`);
        wrong = text;
        log.write('debug', `${trigger} could not be looked at`, error);
      }
      if (signal.aborted) return;
      if (found && found.mark !== last) {
        told.seen({ trigger, ...found, missed: first && mark !== undefined });
        last = found.mark;
      }
      if (found) first = false;
      spent += clock.monotonic() - began;
      const settling = !found && wrong === undefined;
      if (found && !found.restless) restless = undefined;
      else if (found && restless) restless.taken = true;
      if (settling && !restless) {
        // One more look is soon enough to tell; what both took is rested for after it.
        restless = { since: began, taken: false };
        await pause(clock, Math.min(SETTLE_MS, this.#lookMs), signal);
        continue;
      }
      const least = settling ? Math.min(SETTLE_MS, this.#lookMs) : this.#lookMs;
      const rest = Math.max(least, Math.min(spent / SHARE, LATEST * this.#lookMs));
      spent = 0;
      await pause(clock, rest, signal);
    }
  }

  async #lookAt(watched: Watched, mark: string | undefined, problem: (text: string) => void): Promise<Look> {
    const { workspace, environment } = this.#place;
    if (watched.kind === 'files') {
      const files = new FilePrints(workspace, watched.globs);
      return taken => files.look(taken);
    }
    const branches = await Branches.open(workspace, environment);
    if (mark === undefined) {
      const missing = await branches.missing(watched.branch);
      if (missing !== undefined) problem(missing);
    }
    let last = mark;
    return async () => {
      const found = await branches.look(watched.branch, last);
      last = found.mark;
      return found;
    };
  }
}

const pause = (clock: Clock, ms: number, signal: AbortSignal) =>
  new Promise<void>(resolve => {
    const timer = clock.after(ms, over);
    signal.addEventListener('abort', over, { once: true });
    function over() {
      timer.dispose();
      signal.removeEventListener('abort', over);
      resolve();
    }
  });
