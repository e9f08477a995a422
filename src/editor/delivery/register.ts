import * as vscode from 'vscode';
import { DisposableStore } from '../disposables.ts';
import type { DeliveryParts } from './commands.ts';

/** Each below `orchestrate.delivery`. */
const DELIVERY_COMMANDS = [
  'deliver',
  'land',
  'approve',
  'hold',
  'retry',
  'fastForward',
  'push',
  'openPullRequest',
  'cleanUp',
  'deploy',
  'showChanges',
  'reviewBranch',
  'reviewWorkspace',
] as const;

export type DeliveryCommand = (typeof DELIVERY_COMMANDS)[number];

/** The commands of the Delivery view. What they do is loaded when one is called. */
export function deliveryCommands(parts: DeliveryParts, log: vscode.LogOutputChannel): vscode.Disposable {
  const store = new DisposableStore();
  for (const name of DELIVERY_COMMANDS) {
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
