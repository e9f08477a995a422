import * as vscode from 'vscode';
import { isRetriable } from '../../core/session/standing.ts';
import type { AgentState } from '../../core/session/state.ts';
import { isNode } from '../agents/nodes.ts';
import { describeSession, statusWord, titleOf } from '../agents/words.ts';
import * as window from '../plain/window.ts';
import type { SessionController } from '../session-controller.ts';
import type { WindowSession } from '../window-session.ts';

const { t } = vscode.l10n;

/** What a command is about: the row it was called on, an id, or what the person picks; the only one is taken at once. */
export async function chooseSession(
  controller: SessionController,
  given: unknown,
  fits: (session: WindowSession) => boolean,
  none: string,
): Promise<WindowSession | undefined> {
  const named = sessionIn(controller, given);
  if (named) return named;
  await controller.look();
  const fitting = controller.sessions.filter(fits);
  if (fitting.length === 0) {
    void window.showInformationMessage(none);
    return undefined;
  }
  if (fitting.length === 1) return fitting[0];
  const picked = await window.showQuickPick(
    fitting.map(session => ({
      label: session.state.goal || session.id,
      description: describeSession(session, Date.now()).whole,
      detail: session.id,
      session,
    })),
    { title: t('Which session?'), matchOnDescription: true, matchOnDetail: true },
  );
  return picked?.session;
}

/** An agent that is at work: the row's, or one that is picked. */
export async function chooseAgent(
  controller: SessionController,
  given: unknown,
  fits: (agent: AgentState) => boolean = () => true,
): Promise<{ session: WindowSession; agent: string } | undefined> {
  if (isNode(given) && given.kind === 'agent') return { session: given.session, agent: given.agent };
  const named = namedAgent(controller, given);
  if (named) return named;
  const working = controller.sessions
    .filter(({ runs }) => runs)
    .flatMap(session =>
      [...session.state.agents.values()]
        .filter(state => state.endedAt === undefined && fits(state))
        .map(state => ({
          label: titleOf(session.state, state),
          description: [state.agent, state.doing].filter(Boolean).join(' · '),
          session,
          agent: state.agent,
        })),
    );
  if (working.length === 0) {
    void window.showInformationMessage(t('There is no agent at work to which that applies.'));
    return undefined;
  }
  return window.showQuickPick(working, { title: t('Which agent?'), matchOnDescription: true });
}

/** A task that did not get done: the row's, the dashboard's, or one that is picked. */
export async function chooseTask(
  controller: SessionController,
  given: unknown,
): Promise<{ session: WindowSession; task: string } | undefined> {
  if (isNode(given) && given.kind === 'task') return { session: given.session, task: given.task };
  const session = sessionIn(controller, given);
  if (session && typeof given === 'object' && given !== null && 'task' in given && typeof given.task === 'string')
    return { session, task: given.task };
  await controller.look();
  const open = (session ? [session] : controller.sessions).flatMap(session =>
    [...session.state.tasks.values()].filter(isRetriable).map(({ task, status, note }) => ({
      label: task.title,
      description: [statusWord(status), note].filter(Boolean).join(' · '),
      detail: session.state.goal,
      session,
      task: task.id,
    })),
  );
  if (open.length > 0) return window.showQuickPick(open, { title: t('Which task?'), matchOnDescription: true });
  void window.showInformationMessage(t('No task failed, and none was cancelled.'));
  return undefined;
}

function sessionIn(controller: SessionController, given: unknown): WindowSession | undefined {
  if (isNode(given)) return given.session;
  if (typeof given === 'string') return controller.find(given);
  if (typeof given === 'object' && given !== null && 'session' in given && typeof given.session === 'string') {
    return controller.find(given.session);
  }
  return undefined;
}

/** As the dashboard names one: `{ session, agent }`. */
function namedAgent(controller: SessionController, given: unknown) {
  if (typeof given !== 'object' || given === null || !('agent' in given) || typeof given.agent !== 'string')
    return undefined;
  const session = sessionIn(controller, given) ?? controller.current;
  return session && { session, agent: given.agent };
}
