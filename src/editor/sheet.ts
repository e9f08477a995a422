import * as vscode from 'vscode';

/** A tooltip of names and values. Texts of agents, vendors and people are shown as text, whatever is in them. */
export function sheet(title: string, rows: [name: string, value: string | undefined][]): vscode.MarkdownString {
  const text = new vscode.MarkdownString(undefined, true);
  text.appendMarkdown('**').appendText(title).appendMarkdown('**');
  for (const [name, value] of rows) {
    if (value) text.appendMarkdown(`\n\n${name}: `).appendText(value);
  }
  return text;
}
