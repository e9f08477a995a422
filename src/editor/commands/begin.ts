import * as vscode from 'vscode';
import { providerOf } from '../../protocol/model-ref.ts';
import type { Refused, ResumeRequest, StartRequest } from '../../runtime/contract.ts';
import * as window from '../plain/window.ts';
import type { SessionController } from '../session-controller.ts';
import type { WindowSession } from '../window-session.ts';
import { fromElsewhereText } from './from-elsewhere.ts';

const { t } = vscode.l10n;

/** Begins a session with its progress in sight, until the plan is there; undefined when nothing began. */
export async function begin(
  controller: SessionController,
  request: StartRequest | ResumeRequest,
): Promise<WindowSession | undefined> {
  const title =
    request.kind === 'resume'
      ? t('Orchestrate: resuming the session')
      : t('Orchestrate: the team is being put together');
  if (request.kind === 'resume' || request.rehearse === undefined) {
    const { settleAgreement } = await import('../agreement.ts');
    if (!(await settleAgreement(await controller.runtime()))) return undefined;
  }
  const begun = await window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      const started = await controller.begin(request);
      if (!started.ok) return started;
      await planned(started.session, progress, token);
      return started;
    },
  );
  if (begun.ok) return begun.session;
  // Whoever asked goes on meanwhile: a notice may stay for long. Commands that its buttons run log their own failures.
  void explain(begun).catch(() => undefined);
  return undefined;
}

/** Resolves when the plan waits, runs, or will not come; cancelling ends the session. */
function planned(
  session: WindowSession,
  progress: vscode.Progress<{ message: string }>,
  token: vscode.CancellationToken,
): Promise<void> {
  const { state } = session;
  const over = () =>
    state.planApproved || state.status === 'ended' || state.status === 'awaiting-approval' || state.asks.size > 0;
  return new Promise(resolve => {
    if (over()) return resolve();
    const say = () => {
      const planner = [...state.agents.values()].at(-1);
      const model = planner?.model ?? planner?.route[0];
      if (planner)
        progress.report({
          message: model ? t('{0} plans ({1})', planner.agent, model) : t('{0} plans', planner.agent),
        });
    };
    const finish = () => {
      subscription.dispose();
      cancelled.dispose();
      resolve();
    };
    const subscription = session.subscribe(() => {
      if (over()) finish();
      else say();
    });
    const cancelled = token.onCancellationRequested(() => {
      void session.request({ kind: 'abort', reason: 'cancelled while planning' });
      finish();
    });
    say();
  });
}

/** Nobody types a goal twice. */
const kept = (text: string) => `${text.replace(/(?<![.!?])$/, '.')} ${t('Your goal is kept.')}`;

async function explain(begun: Refused): Promise<void> {
  switch (begun.reason) {
    case 'no-provider': {
      const connect = t('Connect a Model');
      const check = t('Check Providers');
      const demo = t('Try the Demo');
      const down = begun.down.map(({ label, message }) => `${label}: ${message}`).join(' ');
      const text = down
        ? t('What is set up does not answer. {0}', down)
        : t('No model is connected yet. A key of any vendor is enough, or a server on this machine such as Ollama.');
      const choice = await window.showWarningMessage(kept(text), connect, down ? check : demo);
      if (choice === connect) await vscode.commands.executeCommand('orchestrate.connectModel');
      if (choice === demo) await vscode.commands.executeCommand('orchestrate.startDemo');
      if (choice === check) await vscode.commands.executeCommand('orchestrate.checkProviders');
      return;
    }
    case 'no-route': {
      const [provider = ''] = begun.providers;
      const choose = t('Choose Its Models');
      const text = t(
        '{0} answers, but it is not said which of its models agents work with.',
        begun.providers.join(', '),
      );
      if ((await window.showWarningMessage(kept(text), choose)) === choose)
        await vscode.commands.executeCommand('orchestrate.connectModel', provider);
      return;
    }
    case 'no-price': {
      const { model } = begun;
      const set = t('Set Its Price...');
      const text = t('It is not known what {0} costs, so it cannot be kept within a budget.', model);
      if ((await window.showWarningMessage(kept(text), set)) === set)
        await vscode.commands.executeCommand('orchestrate.connectModel', providerOf(model));
      return;
    }
    case 'owned': {
      const where = begun.owner.host === 'editor' ? t('another window') : t('a terminal');
      void window.showWarningMessage(
        t('This session is run by {0} (process {1}). You can watch and steer it from here.', where, begun.owner.pid),
      );
      return;
    }
    case 'elsewhere': {
      const adopt = t('Adopt Session…');
      const text = fromElsewhereText(begun.origin);
      if ((await window.showWarningMessage(text, adopt)) === adopt) {
        await vscode.commands.executeCommand('orchestrate.adoptSession', begun.session);
      }
      return;
    }
    case 'missing':
      void window.showWarningMessage(t('This session is no longer there.'));
      return;
    case 'config': {
      const [first] = begun.problems;
      const open = t('Open Settings');
      const more = begun.problems.length > 1 ? ` ${t('(and {0} more)', begun.problems.length - 1)}` : '';
      const text = t('The configuration has a mistake in {0}: {1}{2}', first?.source ?? '', first?.message ?? '', more);
      if ((await window.showErrorMessage(text, open)) === open) {
        await vscode.commands.executeCommand('workbench.action.openSettings', '@ext:orchestrate.orchestrate');
      }
    }
  }
}
