import * as vscode from 'vscode';
import type { Author } from '../../core/changes/contract.ts';
import type { Selector } from '../../core/changes/decisions.ts';
import type { Hunk } from '../../core/changes/hunks.ts';
import { DisposableStore } from '../disposables.ts';
import { named, type ReviewModel, roleOf, type WaitingHunks } from './model.ts';
import type { ReviewSession } from './session.ts';
import type { HunkTarget, Target } from './target.ts';
import { changesOf, filesAnd, kindOf, placeOf, waiting } from './words.ts';

const { t } = vscode.l10n;

export type Grouping = 'agent' | 'task';

interface SessionNode {
  kind: 'session';
  session: ReviewSession;
}
interface GroupNode {
  kind: 'group';
  session: ReviewSession;
  by: Grouping;
  name: string;
}
/** A line of the Review view. Each says what its buttons are about. */
export type ReviewNode =
  | SessionNode
  | GroupNode
  | { kind: 'file'; group: GroupNode; file: WaitingHunks }
  | { kind: 'hunk'; group: GroupNode; file: WaitingHunks; hunk: Hunk };

const KINDS: ReadonlySet<unknown> = new Set<ReviewNode['kind']>(['session', 'group', 'file', 'hunk']);
export const isReviewNode = (about: unknown): about is ReviewNode =>
  typeof about === 'object' && about !== null && 'kind' in about && KINDS.has(about.kind);

/**
 * Who wrote what and waits for a decision: agents or tasks, their files, the hunks in them; under the session they
 * belong to, where several sessions wait.
 */
export class ReviewTree implements vscode.TreeDataProvider<ReviewNode>, vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new vscode.EventEmitter<undefined>());
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #model: ReviewModel;
  readonly #view: vscode.TreeView<ReviewNode>;
  #grouping: Grouping = 'agent';

  constructor(model: ReviewModel) {
    this.#model = model;
    this.#view = this.#store.add(
      vscode.window.createTreeView<ReviewNode>('orchestrate.review', { treeDataProvider: this, showCollapseAll: true }),
    );
    this.#store.add(model.onDidChange(() => this.#update()));
    this.#update();
  }

  set grouping(grouping: Grouping) {
    this.#grouping = grouping;
    void vscode.commands.executeCommand('setContext', 'orchestrate.review.grouping', grouping);
    this.#changed.fire(undefined);
  }

  getChildren(node?: ReviewNode): ReviewNode[] {
    if (!node) {
      const sessions = this.#sessions();
      const [only] = sessions;
      if (only && sessions.length === 1) return this.#groupsOf(only);
      return sessions.map(session => ({ kind: 'session', session }));
    }
    switch (node.kind) {
      case 'session':
        return this.#groupsOf(node.session);
      case 'group':
        return filesOf(node).map(file => ({ kind: 'file', group: node, file }));
      case 'file':
        return hunksIn(node.group, node.file).map(hunk => ({ ...node, kind: 'hunk', hunk }));
      case 'hunk':
        return [];
    }
  }

  getParent(node: ReviewNode): ReviewNode | undefined {
    switch (node.kind) {
      case 'session':
        return undefined;
      case 'group':
        return this.#sessions().length > 1 ? { kind: 'session', session: node.session } : undefined;
      case 'file':
        return node.group;
      case 'hunk':
        return { kind: 'file', group: node.group, file: node.file };
    }
  }

  getTreeItem(node: ReviewNode): vscode.TreeItem {
    switch (node.kind) {
      case 'session':
        return sessionItem(node);
      case 'group':
        return groupItem(node);
      case 'file':
        return this.#fileItem(node);
      case 'hunk':
        return this.#hunkItem(node);
    }
  }

  /** Shows where a hunk is listed. */
  async reveal({ session: id, path, hunk: hunkId }: HunkTarget): Promise<void> {
    const file = this.#model.filesAt(path).find(({ session }) => session.state.session === id);
    const hunk = file?.hunks.find(one => one.id === hunkId);
    if (!file || !hunk) return;
    const group = this.#groupsOf(file.session).find(one => hunk.authors.some(author => isIn(one, author)));
    if (group) {
      await this.#view.reveal({ kind: 'hunk', group, file, hunk }, { select: true, focus: true, expand: true });
    }
  }

  dispose(): void {
    this.#store.dispose();
  }

  #update(): void {
    const { paths, hunkCount } = this.#model;
    const [only, ...others] = this.#sessions();
    const tooltip = waiting(paths.length, hunkCount);
    this.#view.badge = paths.length > 0 ? { value: paths.length, tooltip } : undefined;
    this.#view.description = only && others.length === 0 ? only.state.goal : '';
    void vscode.commands.executeCommand('setContext', 'orchestrate.review.count', paths.length);
    void vscode.commands.executeCommand(
      'setContext',
      'orchestrate.review.paths',
      paths.map(path => this.#model.uriOf(path).fsPath),
    );
    this.#changed.fire(undefined);
  }

  /** Those in which something waits. */
  #sessions(): ReviewSession[] {
    return this.#model.sessions.filter(({ changes }) => changes.pendingFiles().length > 0);
  }

  #groupsOf(session: ReviewSession): GroupNode[] {
    const by = this.#grouping;
    const names = session.changes.pendingFiles().flatMap(file => file.authors.map(author => nameOf(by, author)));
    return [...new Set(names)].map(name => ({ kind: 'group', session, by, name }));
  }

  #fileItem({ group, file }: ReviewNode & { kind: 'file' }): vscode.TreeItem {
    const item = new vscode.TreeItem(this.#model.uriOf(file.path), vscode.TreeItemCollapsibleState.Collapsed);
    const folder = file.path.includes('/') ? file.path.slice(0, file.path.lastIndexOf('/')) : '';
    const count = changesOf(hunksIn(group, file).length);
    const what = {
      created: t('new'),
      deleted: t('deleted'),
      modified: linesIn(hunksIn(group, file)),
    }[file.change];
    item.id = `${idOf(group)}:${file.path}`;
    item.iconPath = file.mark
      ? new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'))
      : vscode.ThemeIcon.File;
    const mark = file.mark ? { acts: t('runs by itself'), scripts: t('scripts changed') }[file.mark.kind] : '';
    item.description = [mark, what, count, folder].filter(part => part !== '').join(' · ');
    const place = file.renamedFrom === undefined ? file.path : t('{0}, was {1}', file.path, file.renamedFrom);
    item.tooltip = file.mark ? `${place}\n${file.mark.says}` : place;
    item.accessibilityInformation = { label: [file.path, mark, what, count].filter(part => part !== '').join(', ') };
    item.command = { command: 'orchestrate.review.openDiff', title: t('Open Changes'), arguments: [file.path] };
    item.contextValue = 'file';
    return item;
  }

  #hunkItem({ group, file, hunk }: ReviewNode & { kind: 'hunk' }): vscode.TreeItem {
    const item = new vscode.TreeItem(kindOf(hunk), vscode.TreeItemCollapsibleState.None);
    item.id = `${idOf(group)}:${file.path}:${hunk.id}`;
    item.description = [placeOf(hunk), hunk.edited ? t('edited by you') : ''].filter(part => part !== '').join(' · ');
    item.tooltip = named(file.session, hunk.authors);
    item.iconPath = new vscode.ThemeIcon(
      { added: 'diff-added', removed: 'diff-removed', changed: 'diff-modified' }[hunk.kind as string] ?? 'diff',
    );
    item.accessibilityInformation = { label: `${kindOf(hunk)}, ${placeOf(hunk)}` };
    const target = this.#model.targetOf({ file, hunk });
    item.command = { command: 'orchestrate.review.goToHunk', title: t('Go to Change'), arguments: [target] };
    item.contextValue = 'hunk';
    return item;
  }
}

function sessionItem({ session }: SessionNode): vscode.TreeItem {
  const files = session.changes.pendingFiles();
  const hunks = files.reduce((sum, file) => sum + file.hunks, 0);
  const item = new vscode.TreeItem(session.state.goal, vscode.TreeItemCollapsibleState.Expanded);
  item.id = session.state.session;
  item.description = filesAnd(files.length, hunks);
  item.tooltip = `${session.state.goal}\n${session.state.session}`;
  item.iconPath = new vscode.ThemeIcon('comment-discussion');
  item.contextValue = 'session';
  return item;
}

function groupItem(node: GroupNode): vscode.TreeItem {
  const { session, by, name } = node;
  const files = filesOf(node);
  const hunks = files.reduce((sum, file) => sum + hunksIn(node, file).length, 0);
  const authors = files.flatMap(file => file.authors).filter(author => isIn(node, author));
  const title = by === 'task' ? session.state.tasks.get(name)?.task.title : undefined;
  const label = by === 'agent' ? roleOf(session, name) : (title ?? (name || t('No task')));
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Expanded);
  item.id = idOf(node);
  item.description = filesAnd(files.length, hunks);
  item.tooltip = named(session, authors);
  item.iconPath = new vscode.ThemeIcon(by === 'agent' ? 'hubot' : 'checklist');
  item.contextValue = 'group';
  return item;
}

const idOf = ({ session, by, name }: GroupNode) => `${session.state.session}:${by}:${name}`;
const nameOf = (by: Grouping, author: Author) => (by === 'agent' ? author.agent : (author.task ?? ''));
const isIn = (group: { by: Grouping; name: string }, author: Author) => nameOf(group.by, author) === group.name;
const hunksIn = (group: GroupNode, file: WaitingHunks) =>
  file.hunks.filter(hunk => hunk.authors.some(author => isIn(group, author)));

function filesOf(group: GroupNode): WaitingHunks[] {
  const { session } = group;
  return session.changes.pendingFiles().flatMap(({ path, authors }) => {
    const file = authors.some(author => isIn(group, author)) ? session.changes.peek(path) : undefined;
    return file ? [{ ...file, session }] : [];
  });
}

/** `+3 −1` */
function linesIn(hunks: readonly Hunk[]): string {
  let added = 0;
  let removed = 0;
  for (const { spans, base } of hunks) {
    removed += base.count;
    for (const { count } of spans) added += count;
  }
  return `+${added} −${removed}`;
}

/** What the buttons of a line are about. */
export function targetsOf(node: ReviewNode, model: ReviewModel): Target[] {
  const selector = selectorOf(node);
  if (node.kind === 'session' || node.kind === 'group') return model.targets(selector, [node.session]);
  const { session, path, view } = node.file;
  return [{ session, selector, views: new Map([[path, view]]) }];
}

function selectorOf(node: ReviewNode): Selector {
  if (node.kind === 'session') return {};
  const { by, name } = node.kind === 'group' ? node : node.group;
  const group: Selector = by === 'agent' ? { agent: name } : name === '' ? {} : { task: name };
  if (node.kind === 'group') return group;
  if (node.kind === 'file') return { ...group, path: node.file.path };
  return { path: node.file.path, hunks: [node.hunk.id] };
}
