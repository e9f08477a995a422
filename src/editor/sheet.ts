import type * as vscode from 'vscode';
import { type Markdown, md } from './plain/markdown.ts';
import { markdownString } from './plain/markdown-string.ts';

/** A tooltip of names and values. Texts of agents, vendors and people are shown as text, whatever is in them. */
export function sheet(title: string, rows: [name: string, value: string | undefined][]): vscode.MarkdownString {
  const line = (text: Markdown, [name, value]: (typeof rows)[number]) =>
    value ? md`${text}\n\n${name}: ${value}` : text;
  return markdownString(rows.reduce(line, md`**${title}**`));
}
