import type { Log } from '../core/ports.ts';
import { findRipgrep } from '../node/ripgrep.ts';
import { NodeWorkspace } from '../node/workspace.ts';
import type { Runtime, RuntimeHost } from '../runtime/contract.ts';
import { workspaceOf } from './find-session.ts';
import { type Call, option, printError, type Terminal } from './terminal.ts';

/** The sessions of the workspace that a call is about. */
export function openRuntime(terminal: Terminal, call: Call, more: Partial<RuntimeHost> = {}): Promise<Runtime> {
  return openRuntimeAt(terminal, call, workspaceOf(terminal, call), more);
}

/** The sessions of a folder. */
export function openRuntimeAt(
  terminal: Terminal,
  call: Call,
  workspace: string,
  more: Partial<RuntimeHost> = {},
): Promise<Runtime> {
  const { environment, clock, version } = terminal;
  return terminal.runtime({
    kind: 'terminal',
    workspace,
    environment,
    clock,
    version,
    trusted: () => true,
    configFile: option(call, 'config'),
    log: quietLog(terminal),
    files: async () => new NodeWorkspace(workspace, { ripgrep: await findRipgrep() }),
    present: () => terminal.out.isTTY === true && terminal.input.isTTY === true && call.options.json !== true,
    stopsWhenSpent: true,
    ...more,
  });
}

/** Warnings and errors are in the journal and the report; the rest only with ORCHESTRATE_LOG. */
export function quietLog(terminal: Terminal): Log {
  const loud = terminal.environment.ORCHESTRATE_LOG !== undefined;
  return {
    write(level, text, detail) {
      if (!loud && level !== 'error') return;
      printError(
        terminal,
        `${level}: ${text}${detail === undefined ? '' : ` ${detail instanceof Error ? detail.message : JSON.stringify(detail)}`}`,
      );
    },
  };
}
