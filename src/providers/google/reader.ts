import type { NewId } from '../../core/ports.ts';
import { Answer } from '../../core/routing/answer.ts';
import type { ProviderEvent } from '../../core/routing/contract.ts';
import { argsObject, isObject, type JsonObject } from '../../core/routing/tool-args.ts';
import type { Provenance, Usage } from '../../protocol/message.ts';
import { graceOf } from '../grace.ts';
import { payloadJson } from '../http/payload.ts';
import type { Ending, StreamReader } from '../stream-call.ts';
import { geminiChunkFailure } from './errors.ts';
import { addPart, type GeminiBlocks } from './native.ts';
import { PartialArgs } from './partial-args.ts';
import { blocked, stopReason } from './stop-reason.ts';
import { type GeminiUsage, geminiUsage } from './usage.ts';

/** A call whose arguments come over several chunks. */
interface OpenArgs {
  part: JsonObject;
  name: string;
  id: unknown;
  args: PartialArgs;
}

/** Reads the chunks of a generateContent stream. */
export class GeminiReader implements StreamReader<string> {
  readonly #answer: Answer;
  readonly #provenance: Provenance;
  readonly #parts: JsonObject[] = [];
  readonly #ids: Record<string, string> = {};
  #open: OpenArgs | undefined;
  readonly #usage: GeminiUsage = {};
  #stop: { reason: string; message: string | undefined } | undefined;
  #blocked: string | undefined;
  #model: string | undefined;
  #id: string | undefined;

  constructor(provenance: Provenance, newId: NewId) {
    this.#provenance = provenance;
    this.#answer = new Answer(newId);
  }

  take(payload: string, out: ProviderEvent[]): Ending | undefined {
    const value = payloadJson(payload);
    // Proxies that do not stream send all chunks in one list.
    for (const chunk of Array.isArray(value) ? value : [value]) {
      const ending = isObject(chunk) ? this.#chunk(chunk, out) : undefined;
      if (ending) return ending;
    }
    return undefined;
  }

  #chunk(chunk: JsonObject, out: ProviderEvent[]): Ending | undefined {
    if (chunk.error) return { failed: geminiChunkFailure(chunk.error) };
    if (typeof chunk.modelVersion === 'string') this.#model = chunk.modelVersion;
    if (typeof chunk.responseId === 'string') this.#id = chunk.responseId;
    if (isObject(chunk.usageMetadata)) Object.assign(this.#usage, chunk.usageMetadata);
    const feedback = isObject(chunk.promptFeedback) ? chunk.promptFeedback.blockReason : undefined;
    if (typeof feedback === 'string') this.#blocked = feedback;
    const candidate = Array.isArray(chunk.candidates) ? chunk.candidates[0] : undefined;
    if (!isObject(candidate)) return undefined;
    const parts = isObject(candidate.content) ? candidate.content.parts : undefined;
    if (Array.isArray(parts)) for (const part of parts.filter(isObject)) this.#part(part, out);
    if (typeof candidate.finishReason === 'string') {
      const message = typeof candidate.finishMessage === 'string' ? candidate.finishMessage : undefined;
      this.#stop = { reason: candidate.finishReason, message };
    }
    return undefined;
  }

  /** The stream has no closing event: a reason to stop is what shows that it was all. */
  end(out: ProviderEvent[]): Ending | undefined {
    if (this.#blocked !== undefined) return { failed: blocked(this.#blocked) };
    if (!this.#stop) return undefined;
    this.#closeCall(out);
    const stop = stopReason(this.#stop.reason, this.#stop.message);
    if (typeof stop !== 'string') return { failed: stop };
    const raw = {
      stop: this.#stop.reason,
      ...(this.#model !== undefined && { model: this.#model }),
      ...(this.#id !== undefined && { id: this.#id }),
      usage: this.#usage,
    };
    return { finish: this.#answer.finish({ stop, usage: this.usage() ?? {}, raw, native: this.#native() }) };
  }

  graceMs(): number | undefined {
    const { candidatesTokenCount, totalTokenCount } = this.#usage;
    return graceOf(
      this.#stop !== undefined || this.#blocked !== undefined,
      (candidatesTokenCount ?? totalTokenCount) !== undefined,
    );
  }

  usage(): Usage | undefined {
    const usage = geminiUsage(this.#usage);
    return Object.keys(usage).length ? usage : undefined;
  }

  #part(part: JsonObject, out: ProviderEvent[]): void {
    if (isObject(part.functionCall)) {
      this.#call(part, part.functionCall, out);
      return;
    }
    this.#closeCall(out);
    addPart(this.#parts, part);
    if (typeof part.text !== 'string') return;
    if (part.thought === true) this.#answer.reasoning(part.text, out);
    else this.#answer.text(part.text, out);
  }

  /** A name begins a call; pieces of arguments go on with it; the call without `willContinue` closes it. */
  #call(part: JsonObject, call: JsonObject, out: ProviderEvent[]): void {
    if (typeof call.name === 'string' && call.name !== '') {
      this.#closeCall(out);
      const args = new PartialArgs();
      if (isObject(call.args)) Object.assign(args.args, call.args);
      this.#open = { part, name: call.name, id: call.id, args };
    }
    this.#open?.args.take(call.partialArgs);
    if (call.willContinue !== true) this.#closeCall(out);
  }

  #closeCall(out: ProviderEvent[]): void {
    const open = this.#open;
    if (!open) return;
    this.#open = undefined;
    const { args } = open.args;
    const call = this.#answer.wholeCall(open.name, Object.keys(args).length ? args : undefined, out);
    const sent = call.part?.tooDeep ? argsObject(call.part) : args;
    const given = typeof open.id === 'string' && open.id !== '' ? open.id : undefined;
    if (given !== undefined) this.#ids[call.id] = given;
    this.#parts.push({
      ...open.part,
      functionCall: { name: open.name, args: sent, ...(given !== undefined && { id: given }) },
    });
  }

  #native(): { provenance: Provenance; blocks: GeminiBlocks } | undefined {
    if (!this.#parts.length) return undefined;
    return { provenance: this.#provenance, blocks: { parts: this.#parts, ids: this.#ids } };
  }
}
