import type { NewId } from '../../core/ports.ts';
import { Answer } from '../../core/routing/answer.ts';
import type { ProviderEvent } from '../../core/routing/contract.ts';
import { isObject, type JsonObject } from '../../core/routing/tool-args.ts';
import type { Provenance, StopReason, Usage } from '../../protocol/message.ts';
import { payloadJson } from '../http/payload.ts';
import { knownBuckets } from '../known-buckets.ts';
import type { Ending, StreamReader } from '../stream-call.ts';
import { ollamaLineFailure } from './errors.ts';
import type { OllamaBlocks } from './request.ts';

/** Reads the lines of a chat stream. */
export class OllamaReader implements StreamReader<string> {
  readonly #answer: Answer;
  readonly #provenance: Provenance;
  #thinking = '';
  #usage: Usage | undefined;

  constructor(provenance: Provenance, newId: NewId) {
    this.#provenance = provenance;
    this.#answer = new Answer(newId);
  }

  take(payload: string, out: ProviderEvent[]): Ending | undefined {
    const line = payloadJson(payload);
    if (!isObject(line)) return undefined;
    if (line.error !== undefined) return { failed: ollamaLineFailure(line) };
    if (isObject(line.message)) this.#message(line.message, out);
    return line.done === true ? this.#finish(line) : undefined;
  }

  end(): undefined {
    return undefined;
  }

  usage(): Usage | undefined {
    return this.#usage;
  }

  #message(message: JsonObject, out: ProviderEvent[]): void {
    if (typeof message.thinking === 'string') {
      this.#thinking += message.thinking;
      this.#answer.reasoning(message.thinking, out);
    }
    if (typeof message.content === 'string') this.#answer.text(message.content, out);
    if (!Array.isArray(message.tool_calls)) return;
    for (const call of message.tool_calls) {
      if (!isObject(call) || !isObject(call.function) || typeof call.function.name !== 'string') continue;
      this.#answer.wholeCall(call.function.name, call.function.arguments, out);
    }
  }

  #finish(line: JsonObject): Ending {
    // A prompt that the server still had in memory is not counted by older versions.
    this.#usage = knownBuckets({ input: num(line.prompt_eval_count), output: num(line.eval_count) });
    const reason = typeof line.done_reason === 'string' ? line.done_reason : undefined;
    const blocks: OllamaBlocks = this.#thinking === '' ? {} : { thinking: this.#thinking };
    return {
      finish: this.#answer.finish({
        stop: stopReason(reason),
        usage: this.#usage,
        raw: {
          ...(reason !== undefined && { stop: reason }),
          ...(typeof line.model === 'string' && { model: line.model }),
          usage: { prompt_eval_count: line.prompt_eval_count, eval_count: line.eval_count },
        },
        native: { provenance: this.#provenance, blocks },
      }),
    };
  }
}

function stopReason(reason: string | undefined): StopReason {
  return reason === 'length' ? 'max-tokens' : 'end';
}

function num(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
