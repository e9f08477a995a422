import type { Who } from '../../protocol/events.ts';
import type { RelPath } from '../../protocol/ids.ts';
import type { Author } from './contract.ts';
import type { OwnEdits } from './decide.ts';
import type { Files } from './files.ts';
import { type Choice, type Content, decided, type RefusedBecause } from './reviewed.ts';
import { MissingBlob, type Tracked } from './tracked.ts';
import { inParallel } from './turns.ts';

/** Which pending work is meant; all conditions together, none for the whole session. */
export interface Selector {
  path?: RelPath;
  /** Only with a path. */
  hunks?: readonly string[];
  agent?: string;
  task?: string;
}

/** What whoever decides was looking at, by path: a file's `view`, or its content's hash. Nothing else is decided on. */
export type Views = ReadonlyMap<RelPath, string>;

export interface DecideOptions {
  by?: Who;
  /** Why it is rejected; goes back to the agent. */
  reason?: string;
  /** What becomes of the user's own edits inside rejected hunks. */
  edits?: OwnEdits;
  /** Also takes out what others built on rejected work. */
  force?: boolean;
}

export interface Refused {
  path: RelPath;
  /** `stale`: the file moved under the view. `edited` and `built-on` want to be told so by `edits` and `force`. */
  reason: RefusedBecause | 'stale' | 'failed';
  hunks: string[];
  /** Whose work was built on it. */
  by: Author[];
  message?: string;
}

export interface ReviewResult {
  done: { path: RelPath; hunks: string[]; authors: Author[]; builtOn: Author[] }[];
  refused: Refused[];
}

type Outcome = { done: ReviewResult['done'][number] } | { refused: Refused };

/** Files decided on at the same time. */
const AT_ONCE = 32;

/** Accepts and rejects: intent, effect, outcome, each file by itself. */
export class Decisions {
  readonly #files: Files;

  constructor(files: Files) {
    this.#files = files;
  }

  async decide(
    action: 'accept' | 'reject',
    selector: Selector,
    views: Views,
    options: DecideOptions,
    signal?: AbortSignal,
  ): Promise<ReviewResult> {
    const paths = [...views.keys()].filter(path => selector.path === undefined || path === selector.path);
    const outcomes = await inParallel(paths, AT_ONCE, path =>
      this.#files.turn(path, async (): Promise<Outcome | undefined> => {
        if (signal?.aborted) return undefined;
        return this.#one(action, path, selector, views.get(path) as string, options, signal);
      }),
    );
    await this.#files.ground.journal.flush();
    const result: ReviewResult = { done: [], refused: [] };
    for (const outcome of outcomes) {
      if (!outcome) continue;
      if ('done' in outcome) result.done.push(outcome.done);
      // Where all of a session's or an agent's is meant, a file without any is no news.
      else if (selector.path !== undefined || outcome.refused.reason !== 'gone') result.refused.push(outcome.refused);
    }
    return result;
  }

  async #one(
    action: 'accept' | 'reject',
    path: RelPath,
    selector: Selector,
    view: string,
    options: DecideOptions,
    signal: AbortSignal | undefined,
  ): Promise<Outcome> {
    const refuse = (reason: Refused['reason'], more: Partial<Refused> = {}): Outcome => ({
      refused: { path, reason, hunks: [], by: [], ...more },
    });
    const file = await this.#files.find(path);
    if (!file) return refuse('gone');
    const before = await this.#files.refresh(file, signal);
    if (!isSeen(file, view)) return refuse('stale');
    const verdict = decided(file.reviewed, action, choiceOf(selector), options);
    if (!verdict.ok) return refuse(verdict.reason, { hunks: verdict.hunks, by: verdict.by });

    const { reviewed, hunks, authors, builtOn } = verdict;
    let after: Content = before;
    if (action === 'reject') {
      try {
        after = await file.contentOf(reviewed);
      } catch (error) {
        if (error instanceof MissingBlob) return refuse('failed', { message: error.message });
        throw error;
      }
      if (after.bytes) await this.#files.ground.journal.putBlob(after.bytes);
    }
    const pending = await file.store(reviewed, after);
    const accepted = action === 'accept' ? await file.accepted(reviewed) : undefined;
    if (action === 'accept') await file.keepBases(file.reviewed, reviewed);
    const review = this.#files.ground.newId('review');
    const all = file.hunks.length === hunks.length && pending === null;
    const intent = {
      type: 'review-intent' as const,
      review,
      action,
      path,
      ...(!all && { hunks }),
      by: options.by ?? 'user',
      ...(options.reason !== undefined && { reason: options.reason }),
      file: { before: before.hash, after: after.hash },
      baseline: { before: file.baseHash(file.reviewed), after: file.baseHash(reviewed) },
      authors,
      ...(builtOn.length > 0 && { builtOn }),
      pending,
      ...(accepted?.absent && { absent: accepted.absent }),
    };
    const { journal } = this.#files.ground;
    let moved = false;
    if (after.hash === before.hash) journal.append(intent);
    else {
      await journal.commit(intent);
      const result = await this.#files.put(path, after, before.hash, signal);
      if (!result.ok) {
        const stale = result.reason === 'stale';
        const message = stale ? {} : { message: result.message };
        journal.append({ type: 'review-outcome', review, ok: false, reason: stale ? 'stale' : 'failed', ...message });
        return refuse(stale ? 'stale' : 'failed', message);
      }
      moved = result.hash !== after.hash;
    }
    journal.append({ type: 'review-outcome', review, ok: true, reason: 'applied' });
    accepted?.keep();
    file.become(reviewed, after.hash);
    this.#files.track(file);
    // What an editor changed in it while saving is seen with the next look.
    if (moved) await this.#files.refresh(file, signal);
    return { done: { path, hunks, authors, builtOn } };
  }
}

/** Whether what was looked at is what is there. */
const isSeen = (file: Tracked, view: string) => view === viewOf(file) || view === contentOf(file);

/** Names the file's content, for those who saw it in another process. */
export const contentOf = (file: Tracked): string => file.content ?? 'none';

/** Names what can be seen of a file now. */
export const viewOf = (file: Tracked): string => `v${file.version}`;

/** Which of a file's work a selector means. */
export function choiceOf({ hunks, agent, task }: Selector): Choice {
  const isAnybody = agent === undefined && task === undefined;
  return {
    ...(hunks && { hunks }),
    ...(!isAnybody && {
      isMeant: author =>
        (agent === undefined || author.agent === agent) && (task === undefined || author.task === task),
    }),
  };
}
