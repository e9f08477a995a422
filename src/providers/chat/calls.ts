import type { Answer, OpenCall } from '../../core/routing/answer.ts';
import type { ProviderEvent } from '../../core/routing/contract.ts';
import { isObject, type JsonObject } from '../../core/routing/tool-args.ts';
import type { ChatBlocks } from './native.ts';

interface Entry {
  index: unknown;
  /** The server's id, if it gave one. */
  id: string;
  call: OpenCall;
  extra?: unknown;
}

/**
 * Sorts the pieces of tool calls. Servers number them with gaps, not at all, or all with the same number; ids come
 * with the first piece, with each, or never.
 */
export class ChatCalls {
  readonly #answer: Answer;
  readonly #entries: Entry[] = [];

  constructor(answer: Answer) {
    this.#answer = answer;
  }

  take(piece: unknown, out: ProviderEvent[]): void {
    if (!isObject(piece)) return;
    const fn = isObject(piece.function) ? piece.function : {};
    const id = str(piece.id);
    const name = str(fn.name);
    const entry = this.#entryOf(piece.index, id, name) ?? this.#startCall(piece.index, id, name, out);
    // Some servers name a call, or give it its id, only after they have begun it.
    if (entry.id === '') entry.id = id;
    if (entry.call.name === '') entry.call.name = name;
    if (piece.extra_content !== undefined) entry.extra = piece.extra_content;
    this.#answer.args(entry.call, typeof fn.arguments === 'string' ? fn.arguments : whole(fn.arguments), out);
  }

  get blocks(): Pick<ChatBlocks, 'ids' | 'extras'> {
    const given = this.#entries.filter(entry => entry.id !== '');
    const extras = this.#entries.filter(entry => entry.extra !== undefined);
    return {
      ids: Object.fromEntries(given.map(entry => [entry.call.id, entry.id])),
      ...(extras.length && { extras: Object.fromEntries(extras.map(entry => [entry.call.id, entry.extra])) }),
    };
  }

  #entryOf(index: unknown, id: string, name: string): Entry | undefined {
    if (id !== '') {
      const known = this.#entries.findLast(entry => entry.id === id);
      if (known) return known;
    }
    const numbered = typeof index === 'number';
    const entry = numbered ? this.#entries.findLast(each => each.index === index) : this.#entries.at(-1);
    if (!entry) return undefined;
    // A new id or, where there are no numbers, a new name begins another call.
    if (id !== '' && entry.id !== '' && id !== entry.id) return undefined;
    if (!numbered && name !== '') return undefined;
    return entry;
  }

  #startCall(index: unknown, id: string, name: string, out: ProviderEvent[]): Entry {
    const entry: Entry = { index, id, call: this.#answer.call(name, out) };
    this.#entries.push(entry);
    return entry;
  }
}

function whole(args: unknown): string {
  return args === undefined || args === null ? '' : JSON.stringify(args as JsonObject);
}

function str(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
