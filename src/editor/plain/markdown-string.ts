import * as vscode from 'vscode';
import type { Markdown } from './markdown.ts';

/** With icons; a click runs nothing but these commands. */
export function markdownString({ value }: Markdown, commands: readonly string[] = []): vscode.MarkdownString {
  const made = new vscode.MarkdownString(value, true);
  if (commands.length > 0) made.isTrusted = { enabledCommands: commands };
  return made;
}
