import type { ModelRef } from '../../protocol/ids.ts';
import type { ErrorClass } from '../../protocol/message.ts';
import type { ProviderError, RouteFailure } from './contract.ts';
import type { RoutingSettings } from './settings.ts';
import { backoffMs } from './wait.ts';

/** How often each remedy was used on one model in one turn. */
export interface Tries {
  again: number;
  malformed: number;
  stripped: boolean;
}

/** What the router does about a failed attempt. */
export type Verdict =
  /** The same model again, after a pause. */
  | { do: 'again'; afterMs: number; strip?: true }
  /** Not this model in this turn. */
  | { do: 'next' }
  /** Not this model now; it may come back when its time is over. */
  | { do: 'park' }
  /** Only a model with a larger window can help. */
  | { do: 'larger' }
  | { do: 'end'; failure: RouteFailure };

/** Each class of error has one remedy; counts how often it was taken. */
export function verdictOn(
  error: { class: ErrorClass; message: string; model: ModelRef; retry?: ProviderError['retry'] },
  tries: Tries,
  settings: Pick<RoutingSettings, 'retries' | 'backoff'>,
  random: () => number,
): Verdict {
  switch (error.class) {
    case 'retryable':
    case 'truncated': {
      const hint = error.retry?.afterMs ?? 0;
      if (hint > settings.backoff.maxMs) return { do: 'park' };
      if (tries.again >= settings.retries) return { do: 'next' };
      tries.again++;
      return { do: 'again', afterMs: Math.max(hint, backoffMs(tries.again, settings.backoff, random)) };
    }
    case 'malformed':
      if (tries.malformed++ > 0) return { do: 'next' };
      return { do: 'again', afterMs: 0 };
    case 'replay-invalid':
      if (tries.stripped) return { do: 'next' };
      tries.stripped = true;
      return { do: 'again', afterMs: 0, strip: true };
    case 'rate-limit':
      return { do: 'park' };
    case 'quota':
    case 'auth':
    case 'model-missing':
      return { do: 'next' };
    case 'context-overflow':
      return { do: 'larger' };
    case 'content-filter':
      return { do: 'end', failure: { reason: 'content-filter', message: error.message } };
    case 'fatal': {
      const { message, model } = error;
      return { do: 'end', failure: { reason: 'exhausted', last: { class: 'fatal', message, model } } };
    }
  }
}
