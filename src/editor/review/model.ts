import * as vscode from 'vscode';
import type { ByHand, FileReview, PendingFile } from '../../core/changes/changes.ts';
import type { Author } from '../../core/changes/contract.ts';
import type { Selector } from '../../core/changes/decisions.ts';
import type { Hunk } from '../../core/changes/hunks.ts';
import type { RelPath } from '../../protocol/ids.ts';
import { DisposableStore } from '../disposables.ts';
import type { ReviewSession, ReviewSource } from './session.ts';
import type { HunkTarget, Target } from './target.ts';

/** Views follow the changes at most this often, in ms: agents write in bursts. */
const PACE = 40;

/** What changed: paths, or everything. */
export type Moved = ReadonlySet<RelPath> | 'all';

/** A file in which work of one session waits. Where several wait in a file, it is there once for each. */
export interface Waiting extends PendingFile {
  session: ReviewSession;
}
/** The same with every hunk. */
export interface WaitingHunks extends FileReview {
  session: ReviewSession;
}

/** The review as all views see it: the sessions, their pending files, and one calm stream of what changed. */
export class ReviewModel implements vscode.Disposable {
  readonly #source: ReviewSource;
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new vscode.EventEmitter<Moved>());
  readonly onDidChange = this.#changed.event;
  #subscriptions = new DisposableStore();
  #timer: NodeJS.Timeout | undefined;
  #moved: Set<RelPath> | 'all' = new Set();

  constructor(source: ReviewSource) {
    this.#source = source;
    this.#store.add(source.onDidChangeSessions(() => this.#follow()));
    this.#store.add({ dispose: () => this.#subscriptions.dispose() });
    this.#store.add({ dispose: () => clearTimeout(this.#timer) });
    this.#follow();
  }

  get folder(): vscode.Uri {
    return this.#source.folder;
  }

  /** Newest first. */
  get sessions(): readonly ReviewSession[] {
    return this.#source.sessions;
  }

  session(id: string): ReviewSession | undefined {
    return this.sessions.find(({ state }) => state.session === id);
  }

  /** By path, in each the newest session first. */
  get files(): Waiting[] {
    const all = this.sessions.flatMap(session => session.changes.pendingFiles().map(file => ({ ...file, session })));
    return all.sort((one, other) => (one.path < other.path ? -1 : one.path > other.path ? 1 : 0));
  }

  /** By path, each once. */
  get paths(): RelPath[] {
    return [...new Set(this.files.map(({ path }) => path))];
  }

  /** How many hunks wait, of all sessions. */
  get hunkCount(): number {
    return this.files.reduce((sum, file) => sum + file.hunks, 0);
  }

  /** What waits in a file, session by session. */
  filesAt(path: RelPath): WaitingHunks[] {
    return this.sessions.flatMap(session => {
      const file = session.changes.peek(path);
      return file ? [{ ...file, session }] : [];
    });
  }

  filesOf(uri: vscode.Uri): WaitingHunks[] {
    const path = this.pathOf(uri);
    return path === undefined ? [] : this.filesAt(path);
  }

  /** All hunks of a file in the order of its lines. */
  hunksAt(path: RelPath): { file: WaitingHunks; hunk: Hunk }[] {
    const all = this.filesAt(path).flatMap(file => file.hunks.map(hunk => ({ file, hunk })));
    return all.sort((one, other) => one.hunk.current.start - other.hunk.current.start);
  }

  /** What a button on a hunk is about, as it is shown now. */
  targetOf({ file, hunk }: { file: WaitingHunks; hunk: Hunk }): HunkTarget {
    return { session: file.session.state.session, path: file.path, hunk: hunk.id, view: file.view };
  }

  /** All that waits and fits, as it is shown now. */
  targets(selector: Selector = {}, sessions: readonly ReviewSession[] = this.sessions): Target[] {
    return sessions.flatMap(session => {
      const views = session.changes.views(selector);
      return views.size > 0 ? [{ session, selector, views }] : [];
    });
  }

  /** Looks at files that may have changed in other ways than by typing. Tells what the user took out by hand. */
  async look(path: RelPath): Promise<{ session: ReviewSession; path: RelPath; rejected: ByHand[] }[]> {
    return Promise.all(
      this.sessions.map(async session => ({ session, path, rejected: await session.changes.noteUserEdit(path) })),
    );
  }

  /** Files that are to be looked at when they change. */
  known(): Set<RelPath> {
    return new Set(this.sessions.flatMap(({ changes }) => changes.known()));
  }

  pathOf(uri: vscode.Uri): RelPath | undefined {
    const { scheme, authority, path } = this.folder;
    if (uri.scheme !== scheme || uri.authority !== authority || !uri.path.startsWith(`${path}/`)) return undefined;
    return uri.path.slice(path.length + 1);
  }

  uriOf(path: RelPath): vscode.Uri {
    return vscode.Uri.joinPath(this.folder, path);
  }

  dispose(): void {
    this.#store.dispose();
  }

  #follow(): void {
    this.#subscriptions.dispose();
    this.#subscriptions = new DisposableStore();
    for (const session of this.sessions) {
      this.#subscriptions.add(session.changes.onDidChange(paths => this.#note(paths)));
      this.#subscriptions.add(session.onDidChange(() => this.#note([])));
    }
    this.#moved = 'all';
    this.#note([]);
  }

  #note(paths: readonly RelPath[]): void {
    if (this.#moved !== 'all') for (const path of paths) this.#moved.add(path);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const moved = this.#moved;
      this.#moved = new Set();
      this.#changed.fire(moved);
    }, PACE);
  }
}

/** The role that people know an agent by. */
export const roleOf = ({ state }: ReviewSession, agent: string): string => state.agents.get(agent)?.role ?? agent;

/** `frontend-specialist (anthropic/opus)`; several joined. */
export function named(session: ReviewSession, authors: readonly Author[]): string {
  const names = authors.map(({ agent, model }) => {
    const role = roleOf(session, agent);
    return model === undefined ? role : `${role} (${model})`;
  });
  return [...new Set(names)].join(', ');
}
