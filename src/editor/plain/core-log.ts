import type * as vscode from 'vscode';
import type { Log } from '../../core/ports.ts';

/** The extension's log, for what knows nothing of the editor. */
export const coreLog = (log: vscode.LogOutputChannel): Log => ({
  write: (level, text, detail) => (detail === undefined ? log[level](text) : log[level](text, detail)),
});
