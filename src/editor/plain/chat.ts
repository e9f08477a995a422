import type * as vscode from 'vscode';
import { type Markdown, md } from './markdown.ts';
import { markdownString } from './markdown-string.ts';

/** With icons, and without anything that a click would run. */
export const say = (stream: vscode.ChatResponseStream, text: Markdown): void => stream.markdown(markdownString(text));

/** What goes on, until the next thing does. VS Code reads it as Markdown. */
export const tellProgress = (stream: vscode.ChatResponseStream, text: string): void =>
  stream.progress(md`${text}`.value);
