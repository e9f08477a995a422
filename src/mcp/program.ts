import { join, relative, resolve, sep } from 'node:path';
import type { McpServer } from '../core/config/mcp-servers.ts';
import type { Processes, ProcessOutcome, ProcessRequest, Sandbox } from '../core/ports.ts';
import type { StartProgram } from './pipes.ts';

/** It ends with its session. */
const LONGEST_MS = 30 * 24 * 3600 * 1000;
const COMPLAINT_BYTES = 4000;

/** Where programs are started: in the sandbox, where there is one. */
export interface ProgramHost {
  root: string;
  processes: Processes & { readonly shell: 'posix' | 'cmd' };
  /** How long a server may take until it answers; absent: what is usual. */
  connectMs?: number;
  holding?: { sandbox: Sandbox; network: readonly string[] } | undefined;
}

const quoting = {
  posix: (text: string) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`),
  cmd: (text: string) => (/^[\w@+=:,./\\-]+$/.test(text) ? text : `"${text.replaceAll('"', '""')}"`),
};

/** How a server of a file is started. What it writes to the workspace in the sandbox comes to nothing. */
export function programOf(
  name: string,
  server: Extract<McpServer, { command: string }>,
  host: ProgramHost,
): StartProgram {
  const { root, processes, holding } = host;
  const line = [server.command, ...(server.args ?? [])].map(quoting[processes.shell]).join(' ');
  return async (talk, signal) => {
    const folder = relative(root, resolve(root, server.cwd ?? '.'))
      .split(sep)
      .join('/');
    if (folder.startsWith('..') || resolve(root, folder) !== join(root, folder))
      return { why: `its "cwd" (${server.cwd}) is not in the workspace` };
    const request: ProcessRequest = {
      command: line,
      timeoutMs: LONGEST_MS,
      outputLimit: COMPLAINT_BYTES,
      talk,
      ...(folder !== '' && { cwd: folder }),
      ...(server.env && { env: server.env }),
    };
    if (!holding) return { why: endOf(await processes.run(request, signal)) };
    const rights = { owner: `mcp-${name.replace(/\W/g, '_')}`, write: [], network: holding.network };
    const run = await holding.sandbox.run(request, rights, signal);
    await run.close([]);
    const unreached =
      run.unreached.length > 0
        ? ` It asked for ${run.unreached.join(', ')}, which the sandbox lets it reach when permissions.network names it.`
        : '';
    return { why: endOf(run.outcome) + unreached };
  };
}

function endOf({ ended, exit, signal, message, output }: ProcessOutcome): string {
  const how =
    ended === 'exit'
      ? `it ended with exit code ${exit ?? 'unknown'}`
      : ended === 'signal'
        ? `it was ended by ${signal ?? 'a signal'}`
        : ended === 'not-started'
          ? `it could not be started: ${message ?? 'unknown reason'}`
          : 'it was stopped';
  const said = output.trim().split('\n').slice(-5).join('\n');
  return said === '' ? `${how}.` : `${how}: ${said}`;
}
