import * as vscode from 'vscode';
import type { FileReview, PendingFile } from '../../core/changes/changes.ts';
import type { Author } from '../../core/changes/contract.ts';
import type { Selector } from '../../core/changes/decisions.ts';
import type { Hunk } from '../../core/changes/hunks.ts';
import { DisposableStore } from '../disposables.ts';
import type { ReviewActions, Target } from './actions.ts';
import type { ReviewModel } from './model.ts';
import { changesOf, filesAnd, kindOf, placeOf } from './words.ts';

const { t } = vscode.l10n;

export type Grouping = 'agent' | 'task';

/** A line of the Review view. Each says what its buttons are about. */
export type ReviewNode =
  | { kind: 'group'; by: Grouping; name: string }
  | { kind: 'file'; group: ReviewNode & { kind: 'group' }; file: FileReview }
  | { kind: 'hunk'; group: ReviewNode & { kind: 'group' }; file: FileReview; hunk: Hunk };

/** Who wrote what and waits for a decision: agents or tasks, their files, the hunks in them. */
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
    if (!node) return this.#groups();
    if (node.kind === 'group') {
      return this.#filesOf(node).map(file => ({ kind: 'file', group: node, file }));
    }
    if (node.kind === 'hunk') return [];
    const { group, file } = node;
    return hunksIn(group, file).map(hunk => ({ kind: 'hunk', group, file, hunk }));
  }

  getParent(node: ReviewNode): ReviewNode | undefined {
    if (node.kind === 'group') return undefined;
    return node.kind === 'file' ? node.group : { kind: 'file', group: node.group, file: node.file };
  }

  getTreeItem(node: ReviewNode): vscode.TreeItem {
    if (node.kind === 'group') return this.#groupItem(node);
    return node.kind === 'file' ? this.#fileItem(node) : this.#hunkItem(node);
  }

  /** Shows where a hunk is listed. */
  async reveal(path: string, hunkId: string): Promise<void> {
    const file = this.#model.file(path);
    const hunk = file?.hunks.find(({ id }) => id === hunkId);
    const group = hunk && this.#groups().find(one => hunk.authors.some(author => isIn(one, author)));
    if (file && hunk && group?.kind === 'group') {
      await this.#view.reveal({ kind: 'hunk', group, file, hunk }, { select: true, focus: true, expand: true });
    }
  }

  dispose(): void {
    this.#store.dispose();
  }

  #update(): void {
    const { files } = this.#model;
    const tooltip = t('{0} wait for review', filesAnd(files.length, hunksTogether(files)));
    this.#view.badge = files.length > 0 ? { value: files.length, tooltip } : undefined;
    this.#view.description = this.#model.session?.state.goal ?? '';
    void vscode.commands.executeCommand('setContext', 'orchestrate.review.count', files.length);
    void vscode.commands.executeCommand(
      'setContext',
      'orchestrate.review.paths',
      files.map(file => this.#model.uriOf(file.path).fsPath),
    );
    this.#changed.fire(undefined);
  }

  #groups(): (ReviewNode & { kind: 'group' })[] {
    const by = this.#grouping;
    const names = this.#model.files.flatMap(file => file.authors.map(author => nameOf(by, author)));
    return [...new Set(names)].map(name => ({ kind: 'group', by, name }));
  }

  #filesOf(group: ReviewNode & { kind: 'group' }): FileReview[] {
    return this.#model.files
      .filter(file => file.authors.some(author => isIn(group, author)))
      .map(file => this.#model.file(file.path))
      .filter(file => file !== undefined);
  }

  #groupItem(node: ReviewNode & { kind: 'group' }): vscode.TreeItem {
    const files = this.#filesOf(node);
    const hunks = files.reduce((sum, file) => sum + hunksIn(node, file).length, 0);
    const authors = files.flatMap(file => file.authors).filter(author => isIn(node, author));
    const title = node.by === 'task' ? this.#model.session?.state.tasks.get(node.name)?.task.title : undefined;
    const label = node.by === 'agent' ? this.#model.roleOf(node.name) : (title ?? (node.name || t('No task')));
    const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Expanded);
    item.id = `${node.by}:${node.name}`;
    item.description = filesAnd(files.length, hunks);
    item.tooltip = this.#model.named(authors);
    item.iconPath = new vscode.ThemeIcon(node.by === 'agent' ? 'hubot' : 'checklist');
    item.contextValue = 'group';
    return item;
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
    item.id = `${group.by}:${group.name}:${file.path}`;
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
    item.id = `${group.by}:${group.name}:${file.path}:${hunk.id}`;
    item.description = [placeOf(hunk), hunk.edited ? t('edited by you') : ''].filter(part => part !== '').join(' · ');
    item.tooltip = this.#model.named(hunk.authors);
    item.iconPath = new vscode.ThemeIcon(
      { added: 'diff-added', removed: 'diff-removed', changed: 'diff-modified' }[hunk.kind as string] ?? 'diff',
    );
    item.accessibilityInformation = { label: `${kindOf(hunk)}, ${placeOf(hunk)}` };
    const target = { path: file.path, hunk: hunk.id, view: file.view };
    item.command = { command: 'orchestrate.review.goToHunk', title: t('Go to Change'), arguments: [target] };
    item.contextValue = 'hunk';
    return item;
  }
}

const nameOf = (by: Grouping, author: Author) => (by === 'agent' ? author.agent : (author.task ?? ''));
const isIn = (group: { by: Grouping; name: string }, author: Author) => nameOf(group.by, author) === group.name;
const hunksIn = (group: { by: Grouping; name: string }, file: FileReview) =>
  file.hunks.filter(hunk => hunk.authors.some(author => isIn(group, author)));

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

const hunksTogether = (files: readonly PendingFile[]) => files.reduce((sum, file) => sum + file.hunks, 0);

/** What the buttons of a line are about. */
export function targetOf(node: ReviewNode, actions: ReviewActions): Target {
  const selector = selectorOf(node);
  if (node.kind === 'group') return actions.targetOf(selector);
  return { selector, views: new Map([[node.file.path, node.file.view]]) };
}

function selectorOf(node: ReviewNode): Selector {
  const whose = node.kind === 'group' ? node : node.group;
  const group: Selector = whose.by === 'agent' ? { agent: whose.name } : whose.name === '' ? {} : { task: whose.name };
  if (node.kind === 'group') return group;
  if (node.kind === 'file') return { ...group, path: node.file.path };
  return { path: node.file.path, hunks: [node.hunk.id] };
}
