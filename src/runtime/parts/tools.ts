import type { ForeignTools } from '../../core/ports.ts';
import type { Engine } from '../engine.ts';
import type { SessionHost } from '../session-host.ts';
import type { JournalPart } from './journal.ts';

/** Tools that others bring: the editor's, or those of servers that are started for the session. */
export interface ToolsPart {
  foreign: ForeignTools | undefined;
  /** The servers that would be started. */
  named: readonly string[];
  close(): Promise<void>;
}

export async function toolsPart(host: SessionHost, engine: Engine, { journal }: JournalPart): Promise<ToolsPart> {
  const { servers, workspace, processes, holding, environment = {}, version } = host;
  if (!servers) return { foreign: host.foreign, named: [], close: async () => undefined };
  const { mcpTools } = await import('../../mcp/servers.ts');
  const tools = mcpTools(servers, {
    root: workspace,
    processes,
    holding,
    environment,
    version,
    note: text => journal.append({ type: 'notice', level: 'warning', code: 'no-server', text }),
    secret: value => engine.redactor.add(value),
  });
  return { foreign: tools, named: Object.keys(servers), close: tools.close };
}
