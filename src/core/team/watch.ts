import type { JournalEvent } from '../../protocol/events.ts';
import { counted } from '../../protocol/show.ts';
import type { Sign } from './ladder.ts';

export interface WatchLimits {
  /** The same call with the same arguments so often, with nothing written in between. */
  repeatedCalls: number;
  /** Calls in a row that failed. */
  repeatedErrors: number;
  /** Turns in which nothing new was seen, written or said to the team. */
  idleTurns: number;
  /** Times the conversation had to be summarised. */
  compactions: number;
}

const keyOf = (tool: string, args: unknown) => `${tool} ${JSON.stringify(args)}`;
const SHOWN = 120;
const short = (text: string) => (text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);

/** Looks at one agent's events for signs that it is stuck. Knows nothing of time. */
export class Watch {
  readonly #limits: WatchLimits;
  /** Calls since something was last written, each with how often it was made. */
  #made = new Map<string, number>();
  readonly #open = new Map<string, { key: string; tool: string; effect: string }>();
  #errors = 0;
  #idle = 0;
  #progress = false;
  #answered = false;
  /** Since something was last written: in a small window there are many. */
  #compactions = 0;

  constructor(limits: WatchLimits) {
    this.#limits = limits;
  }

  /** It runs a command or a tool of others, or waits for a person: these have limits of their own. */
  get busy(): boolean {
    return [...this.#open.values()].some(
      ({ effect }) => effect === 'command' || effect === 'foreign' || effect === 'ask',
    );
  }

  /** After a nudge: the same sign counts anew. */
  reset(): void {
    this.#made.clear();
    this.#errors = 0;
    this.#idle = 0;
  }

  take(event: JournalEvent): Sign | undefined {
    switch (event.type) {
      case 'tool-intent':
        return this.#intent(event.call, event.tool, event.effect, event.args);
      case 'tool-outcome':
        return this.#outcome(event.call, event.ok, event.refusal);
      case 'call-outcome':
        return event.result.ok ? this.#turn() : undefined;
      case 'agent-trimmed':
        // What it no longer sees, it may well look at again.
        this.#made = new Map();
        return undefined;
      case 'agent-compacted':
        this.#made = new Map();
        this.#compactions++;
        if (this.#compactions < this.#limits.compactions) return undefined;
        return {
          trigger: 'context-pressure',
          reason: `its conversation outgrew the context ${counted(this.#compactions, 'time')}`,
        };
      case 'artifact-published':
      case 'finding-added':
      case 'decision-noted':
      case 'verdict':
        this.#progress = true;
        return undefined;
      default:
        return undefined;
    }
  }

  #intent(call: string, tool: string, effect: string, args: unknown): Sign | undefined {
    const key = keyOf(tool, args);
    this.#open.set(call, { key, tool, effect });
    const times = (this.#made.get(key) ?? 0) + 1;
    this.#made.set(key, times);
    if (times === 1) this.#progress = true;
    if (times < this.#limits.repeatedCalls) return undefined;
    return { trigger: 'repeated-calls', reason: `made the same call ${times} times: ${short(key)}` };
  }

  #outcome(call: string, ok: boolean, refusal: string | undefined): Sign | undefined {
    const made = this.#open.get(call);
    this.#open.delete(call);
    if (ok) {
      this.#errors = 0;
      if (made?.effect === 'write') {
        this.#progress = true;
        this.#compactions = 0;
        this.#made = new Map();
      }
      return undefined;
    }
    this.#errors++;
    if (this.#errors < this.#limits.repeatedErrors) return undefined;
    const last = `${made?.tool ?? 'a call'}${refusal === undefined ? '' : ` (${refusal})`}`;
    return { trigger: 'repeated-errors', reason: `${this.#errors} calls in a row failed, the last: ${last}` };
  }

  /** A new answer of the model: what the one before led to has all been seen. */
  #turn(): Sign | undefined {
    this.#idle = this.#progress || !this.#answered ? 0 : this.#idle + 1;
    this.#answered = true;
    this.#progress = false;
    if (this.#idle < this.#limits.idleTurns) return undefined;
    return { trigger: 'no-progress', reason: `${counted(this.#idle, 'turn')} brought nothing new` };
  }
}
