import { AgentHistories } from '../../core/agent/histories.ts';
import type { Disposable } from '../../core/ports.ts';
import { NotSealed, openJournal } from '../../core/session/journal.ts';
import { keepLog } from '../../core/session/log/keep-log.ts';
import { Timeline } from '../../core/session/log/timeline.ts';
import type { SessionFolder } from '../../node/session/session-folder.ts';
import type { Work } from '../contract.ts';
import type { Engine } from '../engine.ts';
import type { SessionHost } from '../session-host.ts';

/** The journal with what is read out of it as it is read: the agents' conversations and the log. */
export async function journalPart(
  { clock, log, version, watch, traces: target }: SessionHost,
  engine: Engine,
  work: Work,
  store: SessionFolder,
) {
  const histories = new AgentHistories();
  const timeline = new Timeline();
  const journal = await openJournal(store, {
    clock,
    log,
    redact: text => engine.redactor.text(text),
    replay: (event, state) => {
      histories.apply(event);
      timeline.apply(event, state);
    },
  });
  // An empty file proves nothing of where it came from.
  if (work.kind === 'resume' && journal.state.startedAt === undefined) throw new NotSealed(store.id, 'unsealed');
  const owned: Disposable[] = [journal.subscribe(event => histories.apply(event))];
  if (watch) owned.push(journal.subscribe(watch));
  // Nobody pays for what is not asked for.
  const traces =
    target &&
    (await import('../traces/trace-session.ts')).traceSession(store.id, journal, target, { clock, log, version });
  return { journal, histories, traces, texts: keepLog(journal, timeline, store, { clock, log }), owned };
}

export type JournalPart = Awaited<ReturnType<typeof journalPart>>;
