import { join } from 'node:path';
import * as vscode from 'vscode';
import { describeSession } from './agents/words.ts';
import type { SessionController } from './session-controller.ts';
import type { WindowSession } from './window-session.ts';
import { requireReady } from './workspace-readiness.ts';

const { t } = vscode.l10n;
type Stream = vscode.ChatResponseStream;
type Answer = (
  controller: SessionController,
  prompt: string,
  stream: Stream,
  token: vscode.CancellationToken,
) => Promise<void>;

const LAST = 15;

/** `@orchestrate` in the chat view: starts, follows and ends sessions. */
export function chatParticipant(controller: SessionController, extension: vscode.Uri): vscode.Disposable {
  const participant = vscode.chat.createChatParticipant(
    'orchestrate.chat',
    async (request, _context, stream, token) => {
      if (vscode.workspace.isTrusted && vscode.workspace.workspaceFolders?.length) await controller.look();
      const answer = ANSWERS[request.command ?? (request.prompt.trim() === '' ? 'status' : 'start')] ?? status;
      await answer(controller, request.prompt.trim(), stream, token);
    },
  );
  participant.iconPath = vscode.Uri.joinPath(extension, 'media', 'icon.png');
  return participant;
}

const ANSWERS: Record<string, Answer> = { start, monitor, list, logs, abort, status, report };

async function start(controller: SessionController, prompt: string, stream: Stream): Promise<void> {
  if (prompt === '') {
    stream.markdown(t('What should the team achieve? Write: `@orchestrate /start` and the goal.'));
    stream.button({ command: 'orchestrate.startDemo', title: t('Start Demo Session') });
    return;
  }
  if (!(await requireReady())) return;
  stream.progress(t('The planner makes a plan...'));
  await vscode.commands.executeCommand('orchestrate.startSession', prompt);
  const session = controller.current;
  if (!session?.running || session.state.goal !== prompt) {
    stream.markdown(t('Nothing was started.'));
    stream.button({ command: 'orchestrate.checkProviders', title: t('Check Providers') });
    return;
  }
  tell(session, stream);
  if (session.state.asks.size > 0) stream.markdown(`\n\n${t('The plan waits for your approval.')}`);
  buttons(session, stream);
}

/** Goes along with the session until it ends, asks something, or the person stops listening. */
async function monitor(
  controller: SessionController,
  _prompt: string,
  stream: Stream,
  token: vscode.CancellationToken,
): Promise<void> {
  const session = controller.current;
  if (!session?.runs) return status(controller, _prompt, stream);
  tell(session, stream);
  await new Promise<void>(resolve => {
    const finish = () => {
      subscription.dispose();
      cancelled.dispose();
      resolve();
    };
    const subscription = session.subscribe(event => {
      if (event.type === 'task-started') stream.markdown(`\n\n▸ ${code(event.task)} ${t('has started')}`);
      if (event.type === 'task-completed') stream.markdown(`\n\n✓ ${code(event.task)} ${t('is done')}`);
      if (event.type === 'task-failed') stream.markdown(`\n\n✗ ${code(event.task)}: ${plain(event.reason)}`);
      if (event.type === 'agent-doing') stream.progress(`${event.agent}: ${event.what}`);
      if (event.type === 'session-ended' || session.state.asks.size > 0) finish();
    });
    const cancelled = token.onCancellationRequested(finish);
    if (session.state.asks.size > 0 || session.state.status === 'ended') finish();
  });
  if (session.state.asks.size > 0) stream.markdown(`\n\n${t('{0} questions wait for you.', session.state.asks.size)}`);
  buttons(session, stream);
}

async function list({ sessions }: SessionController, _prompt: string, stream: Stream): Promise<void> {
  if (sessions.length === 0) return nothing(stream);
  for (const { state, id } of sessions) {
    stream.markdown(`- **${plain(state.goal || id)}** · ${plain(describeSession(state, Date.now()).whole)}\n`);
  }
}

async function logs({ current }: SessionController, _prompt: string, stream: Stream): Promise<void> {
  if (!current) return nothing(stream);
  const { notices, failovers, denials } = current.state;
  const lines = [
    ...notices.map(({ at, text }) => ({ at, text })),
    ...failovers.map(({ at, agent, from, to, reason }) => ({ at, text: `${agent}: ${from} → ${to} (${reason})` })),
    ...denials.map(({ at, agent, what, rule }) => ({ at, text: `${agent}: ${t('refused')} ${what} (${rule})` })),
    ...[...current.state.agents.values()].map(({ agent, lastEventAt, doing, summary }) => ({
      at: lastEventAt,
      text: `${agent}: ${summary ?? doing ?? ''}`,
    })),
  ].sort((a, b) => a.at - b.at);
  for (const { at, text } of lines.slice(-LAST)) {
    stream.markdown(`- ${new Date(at).toLocaleTimeString()} ${plain(text)}\n`);
  }
  stream.button({ command: 'orchestrate.openSessionLog', title: t('Open Session Log'), arguments: [current.id] });
}

async function abort({ current }: SessionController, _prompt: string, stream: Stream): Promise<void> {
  if (!current?.runs) {
    stream.markdown(t('No session runs.'));
    return;
  }
  tell(current, stream);
  stream.button({ command: 'orchestrate.abort', title: t('Abort Session'), arguments: [current.id] });
}

async function status({ current }: SessionController, _prompt: string, stream: Stream): Promise<void> {
  if (!current) return nothing(stream);
  tell(current, stream);
  for (const { task, status, note } of current.state.tasks.values()) {
    const mark = { completed: '✓', failed: '✗', running: '▸', checking: '▸' }[status as string] ?? '·';
    stream.markdown(`\n- ${mark} ${plain(task.title)}${note ? ` · ${plain(note)}` : ''}`);
  }
  buttons(current, stream);
}

async function report(controller: SessionController, _prompt: string, stream: Stream): Promise<void> {
  const { current } = controller;
  if (!current) return nothing(stream);
  const text = await (await controller.backend()).text(current.id, 'report.md');
  if (text === undefined)
    stream.markdown(t('There is no report yet: it is written when the session ends or is stopped.'));
  else stream.markdown(text);
  buttons(current, stream);
}

function tell({ state }: WindowSession, stream: Stream): void {
  stream.markdown(`**${plain(state.goal)}**\n\n${plain(describeSession(state, Date.now()).whole)}\n`);
}

/** Files that agents wrote, to be opened from here, and what can be done next. */
function buttons(session: WindowSession, stream: Stream): void {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const written = [...session.state.files.values()].filter(({ deleted, status }) => !deleted && status === 'pending');
  if (folder) for (const { path } of written.slice(0, LAST)) stream.reference(vscode.Uri.file(join(folder, path)));
  if (session.state.asks.size > 0 && session.runs) {
    stream.button({ command: 'orchestrate.answer', title: t('Answer...'), arguments: [session.id] });
  }
  if (written.length > 0) stream.button({ command: 'orchestrate.review.openAllDiffs', title: t('Review Changes') });
  if (session.resumable) {
    stream.button({ command: 'orchestrate.resumeSession', title: t('Resume'), arguments: [session.id] });
  }
  stream.button({ command: 'orchestrate.openDashboard', title: t('Open Dashboard') });
}

function nothing(stream: Stream): void {
  stream.markdown(t('There is no session in this workspace yet. Write `@orchestrate /start` and a goal.'));
  stream.button({ command: 'orchestrate.startDemo', title: t('Start Demo Session') });
}

/** What agents say is no markdown of ours. */
const plain = (text: string) => text.replaceAll(/[\\`*_{}[\]<>#|$]/g, '\\$&').replaceAll('\n', ' ');
const code = (text: string) => `\`${text.replaceAll('`', '')}\``;
