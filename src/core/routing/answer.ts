import type { AssistantMessage, Provenance, StopReason, ToolCallPart, Usage } from '../../protocol/message.ts';
import type { NewId } from '../ports.ts';
import type { ProviderEvent, ProviderFinish } from './contract.ts';
import { isDeep } from './depth.ts';
import { deepCall, toolCall } from './tool-args.ts';

/** More than a file that a model writes in one answer; who goes on beyond has lost itself in repetitions. */
const MOST_OF_ARGUMENTS = 1_000_000;
const MOST_CALLS = 1000;

/** Something said, as far as it is known. */
export interface Spoken {
  type: 'text' | 'reasoning';
  text: string;
}

/** A call that is being written. */
export interface OpenCall {
  type: 'call';
  id: string;
  name: string;
  json: string;
  /** Set once the arguments are complete. */
  part?: ToolCallPart;
}

/** The answer as it grows, in the order of the model, told as events at the same time. */
export class Answer {
  readonly #parts: (Spoken | OpenCall)[] = [];
  readonly #newId: NewId;
  #calls = 0;

  constructor(newId: NewId) {
    this.#newId = newId;
  }

  /** Goes on with the text before, unless this is to be a part of its own. */
  text(text: string, out: ProviderEvent[], fresh = false): void {
    this.#speak('text', text, out, fresh);
  }

  reasoning(text: string, out: ProviderEvent[], fresh = false): void {
    this.#speak('reasoning', text, out, fresh);
  }

  /** A part of its own for the caller to go on with. */
  part(type: Spoken['type']): Spoken {
    const part: Spoken = { type, text: '' };
    this.#parts.push(part);
    return part;
  }

  /** Goes on with that part. */
  speak(part: Spoken, text: string, out: ProviderEvent[]): void {
    if (text === '') return;
    part.text += text;
    out.push({ type: part.type, text });
  }

  /** What a part says when all of it is known: adds what was not streamed. */
  settle(part: Spoken, whole: string, out: ProviderEvent[]): void {
    if (whole.startsWith(part.text)) this.speak(part, whole.slice(part.text.length), out);
    else part.text = whole;
  }

  /** The same for the arguments of a call. */
  settleArgs(call: OpenCall, whole: string, out: ProviderEvent[]): void {
    if (whole.startsWith(call.json)) this.args(call, whole.slice(call.json.length), out);
    else {
      this.#fits(call, whole.length);
      call.json = whole;
    }
  }

  /** Begins a call, under an id of ours. */
  call(name: string, out: ProviderEvent[]): OpenCall {
    if (++this.#calls > MOST_CALLS) throw new Error(`it calls more than ${MOST_CALLS} tools`);
    const call: OpenCall = { type: 'call', id: this.#newId('call'), name, json: '' };
    this.#parts.push(call);
    out.push({ type: 'tool-call-start', id: call.id, name });
    return call;
  }

  args(call: OpenCall, json: string, out: ProviderEvent[]): void {
    if (json === '') return;
    this.#fits(call, call.json.length + json.length);
    call.json += json;
    out.push({ type: 'tool-call-delta', id: call.id, json });
  }

  /** The whole call at once, as vendors with arguments in objects send it. */
  wholeCall(name: string, args: unknown, out: ProviderEvent[]): OpenCall {
    const call = this.call(name, out);
    if (isDeep(args)) call.part = deepCall(call.id, name, '{');
    else this.args(call, args === undefined || args === null ? '' : JSON.stringify(args), out);
    return call;
  }

  finish(end: {
    stop: StopReason;
    usage: Usage;
    raw: NonNullable<ProviderFinish['raw']>;
    native?: { provenance: Provenance; blocks: unknown } | undefined;
  }): ProviderFinish {
    const message: AssistantMessage = {
      role: 'assistant',
      parts: this.#parts
        .filter(part => part.type === 'call' || part.text !== '')
        .map(part => (part.type === 'call' ? partOf(part) : { type: part.type, text: part.text })),
      ...(end.native && { native: end.native }),
    };
    // Some servers end a turn with calls in it as if it were an ordinary one.
    const stop = end.stop === 'end' && this.#parts.some(part => part.type === 'call') ? 'tool-calls' : end.stop;
    return { type: 'finish', stop, message, usage: end.usage, raw: end.raw };
  }

  #fits({ name }: OpenCall, length: number): void {
    if (length > MOST_OF_ARGUMENTS)
      throw new Error(`the arguments of ${name.slice(0, 100)} are longer than ${MOST_OF_ARGUMENTS} characters`);
  }

  #speak(type: Spoken['type'], text: string, out: ProviderEvent[], fresh: boolean): void {
    if (text === '') return;
    const last = this.#parts.at(-1);
    if (!fresh && last?.type === type) last.text += text;
    else this.#parts.push({ type, text });
    out.push({ type, text });
  }
}

/** The finished call; parsed once, since readers want it for their native blocks too. */
export function partOf(call: OpenCall): ToolCallPart {
  call.part ??= toolCall(call.id, call.name, call.json);
  return call.part;
}
