import * as vscode from 'vscode';
import { DisposableStore } from '../disposables.ts';
import type { DeliveryCommand, DeliveryParts } from './commands.ts';

const names: Readonly<Record<DeliveryCommand, true>> = {
  deliver: true,
  land: true,
  approve: true,
  hold: true,
  retry: true,
  fastForward: true,
  push: true,
  openPullRequest: true,
  cleanUp: true,
  deploy: true,
  showChanges: true,
  reviewBranch: true,
  reviewWorkspace: true,
};

/** The commands of the Delivery view. What they do is loaded when one is called. */
export function deliveryCommands(parts: DeliveryParts, log: vscode.LogOutputChannel): vscode.Disposable {
  const store = new DisposableStore();
  for (const name of Object.keys(names) as DeliveryCommand[]) {
    const id = `orchestrate.delivery.${name}`;
    const run = async (given?: unknown) => {
      try {
        await (await import('./commands.ts')).runDelivery(name, parts, given);
      } catch (error) {
        log.error(`${id} failed`, error);
        throw error;
      }
    };
    store.add(vscode.commands.registerCommand(id, run));
  }
  return store;
}
