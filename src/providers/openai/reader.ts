import type { NewId } from '../../core/ports.ts';
import { Answer, type OpenCall, type Spoken } from '../../core/routing/answer.ts';
import type { ProviderEvent } from '../../core/routing/contract.ts';
import { isObject, type JsonObject } from '../../core/routing/tool-args.ts';
import type { Provenance, StopReason, Usage } from '../../protocol/message.ts';
import type { Failed } from '../errors/failed.ts';
import { payloadJson } from '../http/payload.ts';
import type { Ending, StreamReader } from '../stream-call.ts';
import { openaiEventFailure } from './errors.ts';
import { isWrapper, unwrapped } from './parallel-wrapper.ts';
import type { ResponsesBlocks } from './request.ts';
import { responsesUsage } from './usage.ts';

const paragraphs = '\n\n';

/** An output item that is still growing. */
interface Growing {
  call?: OpenCall;
  /** Its texts by the number of the piece; reasoning has one, whose pieces are paragraphs. */
  texts: Map<number, Spoken>;
  /** The piece of reasoning that is being written. */
  paragraph?: number;
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
  /** Items of reasoning that are not done. */
  readonly #thoughts = new Set<unknown>();
  #usage: Usage = {};

  constructor(provenance: Provenance, newId: NewId, tools: ReadonlySet<string>) {
    this.#provenance = provenance;
    this.#answer = new Answer(newId);
    this.#tools = tools;
  }

  take(payload: string, out: ProviderEvent[]): Ending | undefined {
    if (payload === '[DONE]') return undefined;
    const event = payloadJson(payload);
    if (!isObject(event)) return undefined;
    switch (event.type) {
      case 'response.output_text.delta':
      case 'response.refusal.delta':
        this.#refused ||= event.type === 'response.refusal.delta';
        this.#text(this.#item(event.output_index), event, out);
        return undefined;
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        this.#reasoning(this.#item(event.output_index), event, out);
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

  get thinks(): boolean {
    return this.#thoughts.size > 0;
  }

  usage(): Usage | undefined {
    return Object.keys(this.#usage).length ? this.#usage : undefined;
  }

  #item(index: unknown): Growing {
    const known = this.#growing.get(index);
    if (known) return known;
    const growing: Growing = { texts: new Map() };
    this.#growing.set(index, growing);
    return growing;
  }

  #part(growing: Growing, type: Spoken['type'], piece: unknown): Spoken {
    const number = typeof piece === 'number' ? piece : 0;
    const part = growing.texts.get(number) ?? this.#answer.part(type);
    growing.texts.set(number, part);
    return part;
  }

  #text(growing: Growing, event: JsonObject, out: ProviderEvent[]): void {
    this.#answer.speak(this.#part(growing, 'text', event.content_index), str(event.delta), out);
  }

  #reasoning(growing: Growing, event: JsonObject, out: ProviderEvent[]): void {
    const part = this.#part(growing, 'reasoning', 0);
    const paragraph = Number(event.summary_index ?? event.content_index ?? 0);
    const gap = growing.paragraph !== undefined && growing.paragraph !== paragraph ? paragraphs : '';
    growing.paragraph = paragraph;
    this.#answer.speak(part, gap + str(event.delta), out);
  }

  #added(event: JsonObject, out: ProviderEvent[]): void {
    if (isObject(event.item) && event.item.type === 'reasoning') this.#thoughts.add(event.output_index);
    if (!isObject(event.item) || event.item.type !== 'function_call') return;
    const name = str(event.item.name);
    if (!isWrapper(name, this.#tools)) this.#item(event.output_index).call = this.#answer.call(name, out);
  }

  /** The finished item is what counts; what was streamed of it may have been less. */
  #done(index: unknown, item: unknown, out: ProviderEvent[]): void {
    this.#thoughts.delete(index);
    if (!isObject(item)) return;
    this.#items.push({ index: typeof index === 'number' ? index : this.#items.length, item });
    const growing = this.#item(index);
    if (item.type === 'function_call') this.#called(item, growing.call, out);
    else if (item.type === 'custom_tool_call') {
      this.#name(this.#answer.wholeCall(str(item.name), { input: str(item.input) }, out), item);
    } else if (item.type === 'message') {
      for (const [at, piece] of objects(item.content).entries()) {
        this.#refused ||= piece.type === 'refusal';
        this.#answer.settle(this.#part(growing, 'text', at), str(piece.text) || str(piece.refusal), out);
      }
    } else if (item.type === 'reasoning') {
      const thoughts = [...objects(item.summary), ...objects(item.content)].map(piece => str(piece.text));
      if (thoughts.length) this.#answer.settle(this.#part(growing, 'reasoning', 0), thoughts.join(paragraphs), out);
    }
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
    this.#answer.settleArgs(call, json, out);
    this.#name(call, item);
  }

  #name(call: OpenCall, item: JsonObject): void {
    this.#ids[call.id] = str(item.call_id);
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

function objects(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
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
