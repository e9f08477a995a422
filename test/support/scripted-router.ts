import type { RouteEvent, RouteFailure, RouteRequest, Router } from '../../src/core/routing/contract.ts';
import type { Journal } from '../../src/core/session/contract.ts';
import type { AssistantMessage, StopReason, Usage } from '../../src/protocol/message.ts';

type Part = AssistantMessage['parts'][number];

/** What a scripted model answers: parts, or a failure of the whole route. */
export type Reply =
  | { parts: Part[]; stop?: StopReason; usage?: Usage; native?: AssistantMessage['native'] }
  | { failure: RouteFailure }
  /** Never answers; ends when aborted. */
  | 'hang';

export const says = (text: string, stop: StopReason = 'end'): Reply => ({ parts: [{ type: 'text', text }], stop });
export const silence: Reply = { parts: [], stop: 'end' };

/** A tool call part; the id is made by the router unless given. */
export const call = (name: string, args: unknown = {}, id = ''): Part => ({ type: 'tool-call', id, name, args });
export const calls = (...parts: Part[]): Reply => ({ parts, stop: 'tool-calls' });

export interface ScriptedRouter extends Router {
  /** Every request as it was when it was sent. */
  readonly requests: RouteRequest[];
}

/**
 * A router whose models follow a script: it is asked with each request and how many this agent made before.
 * With a journal it leaves the events of model calls there.
 */
export function scriptedRouter(
  script: (request: RouteRequest, earlier: number) => Reply,
  options: { journal?: Journal; contextTokens?: number } = {},
): ScriptedRouter {
  const { journal, contextTokens } = options;
  const requests: RouteRequest[] = [];
  const made = new Map<string, number>();

  async function* complete(request: RouteRequest, signal: AbortSignal): AsyncGenerator<RouteEvent> {
    const earlier = made.get(request.agent) ?? 0;
    made.set(request.agent, earlier + 1);
    requests.push(structuredClone(request));
    const id = `m${(journal?.state.seq ?? requests.length) + 1}`;
    const model = request.route[0] ?? 'none/none';
    journal?.append({ type: 'call-intent', call: id, agent: request.agent, turn: request.turn, attempt: 1, model });
    yield { type: 'attempt', call: id, model };
    const reply = script(request, earlier);
    if (reply === 'hang') {
      if (!signal.aborted) await new Promise(resolve => signal.addEventListener('abort', resolve, { once: true }));
      yield { type: 'failed', failure: { reason: 'aborted' } };
      return;
    }
    if ('failure' in reply) {
      yield { type: 'failed', failure: reply.failure };
      return;
    }
    const stop = reply.stop ?? 'end';
    const usage = reply.usage ?? {};
    let numbered = 0;
    const parts = reply.parts.map(part =>
      part.type === 'tool-call' && part.id === '' ? { ...part, id: `${id}-${numbered++}` } : part,
    );
    for (const part of parts) if (part.type === 'text') yield { type: 'text', text: part.text };
    journal?.append({ type: 'call-outcome', call: id, result: { ok: true, stop }, usage, ms: 1 });
    const message: AssistantMessage = { role: 'assistant', parts, ...(reply.native && { native: reply.native }) };
    yield { type: 'answer', call: id, model, stop, message, usage };
  }

  return { requests, complete, contextTokens: () => contextTokens };
}
