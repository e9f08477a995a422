import * as z from 'zod';
import { readJson } from '../routing/lenient-json.ts';
import type { ConfigProblem } from './problem.ts';

const Texts = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String));

const Started = z.object({
  command: z.string().min(1),
  args: z.array(z.string()).optional(),
  env: Texts.optional(),
  cwd: z.string().optional(),
});
const Reached = z.object({
  url: z.string().regex(/^https?:\/\//i),
  headers: Texts.optional(),
});

/** A server of tools as its file has it, but for what we know nothing of: a program that is started, or an address. */
export type McpServer = z.infer<typeof Started> | z.infer<typeof Reached>;
export type McpServers = Readonly<Record<string, McpServer>>;

/** Where people write down their servers, and under which key; what stands in an earlier one goes first. */
export const MCP_FILES: Readonly<Record<string, string>> = { '.vscode/mcp.json': 'servers', '.mcp.json': 'mcpServers' };

const NAME = /^[\w .@/-]{1,64}$/;
const MOST_SERVERS = 20;
/** What would change how a server is started, and that we do not do. */
const UNKNOWN = ['envFile'] as const;

/** The servers that a workspace names. What is wrong with one is reported, and the others are used. */
export function readMcpServers(files: Readonly<Record<string, string | undefined>>): {
  servers: McpServers;
  problems: ConfigProblem[];
} {
  const problems: ConfigProblem[] = [];
  const servers = new Map<string, McpServer>();
  for (const [source, key] of Object.entries(MCP_FILES)) {
    const text = files[source];
    if (text === undefined) continue;
    const report = (message: string) => problems.push({ severity: 'warning', source, message });
    const read = readJson(text);
    const all = read.ok ? (read.value as Record<string, unknown> | null)?.[key] : undefined;
    if (!read.ok) report(`This is no JSON (${read.why}); no server of it is started`);
    else if (all !== undefined && (typeof all !== 'object' || all === null))
      report(`"${key}" must hold servers by name`);
    else
      for (const [name, value] of Object.entries(all ?? {})) {
        const server = serverOf(name, value);
        if (typeof server === 'string') report(`${key}.${name}: ${server}`);
        else if (servers.has(name))
          report(`${key}.${name}: a server of this name stands in ${Object.keys(MCP_FILES)[0]}, which is used`);
        else if (servers.size >= MOST_SERVERS) report(`${key}.${name}: at most ${MOST_SERVERS} servers are started`);
        else servers.set(name, server);
      }
  }
  return { servers: Object.fromEntries(servers), problems };
}

function serverOf(name: string, value: unknown): McpServer | string {
  if (!NAME.test(name)) return 'a name has at most 64 letters, digits and . _ - @ /';
  if (typeof value !== 'object' || value === null) return 'a server is an object with "command" or "url"';
  const fields = value as Record<string, unknown>;
  const unknown = UNKNOWN.find(key => fields[key] !== undefined);
  if (unknown) return `"${unknown}" is not read here: name what it holds in "env", as "\${env:NAME}"`;
  if (fields.type === 'sse') return 'servers of the type "sse" are not reached, only those of "stdio" and "http"';
  const parsed = (fields.url === undefined ? Started : Reached).safeParse(fields);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not understood'}`;
}

/** Names that files use for what only the reader knows. */
export interface Surroundings {
  folder: string;
  environment: Readonly<Record<string, string | undefined>>;
}

const VARIABLE = /\$\{(?:(env|input):)?([^}:]+)(?::-([^}]*))?\}/g;
const FOLDERS = new Set(['workspaceFolder', 'workspaceRoot', 'CLAUDE_PROJECT_DIR']);

/** The server with its variables filled in, the values that came from the environment, and what cannot be filled in. */
export function filledIn(server: McpServer, { folder, environment }: Surroundings) {
  const missing: string[] = [];
  const taken: string[] = [];
  const fill = (text: string) =>
    text.replace(VARIABLE, (whole, kind: string | undefined, name: string, otherwise: string | undefined) => {
      if (kind === undefined && FOLDERS.has(name)) return folder;
      const value = kind === 'input' ? undefined : environment[name];
      if (value !== undefined) taken.push(value);
      else if (otherwise === undefined)
        missing.push(kind === 'input' ? `the input "${name}", for which only the editor asks` : `the variable ${name}`);
      return value ?? otherwise ?? whole;
    });
  const each = (texts: Readonly<Record<string, string>> | undefined) =>
    texts && Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, fill(text)]));
  const filled: McpServer =
    'url' in server
      ? { url: fill(server.url), headers: each(server.headers) }
      : {
          command: fill(server.command),
          args: server.args?.map(fill),
          env: each(server.env),
          cwd: server.cwd && fill(server.cwd),
        };
  return { server: filled, taken, missing };
}
