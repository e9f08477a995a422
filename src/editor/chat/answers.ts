import * as vscode from 'vscode';
import { type TaskStanding, taskStanding } from '../../core/session/standing.ts';
import { plural } from '../../protocol/show.ts';
import { statusWord } from '../agents/words.ts';
import { say, tellProgress } from '../plain/chat.ts';
import { type Markdown, md, ours } from '../plain/markdown.ts';
import type { SessionController } from '../session-controller.ts';
import type { WindowSession } from '../window-session.ts';
import { readiness } from '../workspace-readiness.ts';
import { tellLog } from './follow.ts';
import type { Knowing } from './meant.ts';
import { answerOfOne, tellTeam } from './one.ts';
import { buttons, files, icon, standing, tell } from './telling.ts';

const { t } = vscode.l10n;
type Stream = vscode.ChatResponseStream;
type Answer = (
  controller: SessionController,
  request: vscode.ChatRequest,
  stream: Stream,
  token: vscode.CancellationToken,
) => Promise<void>;

const TASKS_SHOWN = 5;
const LINE = 90;

/** Starts, follows, tells and ends sessions, as the person's command says; without one, a text is a goal. */
export async function answer(
  knowing: Knowing,
  request: vscode.ChatRequest,
  stream: Stream,
  token: vscode.CancellationToken,
): Promise<void> {
  if (!ready(stream)) return;
  const { controller, team } = knowing;
  await controller.look();
  if (await answerOfOne(knowing, request, stream, token)) return;
  if (request.command === 'list') {
    await team.look();
    tellTeam(team, stream);
    if (team.runs && controller.sessions.length === 0) return;
  }
  const command = request.command ?? (request.prompt.trim() === '' ? 'status' : 'start');
  await (ANSWERS[command] ?? status)(controller, request, stream, token);
}

function ready(stream: Stream): boolean {
  switch (readiness()) {
    case 'ready':
      return true;
    case 'untrusted':
      say(stream, ours(t('Orchestrate starts no agents in a workspace that you do not trust.')));
      stream.button({ command: 'workbench.trust.manage', title: t('Manage Workspace Trust') });
      return false;
    case 'no-folder':
      say(stream, ours(t('Orchestrate works on the files of a folder. Open one first.')));
      stream.button({ command: 'vscode.openFolder', title: t('Open Folder') });
      return false;
  }
}

const start: Answer = async (controller, request, stream) => {
  if (request.prompt.trim() === '') {
    say(stream, ours(t('What should the team achieve? Write: `@orchestrate /start` and the goal.')));
    stream.button({ command: 'orchestrate.startDemo', title: t('Start Demo') });
    return;
  }
  const goal = goalOf(request);
  tellProgress(stream, t('The planner makes a plan...'));
  await vscode.commands.executeCommand('orchestrate.startSession', goal);
  const session = controller.current;
  if (!session?.running || session.state.goal !== goal) {
    say(stream, ours(t('Nothing was started.')));
    stream.button({ command: 'orchestrate.checkProviders', title: t('Check Providers') });
    stream.button({ command: 'orchestrate.setApiKey', title: t('Set API Key...') });
    return;
  }
  tell(session, stream);
  if (session.state.status === 'awaiting-approval') say(stream, md`\n\n${t('The plan waits for your approval.')}`);
  buttons(session, stream);
};

/** With the files that the person attached, as the team finds them. */
function goalOf({ prompt, references }: vscode.ChatRequest): string {
  const attached = references.flatMap(({ value }) => {
    const uri = value instanceof vscode.Location ? value.uri : value;
    return uri instanceof vscode.Uri ? [vscode.workspace.asRelativePath(uri, false)] : [];
  });
  const unnamed = [...new Set(attached)].filter(path => !prompt.includes(path));
  return unnamed.length === 0 ? prompt.trim() : `${prompt.trim()}\n\n${t('Files: {0}', unnamed.join(', '))}`;
}

/** Goes along with the session until it ends, asks something, or the person stops listening. */
const monitor: Answer = async (controller, request, stream, token) => {
  const session = controller.current;
  if (!session?.runs) return status(controller, request, stream, token);
  const { state } = session;
  tell(session, stream);
  const titleOf = (task: string) => state.tasks.get(task)?.task.title ?? task;
  await new Promise<void>(resolve => {
    const over = () => state.status === 'ended' || state.asks.size > 0;
    if (over() || token.isCancellationRequested) return resolve();
    const finish = () => {
      subscription.dispose();
      cancelled.dispose();
      resolve();
    };
    const subscription = session.subscribe(event => {
      if (event.type === 'task-started') say(stream, md`\n\n${icon('running')} ${titleOf(event.task)}`);
      if (event.type === 'task-completed') say(stream, md`\n\n${icon('completed')} ${titleOf(event.task)}`);
      if (event.type === 'task-failed') say(stream, md`\n\n${icon('failed')} ${titleOf(event.task)}: ${event.reason}`);
      if (event.type === 'agent-doing') tellProgress(stream, `${event.agent}: ${event.what}`);
      if (over()) finish();
    });
    const cancelled = token.onCancellationRequested(finish);
  });
  if (token.isCancellationRequested) return;
  const { size } = state.asks;
  if (size > 0)
    say(stream, md`\n\n${plural(size, t('1 question waits for you'), t('{0} questions wait for you', size))}`);
  if (state.status === 'ended') {
    say(stream, md`\n\n${standing(session)}`);
    files(session, stream);
  }
  buttons(session, stream);
};

const list: Answer = async ({ sessions }, _request, stream) => {
  if (sessions.length === 0) return nothing(stream);
  for (const session of sessions) {
    say(stream, md`**${session.state.goal || session.id}**  \n${standing(session)}\n\n`);
  }
};

const logs: Answer = async ({ current }, _request, stream, token) => {
  if (!current) return nothing(stream);
  tell(current, stream);
  say(stream, md`\n\n`);
  await tellLog({ session: current }, stream, token);
  stream.button({ command: 'orchestrate.openSessionLog', title: t('Open Session Log'), arguments: [current.id] });
};

/** Asked again by the command itself: one line in a chat should not end the work of a team. */
const abort: Answer = async ({ current }, _request, stream) => {
  if (!current?.runs) return say(stream, ours(t('No session runs.')));
  tell(current, stream);
  stream.button({ command: 'orchestrate.abort', title: t('Abort Session'), arguments: [current.id] });
};

const status: Answer = async ({ current }, _request, stream) => {
  if (!current) return nothing(stream);
  tell(current, stream);
  const [first, ...more] = taskLines(current);
  // Lines of one paragraph: between paragraphs there is as much room as for one more.
  if (first)
    say(
      stream,
      more.reduce((lines, line) => md`${lines}  \n${line}`, md`\n\n${first}`),
    );
  files(current, stream, 0);
  buttons(current, stream);
};

/** Not in need of a screen of its own: what goes on, what went wrong and what comes next, then the rest in numbers. */
function taskLines({ state, runs }: WindowSession): Markdown[] {
  const rank: readonly TaskStanding[] = [
    'running',
    'checking',
    'paused',
    'failed',
    'interrupted',
    'waiting',
    'pending',
  ];
  const tasks = [...state.tasks.values()].map(task => ({ ...task, status: taskStanding(state, task, runs) }));
  const telling = rank.flatMap(each => tasks.filter(({ status }) => status === each));
  const shown = (tasks.length <= TASKS_SHOWN ? tasks : telling).slice(0, TASKS_SHOWN);
  const left = Map.groupBy(
    tasks.filter(task => !shown.includes(task)),
    ({ status }) => status,
  );
  // Without icons: the chat takes what stands between two of them for a formula.
  const rest = [...left].map(([status, of]) => `${of.length} ${statusWord(status)}`);
  return [
    ...shown.map(
      ({ task, status, note }) => md`${icon(status)} ${short(note ? `${task.title}: ${note}` : task.title)}`,
    ),
    ...(rest.length > 0 ? [md`${shown.length > 0 ? t('and {0}', rest.join(', ')) : rest.join(', ')}`] : []),
  ];
}

const short = (text: string) => (text.length > LINE ? `${text.slice(0, LINE - 1).trimEnd()}…` : text);

/** Its summary: the tables of the whole report have no room in a chat. */
const report: Answer = async (controller, _request, stream) => {
  const { current } = controller;
  if (!current) return nothing(stream);
  const text = await (await controller.runtime()).text(current.id, 'report.md');
  const summary = text?.split(/^## /m)[1];
  if (summary === undefined) {
    tell(current, stream);
    say(stream, md`\n\n${t('There is no report yet: it is written when the session ends or is stopped.')}`);
  } else {
    // Its own words are Markdown, and those of others are text in it.
    say(stream, ours(summary.slice(summary.indexOf('\n') + 1)));
    files(current, stream);
  }
  // Behind a button, the editor folds what came before it.
  buttons(current, stream);
};

function nothing(stream: Stream): void {
  say(stream, ours(t('There is no session in this workspace yet. Write `@orchestrate /start` and a goal.')));
  stream.button({ command: 'orchestrate.startDemo', title: t('Start Demo') });
}

const ANSWERS: Record<string, Answer> = { start, monitor, list, logs, abort, status, report };
