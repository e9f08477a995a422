import { Client, StreamableHTTPClientTransport, type Transport } from '@modelcontextprotocol/client';
import { CfWorkerJsonSchemaValidator } from '@modelcontextprotocol/client/validators/cf-worker';
import type { McpServer } from '../core/config/mcp-servers.ts';
import type { ForeignResult, ForeignTool } from '../core/ports.ts';
import { PipeTransport } from './pipes.ts';
import { type ProgramHost, programOf } from './program.ts';
import { partsOf } from './result.ts';

/** A server that must be fetched first takes its time; one that hangs must not keep the team for longer. */
const CONNECT_MS = 30_000;
/** The caller has a limit of its own. */
const CALL_MS = 3_600_000;
const MOST_TOOLS = 200;
/** One that dies again and again is left alone. */
const MOST_STARTS = 3;

/** As VS Code names them, so that a role file means the same tools in the editor and here. */
const SERVER_LETTERS = 13;
const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9_-]+/g, '_');
const nameOf = (server: string, tool: string) => `mcp_${plain(server).slice(0, SERVER_LETTERS)}_${plain(tool)}`;

const wordsOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** One server of tools, connected when it is first wanted and again when it has ended. */
export class McpConnection {
  readonly name: string;
  readonly #server: McpServer;
  readonly #host: ProgramHost;
  readonly #version: string;
  /** Its own names of its tools, by what they are called here. */
  #tools = new Map<string, { own: string; tool: ForeignTool }>();
  #client: Promise<Client> | undefined;
  /** Where it is a program: the one that was started last. */
  #program: PipeTransport | undefined;
  #starts = 0;
  #closed = false;

  constructor(name: string, server: McpServer, host: ProgramHost, version: string) {
    this.name = name;
    this.#server = server;
    this.#host = host;
    this.#version = version;
  }

  get tools(): ForeignTool[] {
    return [...this.#tools.values()].map(({ tool }) => tool);
  }

  has(name: string): boolean {
    return this.#tools.has(name);
  }

  /** Rejects with why it is not there. */
  async connect(): Promise<void> {
    await this.#connected();
  }

  async call(name: string, args: Record<string, unknown>, signal: AbortSignal): Promise<ForeignResult> {
    const known = this.#tools.get(name);
    if (!known) return { ok: false, reason: 'gone', message: '' };
    try {
      const client = await this.#connected();
      const result = await client.callTool({ name: known.own, arguments: args }, { signal, timeout: CALL_MS });
      const parts = partsOf(result);
      if (result.isError !== true) return { ok: true, parts };
      const said = parts.flatMap(part => (part.type === 'text' ? [part.text] : []));
      return { ok: false, reason: 'failed', message: said.join('\n') || 'It does not say what went wrong.' };
    } catch (error) {
      const why = this.#program?.why || wordsOf(error);
      return { ok: false, reason: signal.aborted ? 'cancelled' : 'failed', message: `${this.name}: ${why}` };
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    const client = await this.#client?.catch(() => undefined);
    await client?.close();
  }

  #connected(): Promise<Client> {
    this.#client ??= this.#connect().catch(error => {
      this.#client = undefined;
      throw error;
    });
    return this.#client;
  }

  async #connect(): Promise<Client> {
    if (this.#closed) throw new Error('the session has ended');
    this.#program = undefined;
    if (++this.#starts > MOST_STARTS) throw new Error(`it has ended ${MOST_STARTS} times and is not started again`);
    const { transport, program } = this.#transport();
    // It is asked for tools and nothing else: what it asks of us (models, people, folders) is answered with "unknown".
    const client = new Client(
      { name: 'orchestrate', version: this.#version },
      { capabilities: {}, jsonSchemaValidator: new CfWorkerJsonSchemaValidator() },
    );
    let gone = false;
    client.onclose = () => {
      gone = true;
      this.#client = undefined;
    };
    const { connectMs = CONNECT_MS } = this.#host;
    const late = AbortSignal.timeout(connectMs);
    const overdue = new Promise<never>((_, reject) => {
      late.addEventListener('abort', () => reject(new Error(`it did not answer within ${connectMs / 1000} seconds`)));
    });
    overdue.catch(() => undefined);
    try {
      await Promise.race([client.connect(transport, { signal: late, timeout: connectMs }), overdue]);
      await Promise.race([this.#list(client, late), overdue]);
      if (gone) throw new Error('it has ended');
      return client;
    } catch (error) {
      const why = (!late.aborted && program?.why) || wordsOf(error);
      await client.close().catch(() => undefined);
      await transport.close().catch(() => undefined);
      throw new Error(why);
    }
  }

  #transport(): { transport: Transport; program?: PipeTransport } {
    const server = this.#server;
    if (!('url' in server)) {
      const program = new PipeTransport(programOf(this.name, server, this.#host));
      this.#program = program;
      return { transport: program, program };
    }
    const requestInit = { headers: server.headers ?? {}, redirect: 'error' as const };
    return { transport: new StreamableHTTPClientTransport(new URL(server.url), { requestInit }) };
  }

  /** Its tools are those it named when it was first there: what is added later was not agreed to. */
  async #list(client: Client, signal: AbortSignal): Promise<void> {
    if (!client.getServerCapabilities()?.tools) return;
    // All pages; a list that does not come to an end is an error.
    const { tools: found } = await client.listTools({}, { signal });
    const tools = found.slice(0, MOST_TOOLS).map(({ name, description, inputSchema }) => {
      const called = nameOf(this.name, name);
      const tool: ForeignTool = {
        name: called,
        description: description ?? name,
        schema: inputSchema as Record<string, unknown>,
        aliases: [`${this.name}/${name}`],
        from: `the MCP server ${this.name}`,
      };
      return [called, { own: name, tool }] as const;
    });
    this.#tools = new Map(tools);
  }
}
