import type { NewId } from '../../core/ports.ts';
import { Answer, type OpenCall, partOf } from '../../core/routing/answer.ts';
import type { ProviderEvent } from '../../core/routing/contract.ts';
import { argsObject, isObject, type JsonObject, toolCall } from '../../core/routing/tool-args.ts';
import type { Provenance, Usage } from '../../protocol/message.ts';
import { graceOf } from '../grace.ts';
import { payloadJson } from '../http/payload.ts';
import type { Ending, StreamReader } from '../stream-call.ts';
import { anthropicEventFailure } from './errors.ts';
import { type AnthropicBlocks, isReplayable } from './native.ts';
import { stopReason } from './stop-reason.ts';
import { type AnthropicUsage, laterUsage, usageOf } from './usage.ts';

/** A content block that is still growing. */
interface Block {
  content: JsonObject;
  call?: OpenCall;
  /** Arguments of a tool that the vendor runs itself: no call of ours, but a part of the block. */
  json: string;
}

/** Reads the events of a Messages stream. */
export class AnthropicReader implements StreamReader<string> {
  readonly #answer: Answer;
  readonly #provenance: Provenance;
  readonly #blocks = new Map<number, Block>();
  /** Blocks that have begun and not ended, except for text. */
  readonly #open = new Set<number>();
  #usage: AnthropicUsage = {};
  /** The count that came with the start is a placeholder. */
  #outputKnown = false;
  #stop: string | undefined;
  #model: string | undefined;
  #id: string | undefined;

  constructor(provenance: Provenance, newId: NewId) {
    this.#provenance = provenance;
    this.#answer = new Answer(newId);
  }

  take(payload: string, out: ProviderEvent[]): Ending | undefined {
    const event = payloadJson(payload);
    if (!isObject(event)) return undefined;
    switch (event.type) {
      case 'content_block_delta':
        this.#delta(event, out);
        return undefined;
      case 'content_block_start':
        this.#start(event, out);
        return undefined;
      case 'content_block_stop':
        this.#close(event, out);
        return undefined;
      case 'message_start':
        this.#startMessage(event);
        return undefined;
      case 'message_delta':
        this.#settle(event);
        return undefined;
      case 'message_stop':
        return this.#finish();
      case 'error':
        return { failed: anthropicEventFailure(event) };
      default:
        return undefined;
    }
  }

  /** The closing event may be missing where the reason to stop has come. */
  end(): Ending | undefined {
    return this.#stop === undefined ? undefined : this.#finish();
  }

  graceMs(): number | undefined {
    return graceOf(this.#stop !== undefined, this.#outputKnown);
  }

  /** What it thinks may not be shown, and tools of the vendor's own take their time. */
  get thinks(): boolean {
    return this.#open.size > 0;
  }

  usage(): Usage | undefined {
    const { output: _, reasoning: __, ...sure } = usageOf(this.#usage);
    const usage = this.#outputKnown ? usageOf(this.#usage) : sure;
    return Object.keys(usage).length ? usage : undefined;
  }

  /** Comes twice from some proxies; the second time it only repeats. */
  #startMessage(event: JsonObject): void {
    if (!isObject(event.message)) return;
    const { model, id, usage } = event.message;
    if (typeof model === 'string') this.#model = model;
    if (typeof id === 'string') this.#id = id;
    if (isObject(usage)) this.#usage = laterUsage(this.#usage, usage);
  }

  #start(event: JsonObject, out: ProviderEvent[]): void {
    if (typeof event.index !== 'number' || !isObject(event.content_block)) return;
    const content = { ...event.content_block };
    const block: Block = { content, json: '' };
    this.#blocks.set(event.index, block);
    if (content.type !== 'text') this.#open.add(event.index);
    if (content.type === 'text') this.#answer.text(str(content.text), out);
    if (content.type === 'thinking') this.#answer.reasoning(str(content.thinking), out, true);
    if (content.type !== 'tool_use') return;
    block.call = this.#answer.call(str(content.name), out);
  }

  /** Whole arguments at the start of a call come from proxies that do not stream them. */
  #close(event: JsonObject, out: ProviderEvent[]): void {
    const block = typeof event.index === 'number' ? this.#blocks.get(event.index) : undefined;
    if (typeof event.index === 'number') this.#open.delete(event.index);
    const call = block?.call;
    if (call?.json !== '') return;
    const input = block?.content.input;
    if (isObject(input) && Object.keys(input).length) this.#answer.args(call, JSON.stringify(input), out);
  }

  #delta(event: JsonObject, out: ProviderEvent[]): void {
    const block = typeof event.index === 'number' ? this.#blocks.get(event.index) : undefined;
    if (!block || !isObject(event.delta)) return;
    const { content } = block;
    const { delta } = event;
    switch (delta.type) {
      case 'text_delta':
        content.text = str(content.text) + str(delta.text);
        this.#answer.text(str(delta.text), out);
        return;
      case 'thinking_delta':
        content.thinking = str(content.thinking) + str(delta.thinking);
        this.#answer.reasoning(str(delta.thinking), out);
        return;
      case 'signature_delta':
        content.signature = str(content.signature) + str(delta.signature);
        return;
      case 'input_json_delta':
        if (block.call) this.#answer.args(block.call, str(delta.partial_json), out);
        else block.json += str(delta.partial_json);
        return;
      case 'citations_delta':
        content.citations = [...(Array.isArray(content.citations) ? content.citations : []), delta.citation];
        return;
    }
  }

  #settle(event: JsonObject): void {
    if (isObject(event.usage)) {
      this.#usage = laterUsage(this.#usage, event.usage);
      if (typeof event.usage.output_tokens === 'number') this.#outputKnown = true;
    }
    if (isObject(event.delta) && typeof event.delta.stop_reason === 'string') this.#stop = event.delta.stop_reason;
  }

  #finish(): Ending {
    const stop = stopReason(this.#stop);
    if (typeof stop !== 'string') return { failed: stop };
    const raw = {
      ...(this.#stop !== undefined && { stop: this.#stop }),
      ...(this.#model !== undefined && { model: this.#model }),
      ...(this.#id !== undefined && { id: this.#id }),
      usage: this.#usage,
    };
    const blocks = this.#native();
    const native = blocks.content.length ? { provenance: this.#provenance, blocks } : undefined;
    return { finish: this.#answer.finish({ stop, usage: this.usage() ?? {}, raw, native }) };
  }

  #native(): AnthropicBlocks {
    const ids: Record<string, string> = {};
    const inOrder = [...this.#blocks.entries()].sort(([a], [b]) => a - b).map(([, block]) => block);
    for (const { content, call, json } of inOrder) {
      if (call) {
        content.input = argsObject(partOf(call));
        ids[call.id] = str(content.id);
      } else if (json.trim() !== '') content.input = argsObject(toolCall('', '', json));
    }
    return { content: inOrder.map(block => block.content).filter(isReplayable), ids };
  }
}

function str(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
