import type { Clock, Disposable, Log } from '../core/ports.ts';
import type { Outside, Sign, Watched } from '../core/station/contract.ts';
import { FilePrints } from './file-prints.ts';
import { Branches } from './git/branches.ts';

interface Place {
  workspace: string;
  environment: NodeJS.ProcessEnv;
  clock: Clock;
  log: Log;
}

/** What one look found; undefined: it is to be looked again, since something is just being changed. */
type Look = () => Promise<Omit<Sign, 'trigger' | 'missed'> | undefined>;

const LOOK_MS = 5000;
/** What is just being changed is looked at again after that. */
const SETTLE_MS = 500;
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

  watch(
    wanted: readonly { trigger: string; watched: Watched; mark?: string }[],
    told: { seen(sign: Sign): void; problem(text: string): void },
  ): Disposable {
    const over = new AbortController();
    for (const { trigger, watched, mark } of wanted) void this.#follow(trigger, watched, mark, told, over.signal);
    return { dispose: () => over.abort() };
  }

  async #follow(
    trigger: string,
    watched: Watched,
    mark: string | undefined,
    told: { seen(sign: Sign): void; problem(text: string): void },
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, log } = this.#place;
    let last = mark;
    let first = true;
    let wrong: string | undefined;
    let look: Look | undefined;
    while (!signal.aborted) {
      const began = clock.monotonic();
      let found: Awaited<ReturnType<Look>>;
      try {
        look ??= await this.#lookAt(watched, mark, told.problem);
        found = await look();
        wrong = undefined;
      } catch (error) {
        const text = error instanceof Error ? error.message : String(error);
        if (text !== wrong && !signal.aborted)
          told.problem(`${trigger.replace(/#\d+$/, '')} does not begin by itself: ${text}`);
        wrong = text;
        log.write('debug', `${trigger} could not be looked at`, error);
      }
      if (signal.aborted) return;
      if (found && found.mark !== last) {
        told.seen({ trigger, ...found, missed: first && mark !== undefined });
        last = found.mark;
      }
      if (found) first = false;
      const rest = Math.max(this.#lookMs, Math.min((clock.monotonic() - began) / SHARE, LATEST * this.#lookMs));
      await pause(clock, !found && wrong === undefined ? Math.min(SETTLE_MS, this.#lookMs) : rest, signal);
    }
  }

  async #lookAt(watched: Watched, mark: string | undefined, problem: (text: string) => void): Promise<Look> {
    const { workspace, environment } = this.#place;
    if (watched.kind === 'files') {
      const files = new FilePrints(workspace, watched.globs);
      return () => files.look();
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
