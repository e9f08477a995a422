import * as vscode from 'vscode';
import type { Attachment } from '../../protocol/station.ts';

const { t } = vscode.l10n;

/** The most that is kept of a text that is handed in. */
const MOST = 20_000;

export interface Handed {
  attachments: Attachment[];
  /** What probably is to be done with it. */
  wish?: string;
  /** For the title of the question. */
  about?: string;
}

/** A problem of the editor, as the quick fix hands it in. */
export interface GivenProblem {
  problem: { uri: vscode.Uri; line: number; message: string; source?: string };
}

const pathOf = (uri: vscode.Uri): string | undefined =>
  vscode.workspace.getWorkspaceFolder(uri) ? vscode.workspace.asRelativePath(uri, false) : undefined;

/** What a command was called on, as attachments: files, a problem, a test or what it said when it failed, a selection. */
export function handedIn(given: unknown, more?: unknown): Handed {
  if (isProblem(given)) return problem(given);
  const failed = testIn(given);
  if (failed) return failed;
  const files = uris(given, more);
  const editor = vscode.window.activeTextEditor;
  // The menu of an editor hands in the file, and the person means what they have selected in it.
  if (editor && !editor.selection.isEmpty && (files.length === 0 || (files.length === 1 && same(files[0], editor))))
    return selection(editor);
  return about(files.flatMap(uri => file(uri)));
}

const same = (uri: vscode.Uri | undefined, { document }: vscode.TextEditor) =>
  uri?.toString() === document.uri.toString();

function about(attachments: Attachment[]): Handed {
  const names = attachments.flatMap(({ path }) => path ?? []);
  return { attachments, ...(names.length > 0 && { about: names.join(', ') }) };
}

function file(uri: vscode.Uri): Attachment[] {
  const path = pathOf(uri);
  return path === undefined ? [] : [{ kind: 'file', path }];
}

function selection({ document, selection: { start, end } }: vscode.TextEditor): Handed {
  const path = pathOf(document.uri);
  const last = end.character === 0 && end.line > start.line ? end.line - 1 : end.line;
  const lines = { from: start.line + 1, to: last + 1 };
  const text = document.getText(new vscode.Range(start, end)).slice(0, MOST);
  const place =
    path === undefined ? undefined : `${path}:${lines.from === lines.to ? lines.from : `${lines.from}-${lines.to}`}`;
  return {
    attachments: [{ kind: 'selection', ...(path !== undefined && { path, ...lines }), text }],
    ...(place !== undefined && { about: place }),
  };
}

function isProblem(given: unknown): given is GivenProblem {
  return typeof given === 'object' && given !== null && 'problem' in given;
}

function problem({ problem: { uri, line, message, source } }: GivenProblem): Handed {
  const path = pathOf(uri);
  const text = (source === undefined ? message : `${source}: ${message}`).slice(0, MOST);
  return {
    attachments: [{ kind: 'problem', ...(path !== undefined && { path, from: line + 1, to: line + 1 }), text }],
    wish: t('Solve this problem: {0}', oneLine(message)),
    ...(path !== undefined && { about: `${path}:${line + 1}` }),
  };
}

/** As the menus of tests hand them in, whoever's they are: `TestItem`, or `{ test, message }` of a failure. */
interface TestLike {
  id: string;
  label: string;
  uri?: vscode.Uri;
  range?: vscode.Range;
}

function testIn(given: unknown): Handed | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  const failure = 'message' in given ? messageText(given.message) : undefined;
  const test = 'test' in given ? given.test : given;
  if (!isTest(test)) return undefined;
  const path = test.uri && pathOf(test.uri);
  const from = test.range && test.range.start.line + 1;
  return {
    attachments: [
      {
        kind: 'test',
        ...(path !== undefined && { path, ...(from !== undefined && { from }) }),
        text: [test.label, failure].filter(Boolean).join('\n').slice(0, MOST),
      },
    ],
    wish: t('Make the test "{0}" pass', oneLine(test.label)),
    about: path ?? test.label,
  };
}

const isTest = (given: unknown): given is TestLike =>
  typeof given === 'object' &&
  given !== null &&
  'label' in given &&
  typeof given.label === 'string' &&
  'id' in given &&
  ('uri' in given || 'range' in given || 'children' in given);

function messageText(message: unknown): string | undefined {
  if (typeof message === 'string') return message;
  if (typeof message !== 'object' || message === null) return undefined;
  const { message: text, actualOutput, expectedOutput } = message as Partial<vscode.TestMessage>;
  const said = typeof text === 'string' ? text : text?.value;
  const seen = expectedOutput === undefined ? '' : `expected ${expectedOutput}, got ${actualOutput ?? ''}`;
  return [said, seen].filter(Boolean).join('\n') || undefined;
}

const oneLine = (text: string) => (text.trim().split('\n')[0] ?? '').slice(0, 200);

function uris(given: unknown, more: unknown): vscode.Uri[] {
  const all = Array.isArray(more) && more.length > 0 ? more : Array.isArray(given) ? given : [given];
  return all.filter(one => one instanceof vscode.Uri);
}
