import type { JournalEvent } from '../../../protocol/events.ts';
import type { SessionState } from '../state.ts';
import { entryOf } from './entry.ts';

export interface TimelineEntry {
  at: number;
  /** Markdown, one line. */
  text: string;
}

export interface TimelineSection {
  phase: string;
  entries: TimelineEntry[];
  /** How many were left out after the first ones. */
  omitted: number;
}

/** Of each phase the beginning and the latest are kept: what a log costs to write does not grow with the session. */
const FIRST = 10;
const MOST = 100;
const BEFORE_ALL_PHASES = 'preparation';

/** What happened, phase by phase, in the words of the log. */
export class Timeline {
  readonly #sections = new Map<string, TimelineSection>();

  get sections(): readonly TimelineSection[] {
    return [...this.#sections.values()];
  }

  /** To be called with each event in order, and the state that has taken it. */
  apply(event: JournalEvent, state: SessionState): void {
    const text = entryOf(event, state);
    if (text === undefined) return;
    const section = this.#section(phaseOf(event, state));
    section.entries.push({ at: event.at, text });
    if (section.entries.length <= MOST) return;
    section.entries.splice(FIRST, 1);
    section.omitted++;
  }

  #section(phase: string): TimelineSection {
    const known = this.#sections.get(phase);
    if (known) return known;
    const fresh = { phase, entries: [], omitted: 0 };
    this.#sections.set(phase, fresh);
    return fresh;
  }
}

/** The phase of the task it is about, else the one that runs, else the one before. */
function phaseOf(event: JournalEvent, state: SessionState): string {
  if (event.type === 'phase-started' || event.type === 'phase-ended') return event.phase;
  const agent = 'agent' in event && event.agent !== undefined ? state.agents.get(event.agent) : undefined;
  const id = 'task' in event && typeof event.task === 'string' ? event.task : agent?.task;
  const task = id === undefined ? undefined : state.tasks.get(id)?.task;
  return task?.phase ?? state.phase ?? state.phases.at(-1)?.phase ?? BEFORE_ALL_PHASES;
}
