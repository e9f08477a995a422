import type { Runtime, StationRequestToStart } from '../../runtime/contract.ts';
import { onThisMachine } from '../../server/place.ts';
import { type ServedFolder, showSessions } from '../../server/serve.ts';
import type { RunningServer } from '../../server/server.ts';
import { workspaceOf } from '../find-session.ts';
import { quietLog } from '../open-runtime.ts';
import { PORT, portOf, serveAt } from '../serving.ts';
import { type Call, option, print, type Terminal, UsageError } from '../terminal.ts';

export interface ServedTeam {
  /** The team's sessions are started by what shows them. */
  startSession: NonNullable<StationRequestToStart['startSession']>;
  /** From now on it is served, and whoever started the team is told where. */
  open(): Promise<void>;
  close(): Promise<void>;
}

/** Serves a team over HTTP while it stands, to this machine; undefined where nobody wants that. */
export async function serveTeam(terminal: Terminal, call: Call, runtime: Runtime): Promise<ServedTeam | undefined> {
  const said = option(call, 'port');
  if (call.options['no-http'] === true) {
    if (said !== undefined) throw new UsageError('--port and --no-http exclude each other.');
    return undefined;
  }
  const port = said === undefined ? undefined : portOf(said);
  const log = quietLog(terminal);
  const shown = showSessions(workspaceOf(terminal, call), runtime, { clock: terminal.clock, log });
  let server: RunningServer | undefined;
  return {
    startSession: request => shown.sessions.startSession(request),
    async open() {
      server = await serveSomewhere(terminal, port, shown);
      if (server && call.options.json !== true) print(terminal, `Open in a browser: ${await server.signInUrl()}`);
    },
    async close() {
      if (server) await server.close();
      else shown.sessions.dispose();
    },
  };
}

/** At the port that was named, or else at the usual one, or at any. */
async function serveSomewhere(
  terminal: Terminal,
  port: number | undefined,
  shown: ServedFolder,
): Promise<RunningServer> {
  if (port !== undefined) return serveAt(terminal, onThisMachine(port), [shown], false);
  try {
    return await serveAt(terminal, onThisMachine(PORT), [shown], false);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return serveAt(terminal, onThisMachine(0), [shown], false);
  }
}
