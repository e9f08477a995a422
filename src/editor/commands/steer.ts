import * as vscode from 'vscode';
import type { MoreWork } from '../../core/team/options.ts';
import { shownRequest } from '../../core/visible.ts';
import { answerAsk, isFirstPlan } from '../attention/asks.ts';
import { raiseBudget } from '../attention/notices.ts';
import * as window from '../plain/window.ts';
import type { PlanApproval } from '../plan/approval.ts';
import { ask } from '../request.ts';
import type { SessionController } from '../session-controller.ts';
import type { WindowSession } from '../window-session.ts';
import { requireReady } from '../workspace-readiness.ts';
import { chooseAgent, chooseSession, chooseTask } from './choose.ts';
import { startWithProgress } from './start-session.ts';

const { t } = vscode.l10n;
const runs = (session: WindowSession) => session.runs;
const paused = ({ state }: WindowSession) => state.status === 'paused';

export async function resumeSession(controller: SessionController, given?: unknown): Promise<void> {
  if (!(await requireReady())) return;
  const session = await chooseSession(
    controller,
    given,
    ({ resumable }) => resumable,
    t('There is no session to resume: none was cut off.'),
  );
  if (session) await startWithProgress(controller, { kind: 'resume', session: session.id });
}

export async function abortSession(controller: SessionController, given?: unknown): Promise<void> {
  const session = await chooseSession(controller, given, runs, t('No session runs.'));
  if (!session) return;
  const abort = t('Abort');
  const choice = await window.showWarningMessage(
    t('Abort this session?'),
    { modal: true, detail: `${session.state.goal}\n\n${t('Its agents stop. What they wrote stays for your review.')}` },
    abort,
  );
  if (choice === abort) await ask(session, { kind: 'abort', reason: 'ended by the user' });
}

export async function pauseSession(controller: SessionController, given?: unknown): Promise<void> {
  const fits = (session: WindowSession) => runs(session) && !paused(session);
  const session = await chooseSession(controller, given, fits, t('No session runs.'));
  if (session) await ask(session, { kind: 'pause', reason: 'paused by the user' });
}

export async function continueSession(controller: SessionController, given?: unknown): Promise<void> {
  const fits = (session: WindowSession) => runs(session) && paused(session);
  const session = await chooseSession(controller, given, fits, t('No session is paused.'));
  if (session) await ask(session, { kind: 'unpause' });
}

/** The next thing that waits: an agent's question, a permission, or the plan. */
export async function answerAgent(
  controller: SessionController,
  planApproval: PlanApproval,
  given?: unknown,
): Promise<void> {
  const asks = (session: WindowSession) => runs(session) && session.state.asks.size > 0;
  const session = await chooseSession(controller, given, asks, t('No agent asks anything.'));
  if (!session) return;
  const agent = typeof given === 'object' && given !== null && 'agent' in given ? given.agent : undefined;
  const waiting = [...session.state.asks.values()].filter(each => agent === undefined || each.agent === agent);
  const [first] = waiting;
  if (!first) {
    void window.showInformationMessage(t('No agent asks anything.'));
    return;
  }
  const picked =
    waiting.length === 1
      ? first
      : (
          await window.showQuickPick(
            waiting.map(each => ({
              label: each.agent,
              description: each.request.type === 'question-asked' ? each.request.text : shownRequest(each.request),
              each,
            })),
            { title: t('{0} questions wait for you', waiting.length) },
          )
        )?.each;
  if (!picked) return;
  if (isFirstPlan(session, picked) && session.running) await planApproval.show(session);
  else await answerAsk(session, picked);
}

export async function queueTask(controller: SessionController, given?: unknown): Promise<void> {
  const session = await chooseSession(controller, given, runs, t('No session runs that could take a task.'));
  if (!session) return;
  const text = await window.showInputBox({
    title: t('Queue Task'),
    prompt: t('What should be done besides? It starts as soon as an agent is free.'),
    ignoreFocusOut: true,
    validateInput: value => (value.trim() === '' ? t('Say what should be done.') : undefined),
  });
  if (text === undefined) return;
  const who = await askWho(controller, session);
  if (!who) return;
  const urgency = await window.showQuickPick(
    [
      { label: t('Medium'), priority: 5 },
      { label: t('High'), priority: 8 },
      { label: t('Low'), priority: 2 },
    ],
    { title: t('How urgent is it?') },
  );
  if (!urgency) return;
  await ask(session, { kind: 'queue-add', text: text.trim(), priority: urgency.priority, ...who });
}

/** A session that is over goes back to work: for a request, or for changes that were rejected. */
export async function askForMore(controller: SessionController, given?: unknown): Promise<void> {
  if (!(await requireReady())) return;
  const none = t('No session is finished. More work for one that runs goes into its queue.');
  const session = await chooseSession(controller, given, ({ finished }) => finished, none);
  if (!session) return;
  if (session.runs) return queueTask(controller, session.id);
  if (!session.state.planApproved) {
    void window.showInformationMessage(t('This session ended before it had a plan. Start a new one.'));
    return;
  }
  if (session.state.rehearsal) {
    const text = t(
      'The models of the demo are scripted and know nothing more. Start a session with models of your own.',
    );
    void window.showInformationMessage(text);
    return;
  }
  const more = mendsIn(given) ?? (await askMore(controller, session));
  if (more) await startWithProgress(controller, { kind: 'resume', session: session.id, more });
}

async function askMore(controller: SessionController, session: WindowSession): Promise<MoreWork[] | undefined> {
  const text = await window.showInputBox({
    title: t('Ask for More'),
    prompt: t('What should the team do besides? It knows what it has done.'),
    placeHolder: t('For example: sort the list by date as well'),
    ignoreFocusOut: true,
    validateInput: value => (value.trim() === '' ? t('Say what should be done.') : undefined),
  });
  if (text === undefined) return undefined;
  const who = await askWho(controller, session);
  return who && [{ text: text.trim(), ...who }];
}

/** As the review names them: `{ session, mend: [{ path, reason }] }`. */
function mendsIn(given: unknown): MoreWork[] | undefined {
  if (typeof given !== 'object' || given === null || !('mend' in given) || !Array.isArray(given.mend)) return undefined;
  return given.mend as MoreWork[];
}

/** A pool, a role, or whoever fits; undefined when the person goes away. */
async function askWho(controller: SessionController, session: WindowSession): Promise<{ target?: string } | undefined> {
  const anyone = { label: t('Whoever fits'), target: undefined as string | undefined };
  const roles = (await controller.roles()).map(({ name, description }) => ({
    label: name,
    detail: description,
    target: name,
  }));
  const pools = Object.keys(session.state.plan?.pools ?? {}).map(name => ({
    label: name,
    description: t('pool'),
    target: name,
  }));
  const who = await window.showQuickPick([anyone, ...pools, ...roles], { title: t('Who should do it?') });
  return who && (who.target === undefined ? {} : { target: who.target });
}

/** What failed, was cancelled or skipped begins anew; a session that is over goes on for it. */
export async function retryTask(controller: SessionController, given?: unknown): Promise<void> {
  if (!(await requireReady())) return;
  const chosen = await chooseTask(controller, given);
  if (!chosen) return;
  const { session, task } = chosen;
  if (session.runs) await ask(session, { kind: 'retry', task });
  else await startWithProgress(controller, { kind: 'resume', session: session.id, retry: { task } });
}

export async function raiseSessionBudget(controller: SessionController, given?: unknown): Promise<void> {
  const session = await chooseSession(controller, given, runs, t('No session runs.'));
  if (session) await raiseBudget(session);
}

export async function pauseAgent(controller: SessionController, given?: unknown): Promise<void> {
  const chosen = await chooseAgent(controller, given, ({ status }) => status !== 'paused');
  if (chosen) await ask(chosen.session, { kind: 'pause', agent: chosen.agent });
}

export async function continueAgent(controller: SessionController, given?: unknown): Promise<void> {
  const chosen = await chooseAgent(controller, given, ({ status }) => status === 'paused');
  if (chosen) await ask(chosen.session, { kind: 'unpause', agent: chosen.agent });
}

export async function abortAgent(controller: SessionController, given?: unknown): Promise<void> {
  const chosen = await chooseAgent(controller, given);
  if (!chosen) return;
  const abort = t('Abort Agent');
  const text = t('Abort {0}? Its task is cancelled.', chosen.agent);
  if ((await window.showWarningMessage(text, { modal: true }, abort)) !== abort) return;
  await ask(chosen.session, { kind: 'abort', agent: chosen.agent, reason: 'ended by the user' });
}

export async function nudgeAgent(controller: SessionController, given?: unknown): Promise<void> {
  const chosen = await chooseAgent(controller, given);
  if (!chosen) return;
  const text = await window.showInputBox({
    title: t('Nudge {0}', chosen.agent),
    prompt: t('The agent reads this before its next turn.'),
    ignoreFocusOut: true,
    validateInput: value => (value.trim() === '' ? t('Say something to the agent.') : undefined),
  });
  if (text !== undefined) await ask(chosen.session, { kind: 'nudge', agent: chosen.agent, text: text.trim() });
}

/** From its next turn on the agent works with another model. */
export async function reassignAgent(controller: SessionController, given?: unknown): Promise<void> {
  const chosen = await chooseAgent(controller, given);
  if (!chosen) return;
  const { session, agent } = chosen;
  const state = session.state.agents.get(agent);
  const known = new Set([...(state?.route ?? []), ...[...session.state.agents.values()].flatMap(({ route }) => route)]);
  const other = t('Another model...');
  const picked = await window.showQuickPick(
    [
      ...[...known].map(model => ({ label: model, description: model === state?.model ? t('now') : '' })),
      { label: other, description: 'provider/model' },
    ],
    { title: t('Which model should {0} work with?', agent) },
  );
  if (!picked) return;
  const model = picked.label === other ? await askModel() : picked.label;
  if (model === undefined) return;
  const rest = (state?.route ?? []).filter(each => each !== model);
  await ask(session, { kind: 'reassign', agent, route: [model, ...rest], reason: 'asked by the user' });
}

function askModel(): Thenable<string | undefined> {
  return window.showInputBox({
    title: t('Another Model'),
    prompt: t('As provider/model, for example anthropic/claude-sonnet-5-5'),
    ignoreFocusOut: true,
    validateInput: text =>
      /^[A-Za-z0-9][A-Za-z0-9_.-]*\/\S+$/.test(text.trim()) ? undefined : t('Write provider/model.'),
  });
}
