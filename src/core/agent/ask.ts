import type { ModelRef } from '../../protocol/ids.ts';
import type { AssistantMessage, StopReason, Usage } from '../../protocol/message.ts';
import type { Clock, Log } from '../ports.ts';
import type { RouteFailure, RouteRequest, Router } from '../routing/contract.ts';
import type { AgentStream } from './contract.ts';

export type Answer =
  | { ok: true; message: AssistantMessage; stop: StopReason; usage: Usage; model: ModelRef }
  | { ok: false; failure: RouteFailure | { reason: 'internal'; message: string } };

export interface Asking {
  router: Router;
  clock: Clock;
  stream?: AgentStream | undefined;
  pulse?: (() => void) | undefined;
  log?: Log | undefined;
}

const PULSE_MS = 1000;

/** One question to the router; what streams in flows on to the listener and is forgotten. */
export async function ask(asking: Asking, request: RouteRequest, signal: AbortSignal): Promise<Answer> {
  const { router, clock, pulse } = asking;
  let { stream } = asking;
  let pulsed = Number.NEGATIVE_INFINITY;
  let answer: Answer | undefined;
  // To the very end: what a router does after its last event must not be cut off.
  for await (const event of router.complete(request, signal)) {
    if (event.type === 'answer') {
      const { message, stop, usage, model } = event;
      answer = { ok: true, message, stop, usage, model };
      continue;
    }
    if (event.type === 'failed') {
      answer = { ok: false, failure: event.failure };
      continue;
    }
    const now = clock.monotonic();
    if (pulse && now - pulsed >= PULSE_MS) {
      pulsed = now;
      pulse();
    }
    try {
      stream?.(request.agent, event);
    } catch (error) {
      // A broken view is no reason to lose the answer.
      asking.log?.write('error', 'A listener to the stream threw', error);
      stream = undefined;
    }
  }
  if (answer) return answer;
  const failure = { reason: 'internal', message: 'The router ended without an answer.' } as const;
  return { ok: false, failure: signal.aborted ? { reason: 'aborted' } : failure };
}
