import type { AssistantMessage, Message } from '../../protocol/message.ts';
import type { NewId } from '../ports.ts';

const FIT = /^[A-Za-z0-9_-]{1,64}$/;

/** Gives calls whose ids are unfit or taken new ones. Native blocks name the old ids, so they go. */
export class CallIds {
  readonly #taken = new Set<string>();
  readonly #newId: NewId;

  constructor(newId: NewId, earlier: readonly Message[] = []) {
    this.#newId = newId;
    for (const message of earlier) {
      for (const part of message.parts) if (part.type === 'tool-call') this.#taken.add(part.id);
    }
  }

  settle(message: AssistantMessage): AssistantMessage {
    let changed = false;
    const parts = message.parts.map(part => {
      if (part.type !== 'tool-call') return part;
      const fit = FIT.test(part.id) && !this.#taken.has(part.id);
      const id = fit ? part.id : this.#newId('call');
      this.#taken.add(id);
      if (fit) return part;
      changed = true;
      return { ...part, id };
    });
    return changed ? { role: 'assistant', parts } : message;
  }
}
