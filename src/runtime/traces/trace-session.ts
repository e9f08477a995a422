import type { OpenJournal } from '../../core/session/journal.ts';
import { type SenderParts, SpanSender } from './sender.ts';
import { Spans } from './spans.ts';
import type { TraceTarget } from './target.ts';

/** Tells a collector of what a session does, as its journal does. */
export function traceSession(
  id: string,
  journal: Pick<OpenJournal, 'state' | 'subscribe'>,
  target: TraceTarget,
  parts: SenderParts,
): { close(): Promise<void> } {
  const spans = new Spans(id, target.contents, agent => journal.state.agents.get(agent)?.role);
  const sender = new SpanSender(target, parts);
  const subscription = journal.subscribe(event => sender.add(spans.take(event)));
  return {
    close() {
      subscription.dispose();
      sender.add(spans.rest());
      return sender.close();
    },
  };
}
