import type { NewId } from '../../core/ports.ts';
import type { ProviderEvent } from '../../core/routing/contract.ts';
import { isObject, type JsonObject } from '../../core/routing/tool-args.ts';
import type { Provenance, StopReason, Usage } from '../../protocol/message.ts';
import { Answer, type OpenCall } from '../answer.ts';
import type { Failed } from '../errors/failed.ts';
import type { Ending, StreamReader } from '../stream-call.ts';
import { openaiEventFailure } from './errors.ts';
import { isWrapper, unwrapped } from './parallel-wrapper.ts';
import type { ResponsesBlocks } from './request.ts';
import { responsesUsage } from './usage.ts';

/** An output item that is still growing. */
interface Growing {
  call?: OpenCall;
  /** What of it was streamed, so that the finished item adds only what was not. */
  spoken: boolean;
}

/** Reads the events of a Responses stream. */
export class ResponsesReader implements StreamReader<string> {
  readonly #answer: Answer;
  readonly #provenance: Provenance;
  readonly #tools: ReadonlySet<string>;
  readonly #growing = new Map<unknown, Growing>();
  readonly #items: { index: number; item: JsonObject }[] = [];
  readonly #ids: Record<string, string> = {};
  #replayable = true;
  #refused = false;
  /** The item and part that the last text belonged to. */
  #place = '';
  #usage: Usage = {};

  constructor(provenance: Provenance, newId: NewId, tools: ReadonlySet<string>) {
    this.#provenance = provenance;
    this.#answer = new Answer(newId);
    this.#tools = tools;
  }

  take(payload: string, out: ProviderEvent[]): Ending | undefined {
    if (payload === '[DONE]') return undefined;
    const event: unknown = JSON.parse(payload);
    if (!isObject(event)) return undefined;
    switch (event.type) {
      case 'response.output_text.delta':
      case 'response.refusal.delta':
        this.#refused ||= event.type === 'response.refusal.delta';
        this.#speak('text', event, str(event.delta), out);
        return undefined;
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        this.#speak('reasoning', event, str(event.delta), out);
        return undefined;
      case 'response.function_call_arguments.delta': {
        const call = this.#growing.get(event.output_index)?.call;
        if (call) this.#answer.args(call, str(event.delta), out);
        return undefined;
      }
      case 'response.output_item.added':
        this.#added(event, out);
        return undefined;
      case 'response.output_item.done':
        this.#done(event.output_index, event.item, out);
        return undefined;
      case 'response.completed':
      case 'response.incomplete':
      case 'response.failed':
        return this.#end(event, out);
      case 'error':
        return { failed: openaiEventFailure(event) };
      default:
        return event.type === undefined && event.error ? { failed: openaiEventFailure(event) } : undefined;
    }
  }

  end(): undefined {
    return undefined;
  }

  usage(): Usage | undefined {
    return Object.keys(this.#usage).length ? this.#usage : undefined;
  }

  #speak(type: 'text' | 'reasoning', event: JsonObject, text: string, out: ProviderEvent[]): void {
    const item = `${event.output_index}`;
    const place = `${item}/${event.content_index ?? event.summary_index ?? 0}`;
    const before = this.#place;
    if (text === '') return;
    this.#place = place;
    const growing = this.#growing.get(event.output_index);
    if (growing) growing.spoken = true;
    // Summaries of one piece of reasoning stay one part; messages are parts of their own.
    if (type === 'text') this.#answer.text(text, out, place !== before);
    else if (place !== before && before.startsWith(`${item}/`)) this.#answer.reasoning(`\n\n${text}`, out);
    else this.#answer.reasoning(text, out, place !== before);
  }

  #added(event: JsonObject, out: ProviderEvent[]): void {
    const growing: Growing = { spoken: false };
    this.#growing.set(event.output_index, growing);
    if (!isObject(event.item) || event.item.type !== 'function_call') return;
    const name = str(event.item.name);
    if (!isWrapper(name, this.#tools)) growing.call = this.#answer.call(name, out);
  }

  #done(index: unknown, item: unknown, out: ProviderEvent[]): void {
    if (!isObject(item)) return;
    this.#items.push({ index: typeof index === 'number' ? index : this.#items.length, item });
    const growing = this.#growing.get(index);
    if (item.type === 'function_call') this.#called(item, growing?.call, out);
    else if (item.type === 'custom_tool_call') {
      this.#name(this.#answer.wholeCall(str(item.name), { input: str(item.input) }, out), item);
    } else if (!growing?.spoken) this.#unspoken(index, item, out);
  }

  #called(item: JsonObject, begun: OpenCall | undefined, out: ProviderEvent[]): void {
    const json = str(item.arguments);
    const name = str(item.name);
    const meant = begun ? undefined : unwrapped(name, parsed(json), this.#tools);
    if (meant) {
      for (const use of meant) this.#answer.wholeCall(use.name, use.args, out);
      // The vendor's one call cannot be answered with several results.
      this.#replayable = false;
      return;
    }
    const call = begun ?? this.#answer.call(name, out);
    if (call.json === '') this.#answer.args(call, json, out);
    this.#name(call, item);
  }

  #name(call: OpenCall, item: JsonObject): void {
    this.#ids[call.id] = str(item.call_id);
  }

  /** Text that some servers send only with the finished item. */
  #unspoken(index: unknown, item: JsonObject, out: ProviderEvent[]): void {
    const type = item.type === 'reasoning' ? 'reasoning' : 'text';
    if (type === 'text' && item.type !== 'message') return;
    const pieces = [item.summary, item.content].flatMap(list => (Array.isArray(list) ? list : [])).filter(isObject);
    for (const [at, piece] of pieces.entries()) {
      this.#refused ||= piece.type === 'refusal';
      this.#speak(type, { output_index: index, content_index: at }, str(piece.text) || str(piece.refusal), out);
    }
  }

  #end(event: JsonObject, out: ProviderEvent[]): Ending {
    const response = isObject(event.response) ? event.response : {};
    this.#usage = responsesUsage(isObject(response.usage) ? response.usage : undefined);
    if (event.type === 'response.failed') return { failed: openaiEventFailure(response) };
    if (!this.#items.length && Array.isArray(response.output)) {
      for (const [index, item] of response.output.entries()) this.#done(index, item, out);
    }
    const details = isObject(response.incomplete_details) ? response.incomplete_details : {};
    const reason = typeof details.reason === 'string' ? details.reason : undefined;
    const stop = this.#stop(reason);
    if (typeof stop !== 'string') return { failed: stop };
    const raw = {
      stop: reason ?? str(response.status),
      ...(typeof response.model === 'string' && { model: response.model }),
      ...(typeof response.id === 'string' && { id: response.id }),
      usage: response.usage,
    };
    return { finish: this.#answer.finish({ stop, usage: this.#usage, raw, native: this.#native() }) };
  }

  #stop(incomplete: string | undefined): StopReason | Failed {
    if (incomplete === 'content_filter') {
      return { class: 'content-filter', message: "The vendor's filter stopped the answer.", code: incomplete };
    }
    if (incomplete !== undefined) return 'max-tokens';
    return this.#refused ? 'refusal' : 'end';
  }

  #native(): { provenance: Provenance; blocks: ResponsesBlocks } | undefined {
    if (!this.#replayable || !this.#items.length) return undefined;
    const items = this.#items.sort((a, b) => a.index - b.index).map(({ item }) => item);
    return { provenance: this.#provenance, blocks: { items, ids: this.#ids } };
  }
}

function str(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
