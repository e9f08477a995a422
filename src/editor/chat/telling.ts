import { join } from 'node:path';
import * as vscode from 'vscode';
import { sessionStanding } from '../../core/session/standing.ts';
import { nextSteps } from '../../dashboard/rows/next-steps.ts';
import type { NextStep } from '../../protocol/dashboard-rows.ts';
import { plural } from '../../protocol/show.ts';
import { describeSession, statusIcon } from '../agents/words.ts';
import { say } from '../plain/chat.ts';
import { type Markdown, md, ours } from '../plain/markdown.ts';
import { plain } from '../plain/text.ts';
import { stepCommands } from '../step-commands.ts';
import type { WindowSession } from '../window-session.ts';

const { t } = vscode.l10n;
type Stream = vscode.ChatResponseStream;

const FILES_SHOWN = 6;

/** A state's icon as markdown; it stands still, since what was said in a chat does not change. */
export const icon = (status: Parameters<typeof statusIcon>[0]) =>
  ours(`$(${statusIcon(status).id.replace(/~.*/, '')})`);

/** How a session stands, in one line. */
export function standing({ state, runs }: WindowSession): Markdown {
  const whole = describeSession({ state, runs }, Date.now()).whole;
  return md`${icon(sessionStanding(state, runs))} ${whole}${state.rehearsal ? md` · ${t('demo')}` : ''}`;
}

/** Its goal and its status. */
export const tell = (session: WindowSession, stream: Stream) =>
  say(stream, md`**${session.state.goal || session.id}**\n\n${standing(session)}\n`);

/** The files that wait for review, and so many of them to be opened from here. */
export function files({ state }: WindowSession, stream: Stream, shown = FILES_SHOWN): void {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const pending = [...state.files.values()].filter(({ deleted, status }) => !deleted && status === 'pending');
  const count = pending.length;
  if (!folder || count === 0) return;
  if (shown === 0) {
    const text = plural(count, t('1 file waits for your review.'), t('{0} files wait for your review.', count));
    say(stream, md`\n\n${text}`);
    return;
  }
  say(
    stream,
    md`\n\n${plural(count, t('1 file waits for your review:'), t('{0} files wait for your review:', count))} `,
  );
  for (const { path } of pending.slice(0, shown)) {
    stream.anchor(vscode.Uri.file(join(folder, path)), plain(path));
    say(stream, md` `);
  }
  if (count > shown) say(stream, md`${t('and {0} more', count - shown)}`);
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
