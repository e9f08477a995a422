import type { AgentStreamEvent } from '../core/agent/contract.ts';
import type { Disposable } from '../core/ports.ts';
import type { LivePart } from '../protocol/dashboard.ts';
import type { JournalEvent } from '../protocol/events.ts';
import { Tail } from './tail.ts';

/** Of an agent at work, so that whoever begins to watch it sees where it is. */
const TAIL_CHARACTERS = 12_000;
const ENDED_CHARACTERS = 2_000;
const RESULT_CHARACTERS = 300;

export interface TextListener {
  added(agent: string, kind: LivePart['kind'], text: string): void;
  /** Another number of characters of its running call has come. */
  counted(agent: string): void;
}

/** The end of what each agent of a session said and did. Kept from its start, for pages that are opened later. */
export class AgentTexts {
  readonly #tails = new Map<string, Tail>();
  /** Characters of the running call. */
  readonly #streamed = new Map<string, number>();
  /** Whose answer has streamed in, and need not be taken from the journal. */
  readonly #heard = new Set<string>();
  readonly #listeners = new Set<TextListener>();

  /** Of the running calls, by agent. */
  get streamed(): ReadonlyMap<string, number> {
    return this.#streamed;
  }

  of(agent: string): LivePart[] {
    return this.#tails.get(agent)?.parts() ?? [];
  }

  listen(listener: TextListener): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => void this.#listeners.delete(listener) };
  }

  hear(agent: string, event: AgentStreamEvent): void {
    const part = livePartOf(event);
    if (!part) return;
    const { kind, text } = part;
    switch (kind) {
      case 'text':
      case 'reasoning':
      case 'arguments':
        this.#stream(agent, kind, text);
        return;
      case 'discarded':
        this.#count(agent, 0);
        this.#heard.delete(agent);
        break;
      case 'model':
        this.#count(agent, 0);
        break;
    }
    this.#add(agent, kind, text);
  }

  /** The journal has the last word: it ends the estimates, and tells what no stream has told. */
  take(event: JournalEvent): void {
    switch (event.type) {
      case 'call-outcome':
        if (event.agent !== undefined) this.#count(event.agent, 0);
        break;
      case 'agent-message':
        if (event.message?.role === 'assistant') this.#said(event.agent, event.message.parts);
        break;
      case 'tool-outcome': {
        const text = event.output.text.slice(0, RESULT_CHARACTERS);
        this.#add(event.agent, event.ok ? 'result' : 'failure', text);
        break;
      }
      case 'agent-ended':
        this.#count(event.agent, 0);
        this.#heard.delete(event.agent);
        this.#tails.get(event.agent)?.trim(ENDED_CHARACTERS);
        break;
      default:
        break;
    }
  }

  #stream(agent: string, kind: 'text' | 'reasoning' | 'arguments', text: string): void {
    this.#heard.add(agent);
    this.#count(agent, (this.#streamed.get(agent) ?? 0) + text.length);
    this.#add(agent, kind, text);
  }

  #count(agent: string, characters: number): void {
    const known = this.#streamed.get(agent) ?? 0;
    if (known === characters) return;
    if (characters === 0) this.#streamed.delete(agent);
    else this.#streamed.set(agent, characters);
    for (const { counted } of this.#listeners) counted(agent);
  }

  #add(agent: string, kind: LivePart['kind'], text: string): void {
    let tail = this.#tails.get(agent);
    if (!tail) {
      tail = new Tail(TAIL_CHARACTERS);
      this.#tails.set(agent, tail);
    }
    tail.add(kind, text);
    for (const { added } of this.#listeners) added(agent, kind, text);
  }

  /** An answer that came without a stream, as it does where another process runs the session. */
  #said(agent: string, parts: { type: string; text?: string; name?: string; args?: unknown }[]): void {
    if (this.#heard.delete(agent)) return;
    for (const part of parts) {
      if (part.type === 'text' || part.type === 'reasoning') this.#add(agent, part.type, part.text ?? '');
      else {
        this.#add(agent, 'tool', part.name ?? '');
        this.#add(agent, 'arguments', (JSON.stringify(part.args) ?? '').slice(0, RESULT_CHARACTERS));
      }
    }
  }
}

/** What an agent's stream says, as people are shown it; undefined where that is nothing. */
export function livePartOf(event: AgentStreamEvent): LivePart | undefined {
  switch (event.type) {
    case 'attempt':
      return { kind: 'model', text: event.model };
    case 'text':
    case 'reasoning':
      return { kind: event.type, text: event.text };
    case 'tool-call-start':
      return { kind: 'tool', text: event.name };
    case 'tool-call-delta':
      return { kind: 'arguments', text: event.json };
    case 'tool-output':
      return { kind: 'output', text: event.text };
    case 'discard':
      return { kind: 'discarded', text: event.error };
    default:
      return undefined;
  }
}
