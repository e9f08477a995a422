import { join } from 'node:path';
import * as vscode from 'vscode';
import { sessionStanding } from '../../core/session/standing.ts';
import type { NextStep } from '../../protocol/dashboard-rows.ts';
import { describeSession, statusIcon } from '../agents/words.ts';
import { nextSteps, stepCommands } from '../next-steps.ts';
import type { WindowSession } from '../window-session.ts';

const { t } = vscode.l10n;
type Stream = vscode.ChatResponseStream;

const FILES_SHOWN = 6;

/** What agents and people say is no markdown of ours. */
export const plain = (text: string) => text.replaceAll(/[\\`*_{}[\]<>#|$~]/g, '\\$&').replaceAll(/\s*\n\s*/g, ' ');
export const code = (text: string) => `\`${text.replaceAll('`', '').replaceAll('\n', ' ')}\``;

/** With icons, and without anything that a click would run. */
export const say = (stream: Stream, text: string) => stream.markdown(new vscode.MarkdownString(text, true));

/** A state's icon as markdown; it stands still, since what was said in a chat does not change. */
export const icon = (status: Parameters<typeof statusIcon>[0]) => `$(${statusIcon(status).id.replace(/~.*/, '')})`;

/** How a session stands, in one line. */
export function standing({ state, runs }: WindowSession): string {
  const whole = describeSession({ state, runs }, Date.now()).whole;
  return `${icon(sessionStanding(state, runs))} ${plain(whole)}${state.rehearsal ? ` · ${t('demo')}` : ''}`;
}

/** Its goal, and how it stands. */
export const tell = (session: WindowSession, stream: Stream) =>
  say(stream, `**${plain(session.state.goal || session.id)}**\n\n${standing(session)}\n`);

/** The files that wait for review, to be opened from here. */
export function files({ state }: WindowSession, stream: Stream): void {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const pending = [...state.files.values()].filter(({ deleted, status }) => !deleted && status === 'pending');
  if (!folder || pending.length === 0) return;
  const count =
    pending.length === 1 ? t('1 file waits for your review:') : t('{0} files wait for your review:', pending.length);
  say(stream, `\n\n${count} `);
  for (const { path } of pending.slice(0, FILES_SHOWN)) {
    stream.anchor(vscode.Uri.file(join(folder, path)), path);
    say(stream, ' ');
  }
  if (pending.length > FILES_SHOWN) say(stream, t('and {0} more', pending.length - FILES_SHOWN));
}

const STEP_TITLES: Record<NextStep, () => string> = {
  'approve-plan': () => t('Approve Plan'),
  'open-plan': () => t('Open the Plan'),
  'revise-plan': () => t('Revise Plan...'),
  'cancel-plan': () => t('Cancel Plan'),
  answer: () => t('Answer...'),
  review: () => t('Review Changes'),
  resume: () => t('Resume'),
  'ask-for-more': () => t('Ask for More...'),
  report: () => t('Show Report'),
};

/** What can be done next. */
export function buttons(session: WindowSession, stream: Stream): void {
  for (const step of nextSteps(session))
    stream.button({ command: stepCommands[step], title: STEP_TITLES[step](), arguments: [session.id] });
  stream.button({ command: 'orchestrate.openDashboard', title: t('Open Dashboard') });
}
