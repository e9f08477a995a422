import type { NewId } from '../../core/ports.ts';
import { Answer } from '../../core/routing/answer.ts';
import type { ProviderEvent } from '../../core/routing/contract.ts';
import { isObject, type JsonObject } from '../../core/routing/tool-args.ts';
import type { Provenance, Usage } from '../../protocol/message.ts';
import { graceOf } from '../grace.ts';
import { payloadJson } from '../http/payload.ts';
import { openaiEventFailure } from '../openai/errors.ts';
import type { Ending, StreamReader } from '../stream-call.ts';
import { ChatCalls } from './calls.ts';
import { addDetails, type ChatBlocks } from './native.ts';
import { stopReason } from './stop-reason.ts';
import { chatUsage, usageIn } from './usage.ts';

type ReasoningField = NonNullable<ChatBlocks['reasoning']>['field'];

/** Reads the chunks of a Chat Completions stream, in all dialects at once. */
export class ChatReader implements StreamReader<string> {
  readonly #answer: Answer;
  readonly #calls: ChatCalls;
  readonly #provenance: Provenance;
  readonly #details: JsonObject[] = [];
  #reasoning: { field: ReasoningField; text: string } | undefined;
  #usage: JsonObject | undefined;
  #stop: string | undefined;
  #refused = false;
  #model: string | undefined;
  #id: string | undefined;

  constructor(provenance: Provenance, newId: NewId) {
    this.#provenance = provenance;
    this.#answer = new Answer(newId);
    this.#calls = new ChatCalls(this.#answer);
  }

  take(payload: string, out: ProviderEvent[]): Ending | undefined {
    if (payload.startsWith('[DONE]')) return this.end() ?? this.#cut();
    const chunk = payloadJson(payload);
    if (!isObject(chunk)) return undefined;
    if (chunk.error || chunk.object === 'error') return { failed: openaiEventFailure(chunk) };
    if (typeof chunk.model === 'string') this.#model = chunk.model;
    if (typeof chunk.id === 'string' && chunk.id !== '') this.#id = chunk.id;
    this.#usage = usageIn(chunk) ?? this.#usage;
    const choice = Array.isArray(chunk.choices) ? chunk.choices[0] : undefined;
    if (!isObject(choice)) return undefined;
    if (choice.error) return { failed: openaiEventFailure(choice) };
    // Servers that do not stream after all say the same under another name.
    const delta = choice.delta ?? choice.message;
    if (isObject(delta)) this.#delta(delta, out);
    if (typeof choice.finish_reason === 'string' && choice.finish_reason !== '') this.#stop = choice.finish_reason;
    return undefined;
  }

  /** Usage comes after the reason to stop, the closing mark after usage or never: what counts is the reason. */
  end(): Ending | undefined {
    if (this.#stop === undefined) return undefined;
    const stop = stopReason(this.#stop);
    if (typeof stop !== 'string') return { failed: stop };
    const raw = {
      stop: this.#stop,
      ...(this.#model !== undefined && { model: this.#model }),
      ...(this.#id !== undefined && { id: this.#id }),
      usage: this.#usage,
    };
    const finish = this.#answer.finish({
      stop: this.#refused ? 'refusal' : stop,
      usage: this.usage() ?? {},
      raw,
      native: { provenance: this.#provenance, blocks: this.#blocks() },
    });
    return { finish };
  }

  graceMs(): number | undefined {
    return graceOf(this.#stop !== undefined, this.#usage !== undefined);
  }

  usage(): Usage | undefined {
    return this.#usage && chatUsage(this.#usage);
  }

  #cut(): Ending {
    return { failed: { class: 'truncated', message: 'The answer was closed without a reason to stop.' } };
  }

  #delta(delta: JsonObject, out: ProviderEvent[]): void {
    this.#reason(delta, out);
    if (typeof delta.content === 'string') this.#answer.text(delta.content, out);
    else if (Array.isArray(delta.content)) for (const piece of delta.content) this.#piece(piece, out);
    if (typeof delta.refusal === 'string' && delta.refusal !== '') {
      this.#refused = true;
      this.#answer.text(delta.refusal, out);
    }
    if (Array.isArray(delta.tool_calls)) for (const piece of delta.tool_calls) this.#calls.take(piece, out);
  }

  #reason(delta: JsonObject, out: ProviderEvent[]): void {
    addDetails(this.#details, delta.reasoning_details);
    // Servers that know both names send the same under each.
    const field = (['reasoning_content', 'reasoning'] as const).find(name => delta[name]);
    const text = field && delta[field];
    if (field && typeof text === 'string') this.#think(field, text, out);
  }

  /** Content in pieces, as Mistral's reasoning models write it. */
  #piece(piece: unknown, out: ProviderEvent[]): void {
    if (!isObject(piece)) return;
    if (typeof piece.text === 'string') this.#answer.text(piece.text, out);
    if (typeof piece.thinking === 'string') this.#think('thinking', piece.thinking, out);
    if (!Array.isArray(piece.thinking)) return;
    for (const thought of piece.thinking) {
      if (isObject(thought) && typeof thought.text === 'string') this.#think('thinking', thought.text, out);
    }
  }

  #think(field: ReasoningField, text: string, out: ProviderEvent[]): void {
    this.#reasoning = { field, text: (this.#reasoning?.text ?? '') + text };
    this.#answer.reasoning(text, out);
  }

  #blocks(): ChatBlocks {
    return {
      ...(this.#reasoning && { reasoning: this.#reasoning }),
      ...(this.#details.length && { details: this.#details }),
      ...this.#calls.blocks,
    };
  }
}
