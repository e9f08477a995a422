import type { AgentStream } from '../../../src/core/agent/contract.ts';
import { AgentTexts } from '../../../src/dashboard/agent-texts.ts';
import type { ShownSession } from '../../../src/dashboard/sessions.ts';
import type { MemoryJournal } from '../memory-journal.ts';
import { obey } from './owner.ts';

export interface MemorySession extends ShownSession {
  readonly journal: MemoryJournal;
  readonly stream: AgentStream;
  /** How many listen to it. */
  readonly listeners: number;
}

/** A session of this window, over a journal in memory. */
export function memorySession(journal: MemoryJournal): MemorySession {
  const streams = new Set<AgentStream>();
  const texts = new AgentTexts();
  journal.subscribe(event => texts.take(event));
  let subscribed = 0;
  return {
    journal,
    state: journal.state,
    texts,
    get runs() {
      return journal.state.status !== 'ended';
    },
    get resumable() {
      return journal.state.outcome?.outcome === 'interrupted';
    },
    get finished() {
      return journal.state.status === 'ended' && journal.state.planApproved && !this.resumable;
    },
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
      texts.hear(agent, event);
      for (const hear of streams) hear(agent, event);
    },
    request: async body => obey(journal, body),
    getBlob: hash => journal.getBlob(hash),
  };
}
