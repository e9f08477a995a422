import type { AssistantMessage, Message } from '../../protocol/message.ts';
import type { ProviderRequest } from './contract.ts';

/** What vendors put around a message, and around the whole, that we do not see. */
const PER_MESSAGE = 16;
const PER_TOOL = 64;
const PER_REQUEST = 1024;
/** More than any vendor charges for one picture. */
const PER_IMAGE = 16_000;
/** English and code come to about this many bytes a token. */
const TYPICAL_BYTES = 3.5;

type Prompt = Pick<ProviderRequest, 'system' | 'tools' | 'messages'>;

/** A prompt that a model has counted for us: the beginning of the next one. */
interface Counted {
  messages: number;
  bytes: number;
  tokens: number;
}

/**
 * How many tokens a prompt has at most, known before it is sent. A token of every tokenizer in use covers at least one
 * byte, so bytes are a bound that holds; what a vendor has already counted for the same conversation is taken from it.
 */
export class PromptEstimates {
  #counted = new Map<string, Counted>();

  atMost(key: string, prompt: Prompt): number {
    const bytes = promptBytes(prompt);
    const known = this.#counted.get(key);
    if (!known || known.messages > prompt.messages.length) return bytes + PER_REQUEST;
    const begun = promptBytes(prompt, known.messages);
    if (begun !== known.bytes) return bytes + PER_REQUEST;
    return Math.min(bytes, known.tokens + (bytes - begun)) + PER_REQUEST;
  }

  /** About how many: good enough to weigh against a window or a rate, never against money. */
  typical(key: string, prompt: Prompt): number {
    const bytes = promptBytes(prompt);
    const known = this.#counted.get(key);
    if (!known || known.bytes > bytes) return Math.ceil(bytes / TYPICAL_BYTES);
    return Math.ceil(known.tokens + (bytes - known.bytes) / TYPICAL_BYTES);
  }

  learn(key: string, prompt: Prompt, tokens: number): void {
    this.#counted.set(key, { messages: prompt.messages.length, bytes: promptBytes(prompt), tokens });
  }
}

const messageSizes = new WeakMap<Message, number>();
const toolSizes = new WeakMap<object, number>();

function promptBytes({ system, tools, messages }: Prompt, upTo = messages.length): number {
  let bytes = systemBytes(system) + (sumsOf(messages).sums[upTo - 1] ?? 0);
  for (const tool of tools) bytes += cached(toolSizes, tool, () => PER_TOOL + jsonBytes(tool));
  return bytes;
}

/** System prompts that were measured lately: each is sent again with every turn. */
const systems = new Map<string, number>();
const SYSTEMS_KEPT = 100;

function systemBytes(system: string): number {
  const known = systems.get(system);
  if (known !== undefined) return known;
  if (systems.size >= SYSTEMS_KEPT) systems.clear();
  const bytes = utf8Length(system);
  systems.set(system, bytes);
  return bytes;
}

/** What the beginnings of a list of messages come to. */
interface Sums {
  sums: number[];
  last: Message | undefined;
}

const listSums = new WeakMap<readonly Message[], Sums>();

/** A list that has only grown since it was last measured is measured from there on. */
function sumsOf(messages: readonly Message[]): Sums {
  let known = listSums.get(messages);
  const { length } = known?.sums ?? [];
  if (!known || length > messages.length || known.last !== messages[length - 1]) {
    known = { sums: [], last: undefined };
    listSums.set(messages, known);
  }
  for (let at = known.sums.length; at < messages.length; at++) {
    const message = messages[at] as Message;
    const size = cached(messageSizes, message, () => PER_MESSAGE + messageBytes(message));
    known.sums.push((known.sums.at(-1) ?? 0) + size);
    known.last = message;
  }
  return known;
}

/** A conversation only grows: what has been measured is not measured again. */
function cached<K extends object>(sizes: WeakMap<K, number>, key: K, measure: () => number): number {
  const known = sizes.get(key);
  if (known !== undefined) return known;
  const size = measure();
  sizes.set(key, size);
  return size;
}

function messageBytes(message: Message): number {
  let bytes = 0;
  for (const part of message.parts) {
    if (part.type === 'text' || part.type === 'reasoning') bytes += utf8Length(part.text);
    else if (part.type === 'image') bytes += PER_IMAGE;
    else if (part.type === 'tool-call') bytes += PER_MESSAGE + part.name.length + jsonBytes(part.args);
    else bytes += PER_MESSAGE + utf8Length(part.output) + PER_IMAGE * (part.images?.length ?? 0);
  }
  const native = message.role === 'assistant' ? nativeBytes(message) : 0;
  return Math.max(bytes, native);
}

const nativeBytes = (message: AssistantMessage) => (message.native ? jsonBytes(message.native.blocks) : 0);

const jsonBytes = (value: unknown): number => utf8Length(JSON.stringify(value) ?? '');

/** Bytes of the text in UTF-8, without encoding it. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80) continue;
    // Each half of a surrogate pair stands for two of the pair's four bytes.
    bytes += code < 0x800 || (code >= 0xd800 && code <= 0xdfff) ? 1 : 2;
  }
  return bytes;
}
