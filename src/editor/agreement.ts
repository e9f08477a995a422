import * as vscode from 'vscode';
import { type Parts, partNames, partsText } from '../core/config/agreement.ts';
import type { Runtime } from '../runtime/contract.ts';
import * as window from './plain/window.ts';
import type { SessionController } from './session-controller.ts';
import { requireReady } from './workspace-readiness.ts';

const { t } = vscode.l10n;

/** More than that is read in an editor. */
const LONG = 1200;

/** What the person has seen in this window and left out. */
const leftOut = new Set<string>();

/** Asks once about what the workspace's configuration would loosen; false: the person went away. */
export async function settleAgreement(runtime: Runtime): Promise<boolean> {
  const parts = await runtime.waitingParts();
  if (!parts || leftOut.has(JSON.stringify(parts))) return true;
  return (await ask(runtime, parts)) !== undefined;
}

/** The same as a command, for those who have skipped it before. */
export async function trustConfiguration(controller: SessionController): Promise<void> {
  if (!(await requireReady())) return;
  const runtime = await controller.runtime();
  const parts = await runtime.waitingParts();
  if (parts) await ask(runtime, parts);
  else
    void window.showInformationMessage(
      t("The workspace's configuration and roles ask for nothing that needs your agreement."),
    );
}

async function ask(runtime: Runtime, parts: Parts): Promise<'agreed' | 'left out' | undefined> {
  const agree = t('Agree');
  const without = t('Go On Without It');
  const text = partsText(parts);
  const long = text.length > LONG;
  if (long) {
    const document = await vscode.workspace.openTextDocument({ language: 'yaml', content: text });
    await vscode.window.showTextDocument(document, { preview: true });
  }
  const message = t('The configuration of this workspace wants to change {0}.', partNames(parts).join(', '));
  const meaning = t(
    'Servers and models named there get your code, and servers your keys, too; commands allowed there run without asking; higher limits cost more; a CLI agent that a role names is started as your own program, with your login. When any of it changes, you are asked again.',
  );
  const choice = await window.showWarningMessage(
    long ? `${message} ${meaning}` : message,
    long ? {} : { modal: true, detail: `${text}\n${meaning}` },
    // The first one is what Enter takes.
    without,
    agree,
  );
  if (choice === agree) {
    await runtime.agree(parts);
    return 'agreed';
  }
  if (choice === undefined) return undefined;
  leftOut.add(JSON.stringify(parts));
  return 'left out';
}
