import { join, relative, resolve, sep } from 'node:path';
import { howItEnded, runTalking, type TalkHost } from '../core/agent/talk.ts';
import type { McpServer } from '../core/config/mcp-servers.ts';
import type { Processes, ProcessRequest } from '../core/ports.ts';
import type { StartProgram } from './pipes.ts';

/** It ends with its session. */
const LONGEST_MS = 30 * 24 * 3600 * 1000;
const COMPLAINT_BYTES = 4000;

/** Where programs are started: in the sandbox, where there is one. */
export interface ProgramHost extends TalkHost {
  root: string;
  processes: Processes & { readonly shell: 'posix' | 'cmd' };
  /** How long a server may take until it answers; absent: what is usual. */
  connectMs?: number;
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
    const rights = { owner: `mcp-${name.replace(/\W/g, '_')}`, network: holding?.network ?? [] };
    const run = await runTalking(host, request, rights, signal);
    const unreached =
      run.unreached.length > 0
        ? ` It asked for ${run.unreached.join(', ')}, which the sandbox lets it reach when permissions.network names it.`
        : '';
    return { why: howItEnded(run.outcome) + unreached };
  };
}
