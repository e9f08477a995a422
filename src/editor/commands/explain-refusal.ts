import * as vscode from 'vscode';
import { providerOf } from '../../protocol/model-ref.ts';
import type { Refused } from '../../runtime/contract.ts';
import * as window from '../plain/window.ts';
import { fromElsewhereText } from './from-elsewhere.ts';

const { t } = vscode.l10n;

/** Nobody types a goal twice. */
const kept = (text: string) => `${text.replace(/(?<![.!?])$/, '.')} ${t('Your goal is kept.')}`;

/** Says why a session was not started, and offers what would help. */
export async function explainRefusal(refused: Refused): Promise<void> {
  switch (refused.reason) {
    case 'no-provider': {
      const connect = t('Connect a Model');
      const check = t('Check Providers');
      const demo = t('Try the Demo');
      const down = refused.down.map(({ label, message }) => `${label}: ${message}`).join(' ');
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
      const [provider = ''] = refused.providers;
      const choose = t('Choose Its Models');
      const text = t(
        '{0} answers, but it is not said which of its models agents work with.',
        refused.providers.join(', '),
      );
      if ((await window.showWarningMessage(kept(text), choose)) === choose)
        await vscode.commands.executeCommand('orchestrate.connectModel', provider);
      return;
    }
    case 'no-price': {
      const { model } = refused;
      const set = t('Set Its Price...');
      const text = t('It is not known what {0} costs, so it cannot be kept within a budget.', model);
      if ((await window.showWarningMessage(kept(text), set)) === set)
        await vscode.commands.executeCommand('orchestrate.connectModel', providerOf(model));
      return;
    }
    case 'owned': {
      const where = refused.owner.host === 'editor' ? t('another window') : t('a terminal');
      void window.showWarningMessage(
        t('This session is run by {0} (process {1}). You can watch and steer it from here.', where, refused.owner.pid),
      );
      return;
    }
    case 'elsewhere': {
      const adopt = t('Adopt Session…');
      const text = fromElsewhereText(refused.origin);
      if ((await window.showWarningMessage(text, adopt)) === adopt) {
        await vscode.commands.executeCommand('orchestrate.adoptSession', refused.session);
      }
      return;
    }
    case 'missing':
      void window.showWarningMessage(t('This session is no longer there.'));
      return;
    case 'config': {
      const [first] = refused.problems;
      const open = t('Open Settings');
      const more = refused.problems.length > 1 ? ` ${t('(and {0} more)', refused.problems.length - 1)}` : '';
      const text = t('The configuration has a mistake in {0}: {1}{2}', first?.source ?? '', first?.message ?? '', more);
      if ((await window.showErrorMessage(text, open)) === open) {
        await vscode.commands.executeCommand('workbench.action.openSettings', '@ext:orchestrate.orchestrate');
      }
    }
  }
}
