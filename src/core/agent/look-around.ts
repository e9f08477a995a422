import type { ToolCallPart } from '../../protocol/message.ts';
import { decode } from '../changes/encoding.ts';
import type { HashOf, ReadPdf, WorkspaceFiles } from '../ports.ts';
import type { ToolSpec } from '../routing/contract.ts';
import type { Journal } from '../session/contract.ts';
import { claimsOf } from './claims.ts';
import { previewArguments } from './preview.ts';
import { roomIn } from './room.ts';
import { SeenFiles } from './seen-files.ts';
import { readArguments } from './tools/arguments.ts';
import { listFiles } from './tools/list-files.ts';
import { readFile } from './tools/read-file.ts';
import { search } from './tools/search.ts';
import { toolSpec } from './tools/spec.ts';
import type { ToolContext, ToolHost } from './tools/tool.ts';

export interface LookHost {
  journal: Journal;
  files: WorkspaceFiles;
  hashOf: HashOf;
  readPdf?: ReadPdf | undefined;
}

/** Looking at the workspace without the means to change anything. */
export interface LookAround {
  readonly specs: readonly ToolSpec[];
  has(name: string): boolean;
  /** What the call shows, or why it shows nothing. */
  look(call: ToolCallPart, signal: AbortSignal): Promise<{ ok: boolean; output: string }>;
}

const TOOLS = [listFiles, readFile, search];

export function lookAround(host: LookHost, agent: string, window: number | undefined): LookAround {
  const tools = new Map(TOOLS.map(tool => [tool.name, tool]));
  const { journal, files, hashOf, readPdf } = host;
  const agentFiles = {
    read: async (path: string, signal?: AbortSignal) => {
      const version = await files.read(path, signal);
      const decoded = version && decode(version.bytes);
      return version && { hash: version.hash, bytes: version.bytes, ...(decoded && { text: decoded.text }) };
    },
  };
  // All that tools which only read need of a host.
  const reading = { journal, files, hashOf, agentFiles, readPdf } as unknown as ToolHost;
  const context = (call: string, signal: AbortSignal): ToolContext => ({
    host: reading,
    agent,
    task: undefined,
    claims: claimsOf([]),
    seen: new SeenFiles(),
    call,
    model: undefined,
    signal,
    room: roomIn(window).output,
    progress: () => {},
  });
  return {
    specs: TOOLS.map(toolSpec),
    has: name => tools.has(name),
    async look(call, signal) {
      const tool = tools.get(call.name);
      if (!tool) return { ok: false, output: `There is no tool "${call.name}" here.` };
      const read = readArguments(tool, call);
      const args = previewArguments(read.ok ? read.args : (call.args ?? {}), hashOf);
      if (read.ok) journal.append({ type: 'agent-doing', agent, what: tool.doing(read.args) });
      journal.append({ type: 'tool-intent', agent, call: call.id, tool: call.name, effect: 'read', args });
      const result = read.ok ? await tool.run(read.args, context(call.id, signal)) : read;
      const { ok } = result;
      const output = await journal.longText(result.output);
      const refusal = result.ok ? {} : { refusal: result.refusal };
      journal.append({ type: 'tool-outcome', agent, call: call.id, ok, ...refusal, output, ms: 0 });
      return { ok, output: result.output };
    },
  };
}
