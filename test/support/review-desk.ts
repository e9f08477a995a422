import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { type Changes, createChanges } from '../../src/core/changes/changes.ts';
import type { Author } from '../../src/core/changes/contract.ts';
import type { WorkspaceFiles } from '../../src/core/ports.ts';
import type { FolderReview } from '../../src/editor/review/folder-review.ts';
import { reviewOf } from '../../src/editor/review/journaled.ts';
import type { FixRound } from '../../src/editor/review/session.ts';
import { type MemoryJournal, memoryJournal } from './memory-journal.ts';
import { sha256 } from './memory-workspace.ts';

export const ada: Author = { agent: 'agent-1', task: 'ui', model: 'anthropic/opus' };
export const bob: Author = { agent: 'agent-2', task: 'api', model: 'openai/gpt' };

let ids = 0;

/** What the extension gives to tests. */
export interface Extension {
  review: FolderReview;
  workspace: WorkspaceFiles;
}

/** A session under review in the real extension: agents write, the views show it. */
export class ReviewDesk {
  readonly journal: MemoryJournal = memoryJournal();
  readonly changes: Changes;
  readonly fixRounds: FixRound[] = [];
  readonly #review: FolderReview;
  readonly #workspace: WorkspaceFiles;

  constructor({ review, workspace }: Extension, options: { running?: boolean } = {}) {
    this.#review = review;
    this.#workspace = workspace;
    this.changes = createChanges({
      files: workspace,
      journal: this.journal,
      hash: sha256,
      newId: prefix => `${prefix}-${++ids}`,
    });
    for (const [agent, role, task] of [
      ['agent-1', 'frontend-specialist', 'ui'],
      ['agent-2', 'backend-specialist', 'api'],
    ] as const) {
      this.journal.append({ type: 'agent-started', agent, role, task, attempt: 1, route: [] });
    }
    const send = async (request: FixRound) => {
      this.fixRounds.push(request);
    };
    review.reviews.show([reviewOf(this.journal, this.changes, options.running === false ? undefined : send)]);
  }

  /** The extension's own review; activates it. */
  static async extension(): Promise<Extension> {
    const extension = vscode.extensions.getExtension('orchestrate.orchestrate');
    assert.ok(extension);
    const { review } = await extension.activate();
    assert.ok(review);
    return { review, workspace: await review.workspace() };
  }

  async write(path: string, content: string | Uint8Array | null, author: Author = ada): Promise<void> {
    const seen = (await this.#workspace.read(path))?.hash ?? null;
    const result = await this.changes.agentFiles.write({ path, content, author, seen });
    assert.ok(result.ok, JSON.stringify(result));
  }

  async lenses(path: string): Promise<{ line: number; title: string; run: () => Thenable<unknown> }[]> {
    await vscode.workspace.openTextDocument(uri(path));
    const found = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri(path));
    return found.map(({ range, command }) => ({
      line: range.start.line,
      title: command?.title ?? '',
      run: () => vscode.commands.executeCommand(command?.command as string, ...(command?.arguments ?? [])),
    }));
  }

  close(): void {
    this.#review.reviews.show([]);
  }
}

export const folder = (): vscode.Uri => vscode.workspace.workspaceFolders?.[0]?.uri as vscode.Uri;
export const uri = (path: string): vscode.Uri => vscode.Uri.joinPath(folder(), path);
export const put = (path: string, text: string | Uint8Array): Thenable<void> =>
  vscode.workspace.fs.writeFile(uri(path), typeof text === 'string' ? new TextEncoder().encode(text) : text);
export const onDisk = async (path: string): Promise<string | undefined> => {
  try {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(await vscode.workspace.fs.readFile(uri(path)));
  } catch {
    return undefined;
  }
};
export const show = async (path: string): Promise<vscode.TextEditor> =>
  vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri(path)));
