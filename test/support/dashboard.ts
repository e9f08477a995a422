import type { AgentStream } from '../../src/core/agent/contract.ts';
import type { LiveSession } from '../../src/editor/sessions.ts';
import type { InboxRequest } from '../../src/protocol/inbox.ts';
import type { MemoryJournal } from './memory-journal.ts';

export interface MemorySession extends LiveSession {
  readonly stream: AgentStream;
  /** What was asked of the owner. */
  readonly requests: InboxRequest[];
  /** How many listen to it. */
  readonly listeners: number;
}

/** A session of this window, over a journal in memory. */
export function memorySession(journal: MemoryJournal): MemorySession {
  const streams = new Set<AgentStream>();
  const requests: InboxRequest[] = [];
  let subscribed = 0;
  return {
    state: journal.state,
    requests,
    get listeners() {
      return subscribed + streams.size;
    },
    subscribe(listener) {
      subscribed++;
      const subscription = journal.subscribe(listener);
      return {
        dispose() {
          subscribed--;
          subscription.dispose();
        },
      };
    },
    onStream(listener) {
      streams.add(listener);
      return { dispose: () => void streams.delete(listener) };
    },
    stream(agent, event) {
      for (const hear of streams) hear(agent, event);
    },
    async request(body) {
      requests.push(body);
      return { ok: true };
    },
    getBlob: hash => journal.getBlob(hash),
  };
}
