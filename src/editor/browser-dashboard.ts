import * as vscode from 'vscode';
import { systemClock } from '../node/clock.ts';
import type { RunningServer } from '../server/server.ts';
import { coreLog } from './plain/core-log.ts';
import * as window from './plain/window.ts';
import type { SessionController } from './session-controller.ts';

interface Parts {
  controller: SessionController;
  version: string;
  log: vscode.LogOutputChannel;
}

/** Shows the sessions of this window in a browser: served to this machine alone, from when it is first wanted. */
export class BrowserDashboard implements vscode.Disposable {
  readonly #parts: Parts;
  #server: Promise<RunningServer> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async open(): Promise<void> {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    if (!folder) {
      await window.showInformationMessage(vscode.l10n.t('Open a folder first: its sessions are what is shown.'));
      return;
    }
    this.#server ??= this.#start(folder).catch(error => {
      this.#server = undefined;
      throw error;
    });
    // Good once, for a minute: what starts a browser is seen by others on this machine.
    const address = (await this.#server).onceUrl();
    await vscode.env.openExternal(vscode.Uri.parse(address));
  }

  dispose(): void {
    const { log } = this.#parts;
    this.#server?.then(server => server.close()).catch(error => log.error('The server did not end', error));
  }

  async #start(folder: vscode.Uri): Promise<RunningServer> {
    const { controller, version, log } = this.#parts;
    await controller.look();
    const [{ serveWindow }, { onThisMachine }] = await Promise.all([
      import('../server/serve-window.ts'),
      import('../server/place.ts'),
    ]);
    return serveWindow({
      place: onThisMachine(0),
      version,
      environment: process.env,
      clock: systemClock,
      log: coreLog(log),
      folder: folder.fsPath,
      runtime: await controller.runtime(),
      sessions: controller,
      startSession: request => controller.startSession(request),
      trusted: () => vscode.workspace.isTrusted,
    });
  }
}
