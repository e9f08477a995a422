import { filledIn, type McpServers, type Surroundings } from '../core/config/mcp-servers.ts';
import type { ForeignTools } from '../core/ports.ts';
import type { ProgramHost } from './program.ts';
import { McpConnection } from './server.ts';

export interface McpHost extends ProgramHost, Pick<Surroundings, 'environment'> {
  version: string;
  /** Hears what the person should know: which server is not there, and why. */
  note(text: string): void;
  /** Hears what servers got of the environment: it must not be told to anybody else. */
  secret(value: string): void;
}

/** The tools of servers that the user has agreed to. They are started when somebody first wants to know. */
export function mcpTools(servers: McpServers, host: McpHost): ForeignTools & { close(): Promise<void> } {
  const connections: McpConnection[] = [];
  for (const [name, written] of Object.entries(servers)) {
    const { server, taken, missing } = filledIn(written, { folder: host.root, environment: host.environment });
    for (const value of taken) if (!value.startsWith('/')) host.secret(value);
    if (missing.length > 0) host.note(`The MCP server ${name} is not started: it needs ${missing.join(' and ')}.`);
    else connections.push(new McpConnection(name, server, host, host.version));
  }
  const start = async (connection: McpConnection) => {
    try {
      await connection.connect();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      host.note(`The MCP server ${connection.name} brings no tools: ${why}`);
    }
  };
  let ready: Promise<unknown> | undefined;
  return {
    ready: async () => {
      ready ??= Promise.all(connections.map(start));
      await ready;
    },
    list: () => connections.flatMap(({ tools }) => tools),
    invoke: async (name, args, signal) => {
      const owner = connections.find(connection => connection.has(name));
      if (!owner) return { ok: false, reason: 'gone', message: '' };
      const aborted = new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
      const called = owner.call(name, args, signal);
      return Promise.race([called, aborted]).catch(() => ({ ok: false, reason: 'cancelled', message: '' }) as const);
    },
    close: async () => {
      await Promise.all(connections.map(connection => connection.close()));
    },
  };
}
