import { counted } from '../../protocol/show.ts';
import type { StationEvent } from '../../protocol/station.ts';
import type { Workflow } from '../../protocol/workflow.ts';
import type { Sign, StationState, Wanted, Watched, Writes } from './contract.ts';
import { timesIn } from './lineage.ts';
import type { StandingWorkflow } from './standing-workflows.ts';

export interface OutsideHost {
  readonly state: StationState;
  append(event: StationEvent): unknown;
  /** Adds work that a cause brings, once; with a note only that is said. */
  admit(cause: string, workflow: StandingWorkflow, more: { after?: string; note?: string }): void;
  /** Whether as many of its runs as may be are not over. */
  full(workflow: StandingWorkflow): boolean;
  /** What a run has put into files of the workspace. */
  changed(run: string): Writes;
}

/** A workflow begins so often in a row by what may be its own doing. */
const MOST_IN_A_ROW = 3;
/** How many are named. */
const NAMED = 3;

interface Waiting extends Sign {
  /** Runs that were under way when it was seen. */
  during: string[];
}

type Trigger = Workflow['on'][number];

const watchedBy = ({ commit, changed }: Trigger): Watched | undefined => {
  if (commit) return { kind: 'branch', branch: commit.branch };
  return changed && { kind: 'files', globs: changed.files };
};

/** What is watched is a part of its key: of what nobody has watched before there is nothing to make up for. */
const keyOf = (workflow: string, watched: Watched): string =>
  `${workflow}#${watched.kind === 'branch' ? `commit ${watched.branch}` : `changed ${JSON.stringify(watched.globs)}`}`;

/** A name may hold a "#" of its own; before, a number stood where now stands what is watched. */
const workflowOf = (trigger: string): string => trigger.replace(/#(?:\d+|commit .*|changed \[.*)$/s, '');

/**
 * Starts workflows when a branch has new commits or files are different. Each time begins one once: what came while as many of
 * its runs as may be were under way, or while nobody was there, begins one together. What a workflow did itself begins it not.
 */
export class OutsideTriggers {
  readonly #triggers = new Map<string, { workflow: StandingWorkflow; watched: Watched }>();
  readonly #names: ReadonlySet<string>;
  readonly #host: OutsideHost;
  readonly #waiting = new Map<string, Waiting>();

  constructor(workflows: readonly StandingWorkflow[], host: OutsideHost) {
    this.#host = host;
    this.#names = new Set(workflows.map(({ name }) => name));
    for (const workflow of workflows)
      for (const trigger of workflow.on) {
        const watched = watchedBy(trigger);
        if (watched) this.#triggers.set(keyOf(workflow.name, watched), { workflow, watched });
      }
  }

  /** What these workflows do not wait for any more, so that it is not made up for when they do so again. */
  forget(): void {
    const { state, append } = this.#host;
    for (const [trigger, { mark }] of [...state.outside])
      if (mark !== undefined && !this.#triggers.has(trigger) && this.#names.has(workflowOf(trigger)))
        append({ type: 'outside-seen', trigger });
  }

  /** What is to be looked at, each with what stood there last. */
  wanted(): Wanted[] {
    const { outside } = this.#host.state;
    return [...this.#triggers].map(([trigger, { workflow, watched }]) => {
      const mark = outside.get(trigger)?.mark;
      return { trigger, workflow: workflow.name, watched, ...(mark !== undefined && { mark }) };
    });
  }

  see(sign: Sign): void {
    const { state } = this.#host;
    const open = [...state.runs.values()].filter(run => !run.end && !run.aside).map(({ id }) => id);
    const before = this.#waiting.get(sign.trigger);
    const { news: found, ...rest } = sign;
    const news = before ? before.news && found && [...before.news, ...found] : found;
    this.#waiting.set(sign.trigger, {
      ...rest,
      holds: new Map([...(before?.holds ?? []), ...(sign.holds ?? [])]),
      ...(news && { news }),
      missed: sign.missed || before?.missed === true,
      during: [...new Set([...(before?.during ?? []), ...open])],
    });
  }

  look(): void {
    for (const sign of [...this.#waiting.values()]) {
      const found = this.#triggers.get(sign.trigger);
      if (found && this.#host.full(found.workflow)) continue;
      this.#waiting.delete(sign.trigger);
      if (found) this.#take(sign, found.workflow, found.watched);
    }
  }

  #take(sign: Waiting, workflow: StandingWorkflow, watched: Watched): void {
    const { state, append, admit } = this.#host;
    const { trigger, mark, news, missed, restless } = sign;
    const last = state.outside.get(trigger);
    if (last?.mark === mark) return;
    // What came before anybody heard of it is nobody's to make up for.
    if (last?.mark !== undefined && news?.length !== 0) {
      const cause = `outside ${trigger} ${last.times} ${mark}`;
      const by = this.#by(sign, workflow.name, watched);
      const said = [...(missed ? [missedWords(watched, news)] : []), ...(restless ? [restlessWords(watched)] : [])];
      if (by.note === undefined && !state.causes.has(cause))
        for (const text of said) append({ type: 'notice', level: 'info', text: `${workflow.name}: ${text}` });
      admit(cause, workflow, by);
    }
    append({ type: 'outside-seen', trigger, mark });
  }

  /** Whose doing it was, as far as it was the team's; with a note where that begins nothing. */
  #by({ news, holds, during }: Waiting, name: string, watched: Watched): { after?: string; note?: string } {
    const { state, changed } = this.#host;
    const left = (run: string, path: string) => {
      const contents = changed(run).get(path);
      const now = holds?.get(path);
      if (!contents || now === undefined) return contents !== undefined;
      // While it was under way, it may have been seen before the last of it.
      return during.includes(run) ? contents.includes(now) : contents.at(-1) === now;
    };
    const did = (run: { id: string; session: string }, thing: string) =>
      watched.kind === 'branch' ? run.session === thing : left(run.id, thing);
    const runs = [...state.runs.values()];
    const own = runs.filter(run => timesIn(state, run.id, name) > 0);
    if (news?.every(thing => own.some(run => did(run, thing)))) return { note: ownWords(watched, news) };
    const whose = runs.find(run => news?.every(thing => did(run, thing)));
    // What a command did in one of its runs bears no name.
    const after = whose?.id ?? own.find(({ id }) => during.includes(id))?.id;
    if (timesIn(state, after, name) >= MOST_IN_A_ROW)
      return { note: `not begun again, since it has begun itself ${MOST_IN_A_ROW} times in a row` };
    return after === undefined ? {} : { after };
  }
}

const list = (paths: readonly string[]) =>
  [...paths.slice(0, NAMED), ...(paths.length > NAMED ? [`${paths.length - NAMED} more`] : [])].join(', ');

function ownWords(watched: Watched, news: readonly string[]): string {
  const what = watched.kind === 'branch' ? `the new commits on ${watched.branch}` : list([...new Set(news)]);
  return `not begun: ${what} ${watched.kind === 'files' && new Set(news).size === 1 ? 'is' : 'are'} its own doing`;
}

function missedWords(watched: Watched, news: readonly string[] | undefined): string {
  const what =
    watched.kind === 'files'
      ? `files that it waits for (${watched.globs.join(', ')}) changed`
      : `${news === undefined ? 'commits' : counted(news.length, 'commit')} came to ${watched.branch}`;
  return `${what} while nobody was there; it begins once for all of that`;
}

const restlessWords = (watched: Watched) =>
  `${watched.kind === 'files' ? watched.globs.join(', ') : watched.branch} did not stand still for a minute; it begins with what was there, and not again before it does`;
