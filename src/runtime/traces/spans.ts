import { hashOf } from '../../node/hash.ts';
import type { JournalEvent } from '../../protocol/events.ts';
import type { StopReason, Usage } from '../../protocol/message.ts';
import { modelOf, providerOf } from '../../protocol/model-ref.ts';
import type { Attributes, Span } from './otlp.ts';

type Open = Pick<Span, 'id' | 'parent' | 'name' | 'kind' | 'begun' | 'attributes'>;
type Of<T extends JournalEvent['type']> = Extract<JournalEvent, { type: T }>;

/** As the conventions call them; others by the user's own name. */
const PROVIDERS: Record<string, string> = { google: 'gcp.gemini', mistral: 'mistral_ai', xai: 'x_ai' };
const FINISHED: Record<StopReason, string> = {
  end: 'stop',
  'tool-calls': 'tool_calls',
  'max-tokens': 'length',
  'stop-sequence': 'stop',
  pause: 'pause',
  refusal: 'content_filter',
};
const WELL: ReadonlySet<string> = new Set(['completed', 'replaced']);

/**
 * A session as spans, by the conventions for generative AI: the session, in it its agents, in them calls of models and of
 * tools. Ids come from the journal's, so that all runs of a session are one trace.
 */
export class Spans {
  readonly #session: string;
  readonly #roleOf: (agent: string) => string | undefined;
  /** What was said goes along, too. */
  readonly #contents: boolean;
  readonly #open = new Map<string, Open>();
  readonly #trace: string;
  #run = '';
  #latest = { seq: 0, at: 0 };

  constructor(session: string, contents: boolean, roleOf: (agent: string) => string | undefined) {
    this.#session = session;
    this.#contents = contents;
    this.#roleOf = roleOf;
    this.#trace = idOf(32, 'session', session);
  }

  /** The spans that end with an event. */
  take(event: JournalEvent): Span[] {
    this.#latest = event;
    switch (event.type) {
      case 'agent-started':
        this.#agent(event.agent, event);
        return [];
      case 'agent-ended':
        return this.#agentEnded(event);
      case 'call-intent':
        this.#callBegun(event);
        return [];
      case 'call-outcome':
        return this.#callEnded(event);
      case 'tool-intent':
        this.#toolBegun(event);
        return [];
      case 'tool-outcome':
        return this.#toolEnded(event);
      case 'session-started':
      case 'session-resumed':
        this.#openRun(event, event.type === 'session-started' ? event.goal : undefined);
        return [];
      case 'session-ended':
        return this.#over(event.outcome, { 'orchestrate.outcome': event.outcome });
      default:
        return [];
    }
  }

  /** What has not ended by now ends with the run. */
  rest(): Span[] {
    return this.#run === '' ? [] : this.#over('interrupted', {});
  }

  #openRun({ seq }: JournalEvent, goal: string | undefined): void {
    this.#run = `run ${seq}`;
    this.#add(this.#run, {
      name: 'invoke_workflow orchestrate',
      kind: 'internal',
      parent: undefined,
      attributes: {
        'gen_ai.operation.name': 'invoke_workflow',
        'gen_ai.workflow.name': 'orchestrate',
        ...(this.#contents && goal !== undefined && { 'gen_ai.input.messages': messages('user', goal) }),
      },
    });
  }

  /** One that has begun in an earlier run is there again with what it does first. */
  #agent(agent: string, said: { role?: string; task?: string | undefined; attempt?: number } = {}): string {
    const key = `agent ${agent}`;
    const known = this.#open.get(key);
    if (known) return known.id;
    const role = said.role ?? this.#roleOf(agent);
    return this.#add(key, {
      name: role === undefined ? 'invoke_agent' : `invoke_agent ${role}`,
      kind: 'internal',
      parent: this.#open.get(this.#run)?.id,
      attributes: {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.id': agent,
        'gen_ai.agent.name': role,
        'orchestrate.task': said.task,
        'orchestrate.attempt': said.attempt,
      },
    });
  }

  #agentEnded({ agent, outcome, summary }: Of<'agent-ended'>): Span[] {
    return this.#end(`agent ${agent}`, WELL.has(outcome) ? undefined : outcome, {
      'orchestrate.outcome': outcome,
      ...(this.#contents && { 'gen_ai.output.messages': messages('assistant', summary) }),
    });
  }

  #callBegun({ call, agent, model, turn, attempt }: Of<'call-intent'>): void {
    const [provider, name] = [providerOf(model), modelOf(model)];
    this.#add(`call ${call}`, {
      name: `chat ${name}`,
      kind: 'client',
      parent: this.#agent(agent),
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': PROVIDERS[provider] ?? provider,
        'gen_ai.request.model': name,
        'gen_ai.agent.id': agent,
        'orchestrate.call': call,
        'orchestrate.turn': turn,
        'orchestrate.attempt': attempt,
      },
    });
  }

  #callEnded({ call, result, usage, cost, firstTokenMs }: Of<'call-outcome'>): Span[] {
    return this.#end(`call ${call}`, result.ok ? undefined : result.error, {
      ...usageOf(usage),
      'gen_ai.response.finish_reasons': result.ok ? [FINISHED[result.stop]] : undefined,
      'http.response.status_code': result.ok ? undefined : result.status,
      'orchestrate.cost_usd': cost === undefined ? undefined : cost / 1e9,
      'orchestrate.first_token_ms': firstTokenMs,
    });
  }

  #toolBegun({ agent, call, tool, effect, args }: Of<'tool-intent'>): void {
    this.#add(`tool ${agent} ${call}`, {
      name: `execute_tool ${tool}`,
      kind: 'internal',
      parent: this.#agent(agent),
      attributes: {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': tool,
        'gen_ai.tool.call.id': call,
        'gen_ai.tool.type': 'function',
        'gen_ai.agent.id': agent,
        'orchestrate.effect': effect,
        ...(this.#contents && { 'gen_ai.tool.call.arguments': JSON.stringify(args) }),
      },
    });
  }

  #toolEnded({ agent, call, ok, refusal, output }: Of<'tool-outcome'>): Span[] {
    return this.#end(`tool ${agent} ${call}`, ok ? undefined : (refusal ?? 'failed'), {
      ...(this.#contents && { 'gen_ai.tool.call.result': output.text }),
    });
  }

  #over(outcome: string, attributes: Attributes): Span[] {
    const run = this.#run;
    const left = [...this.#open.keys()].filter(key => key !== run).flatMap(key => this.#end(key, 'interrupted', {}));
    this.#run = '';
    return [...left, ...this.#end(run, WELL.has(outcome) ? undefined : outcome, attributes)];
  }

  /** Its id: the same whenever the same event is told. */
  #add(key: string, open: Omit<Open, 'id' | 'begun'>): string {
    const id = idOf(16, this.#session, key, String(this.#latest.seq));
    const attributes = { 'gen_ai.conversation.id': this.#session, ...open.attributes };
    this.#open.set(key, { ...open, id, begun: this.#latest.at, attributes });
    return id;
  }

  #end(key: string, error: string | undefined, more: Attributes): Span[] {
    const open = this.#open.get(key);
    if (!open) return [];
    this.#open.delete(key);
    const attributes = { ...open.attributes, ...more, 'error.type': error };
    return [{ ...open, trace: this.#trace, ended: this.#latest.at, attributes, failed: error !== undefined }];
  }
}

const idOf = (digits: number, ...parts: string[]) =>
  hashOf(new TextEncoder().encode(parts.join('\n'))).slice(0, digits);

/** The conventions count what came from the cache as input, too. */
function usageOf(usage: Usage | undefined): Attributes {
  const { input, cacheRead, cacheWrite, output, reasoning } = usage ?? {};
  return {
    'gen_ai.usage.input_tokens': input === undefined ? undefined : input + (cacheRead ?? 0) + (cacheWrite ?? 0),
    'gen_ai.usage.cache_read.input_tokens': cacheRead,
    'gen_ai.usage.cache_creation.input_tokens': cacheWrite,
    'gen_ai.usage.output_tokens': output,
    'gen_ai.usage.reasoning.output_tokens': reasoning,
  };
}

const messages = (role: string, content: string) => JSON.stringify([{ role, parts: [{ type: 'text', content }] }]);
