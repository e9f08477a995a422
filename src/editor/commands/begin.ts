import * as vscode from 'vscode';
import type { Beginning, Begun } from '../backend.ts';
import type { SessionController } from '../session-controller.ts';
import type { WindowSession } from '../window-session.ts';

const { t } = vscode.l10n;

/** Begins a session with its progress in sight, until the plan is there; undefined when nothing began. */
export async function begin(controller: SessionController, beginning: Beginning): Promise<WindowSession | undefined> {
  const title =
    beginning.kind === 'resume'
      ? t('Orchestrate: resuming the session')
      : t('Orchestrate: the team is being put together');
  const begun = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      const started = await controller.begin(beginning);
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

async function explain(begun: Extract<Begun, { ok: false }>): Promise<void> {
  switch (begun.reason) {
    case 'no-provider': {
      const key = t('Add a Provider Key');
      const demo = t('Try the Demo');
      const check = t('Check Providers');
      const text = t('No model can be asked yet. Add a key, or start a local server such as Ollama.');
      const choice = await vscode.window.showWarningMessage(text, key, demo, check);
      if (choice === key) await vscode.commands.executeCommand('orchestrate.setApiKey');
      if (choice === demo) await vscode.commands.executeCommand('orchestrate.startDemo');
      if (choice === check) await vscode.commands.executeCommand('orchestrate.checkProviders');
      return;
    }
    case 'owned': {
      const where = begun.owner.host === 'editor' ? t('another window') : t('a terminal');
      void vscode.window.showWarningMessage(
        t('This session is run by {0} (process {1}). You can watch and steer it from here.', where, begun.owner.pid),
      );
      return;
    }
    case 'missing':
      void vscode.window.showWarningMessage(t('This session is no longer there.'));
      return;
    case 'config': {
      const [first] = begun.problems;
      const open = t('Open Settings');
      const more = begun.problems.length > 1 ? ` ${t('(and {0} more)', begun.problems.length - 1)}` : '';
      const text = t('The configuration has a mistake in {0}: {1}{2}', first?.source ?? '', first?.message ?? '', more);
      if ((await vscode.window.showErrorMessage(text, open)) === open) {
        await vscode.commands.executeCommand('workbench.action.openSettings', '@ext:orchestrate.orchestrate');
      }
    }
  }
}
