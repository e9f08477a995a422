import * as vscode from 'vscode';
import type { FileReview, PendingFile } from '../../core/changes/changes.ts';
import type { Author } from '../../core/changes/contract.ts';
import type { RelPath } from '../../protocol/ids.ts';
import { DisposableStore } from '../disposables.ts';
import type { ReviewSession, ReviewSource } from './session.ts';

/** Views follow the changes at most this often, in ms: agents write in bursts. */
const PACE = 40;

/** What changed: paths, or everything. */
export type Moved = ReadonlySet<RelPath> | 'all';

/** The review as all views see it: one session, its pending files, and one calm stream of what changed. */
export class ReviewModel implements vscode.Disposable {
  readonly folder: vscode.Uri;
  readonly #source: ReviewSource;
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new vscode.EventEmitter<Moved>());
  readonly onDidChange = this.#changed.event;
  #subscriptions = new DisposableStore();
  #timer: NodeJS.Timeout | undefined;
  #moved: Set<RelPath> | 'all' = new Set();

  constructor(source: ReviewSource, folder: vscode.Uri) {
    this.#source = source;
    this.folder = folder;
    this.#store.add(source.onDidChangeCurrent(() => this.#follow()));
    this.#store.add({ dispose: () => this.#subscriptions.dispose() });
    this.#store.add({ dispose: () => clearTimeout(this.#timer) });
    this.#follow();
  }

  get session(): ReviewSession | undefined {
    return this.#source.current;
  }

  /** By path. */
  get files(): PendingFile[] {
    return this.session?.changes.pendingFiles() ?? [];
  }

  file(path: RelPath): FileReview | undefined {
    return this.session?.changes.peek(path);
  }

  fileOf(uri: vscode.Uri): FileReview | undefined {
    const path = this.pathOf(uri);
    return path === undefined ? undefined : this.file(path);
  }

  pathOf(uri: vscode.Uri): RelPath | undefined {
    const { scheme, authority, path } = this.folder;
    if (uri.scheme !== scheme || uri.authority !== authority || !uri.path.startsWith(`${path}/`)) return undefined;
    return uri.path.slice(path.length + 1);
  }

  uriOf(path: RelPath): vscode.Uri {
    return vscode.Uri.joinPath(this.folder, path);
  }

  /** The role that people know an agent by. */
  roleOf(agent: string): string {
    return this.session?.state.agents.get(agent)?.role ?? agent;
  }

  /** `frontend-specialist (anthropic/opus)`; several joined. */
  named(authors: readonly Author[]): string {
    const names = authors.map(({ agent, model }) => {
      const role = this.roleOf(agent);
      return model === undefined ? role : `${role} (${model})`;
    });
    return [...new Set(names)].join(', ');
  }

  dispose(): void {
    this.#store.dispose();
  }

  #follow(): void {
    this.#subscriptions.dispose();
    this.#subscriptions = new DisposableStore();
    const session = this.session;
    if (session) {
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
