import * as vscode from 'vscode';
import { DisposableStore } from '../disposables.ts';
import type { Goals } from './goals.ts';
import { pasteImages } from './paste-images.ts';

const { t } = vscode.l10n;
const SCHEME = 'orchestrate-goal';
const uri = vscode.Uri.from({ scheme: SCHEME, path: '/Goal.md' });
/** What is typed is kept that soon. */
const SETTLE_MS = 300;
const FILES_OFFERED = 500;

/** The goal as a document of several lines: files are named with @, earlier goals are a click away, Ctrl+Enter starts. */
export class GoalEditor implements vscode.FileSystemProvider, vscode.CodeLensProvider, vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new vscode.EventEmitter<vscode.FileChangeEvent[]>());
  readonly onDidChangeFile = this.#changed.event;
  readonly #goals: Goals;
  #soon: NodeJS.Timeout | undefined;
  #written = 0;

  /** The folder of images that lie nowhere else. */
  readonly pasted: string;

  constructor(goals: Goals, pasted: string) {
    this.#goals = goals;
    this.pasted = pasted;
    for (const each of pasteImages(SCHEME, pasted)) this.#store.add(each);
    this.#store.add(vscode.workspace.registerFileSystemProvider(SCHEME, this));
    this.#store.add(vscode.languages.registerCodeLensProvider({ scheme: SCHEME }, this));
    this.#store.add(
      vscode.languages.registerCompletionItemProvider({ scheme: SCHEME }, { provideCompletionItems }, '@'),
    );
    this.#store.add(vscode.workspace.onDidChangeTextDocument(({ document }) => this.#keep(document)));
    this.#store.add({ dispose: () => clearTimeout(this.#soon) });
  }

  async open(): Promise<void> {
    const document = await vscode.workspace.openTextDocument(uri);
    const { end } = document.lineAt(document.lineCount - 1).range;
    // At once, not afterwards: by then somebody may be typing.
    await vscode.window.showTextDocument(document, { preview: false, selection: new vscode.Range(end, end) });
  }

  /** What stands there, where it is open. */
  get text(): string | undefined {
    return vscode.workspace.textDocuments.find(document => document.uri.scheme === SCHEME)?.getText();
  }

  async close(): Promise<void> {
    const tabs = vscode.window.tabGroups.all
      .flatMap(group => group.tabs)
      .filter(({ input }) => input instanceof vscode.TabInputText && input.uri.scheme === SCHEME);
    await vscode.window.tabGroups.close(tabs);
  }

  /** Takes an earlier goal in place of what stands there. */
  async takeEarlier(): Promise<void> {
    const { pickEarlier } = await import('./ask-goal.ts');
    const goal = await pickEarlier(this.#goals);
    if (goal === undefined) return;
    await this.#goals.write(goal);
    this.#written = Date.now();
    this.#changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
    await this.open();
  }

  /** Names images that the person picks, at its end. */
  async attach(): Promise<void> {
    const { pickImages } = await import('./images.ts');
    const named = await pickImages();
    if (named === '') return;
    await this.open();
    const editor = vscode.window.activeTextEditor;
    if (editor?.document.uri.scheme !== SCHEME) return;
    const { end } = editor.selection;
    const before = editor.document.getText(new vscode.Range(new vscode.Position(0, 0), end));
    await editor.edit(edit => edit.insert(end, `${/\S$/.test(before) ? ' ' : ''}${named} `));
  }

  provideCodeLenses(): vscode.CodeLens[] {
    const top = new vscode.Range(0, 0, 0, 0);
    const lens = (title: string, command: string) => new vscode.CodeLens(top, { title, command });
    return [
      lens(`$(play) ${t('Start Session')}`, 'orchestrate.goal.start'),
      ...(this.#goals.earlier.length > 0
        ? [lens(`$(history) ${t('Earlier Goals...')}`, 'orchestrate.goal.earlier')]
        : []),
      lens(`$(file-media) ${t('Attach Images...')}`, 'orchestrate.goal.attach'),
      lens(t('What should the team achieve? @ names a file'), ''),
    ];
  }

  stat(): vscode.FileStat {
    return { type: vscode.FileType.File, ctime: 0, mtime: this.#written, size: this.readFile().length };
  }

  readFile(): Uint8Array {
    return new TextEncoder().encode(this.#goals.draft);
  }

  async writeFile(_uri: vscode.Uri, content: Uint8Array): Promise<void> {
    await this.#goals.write(new TextDecoder().decode(content));
    this.#written = Date.now();
  }

  watch(): vscode.Disposable {
    return { dispose: () => undefined };
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  createDirectory(): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  dispose(): void {
    this.#store.dispose();
  }

  #keep(document: vscode.TextDocument): void {
    if (document.uri.scheme !== SCHEME || !document.isDirty) return;
    clearTimeout(this.#soon);
    this.#soon = setTimeout(() => void document.save(), SETTLE_MS);
  }
}

async function provideCompletionItems(
  document: vscode.TextDocument,
  position: vscode.Position,
): Promise<vscode.CompletionItem[]> {
  const range = document.getWordRangeAtPosition(position, /@[^\s@]*/);
  if (!range) return [];
  const found = await vscode.workspace.findFiles(
    '**/*',
    '{**/node_modules/**,**/.git/**,**/.orchestrate/sessions/**}',
    FILES_OFFERED,
  );
  return found.map(file => {
    const path = vscode.workspace.asRelativePath(file, false);
    const item = new vscode.CompletionItem(path, vscode.CompletionItemKind.File);
    item.insertText = `@${path}`;
    item.filterText = `@${path}`;
    item.range = range;
    return item;
  });
}
