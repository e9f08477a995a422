import type { ToolCallPart, ToolMessage } from '../../protocol/message.ts';
import type { Log } from '../ports.ts';
import type { Claims } from './claims.ts';
import type { AgentJob, AgentResult, AgentStream, InFlight, ResumePoint, ToolResult } from './contract.ts';
import type { AgentControl } from './control.ts';
import { keptImage } from './kept-images.ts';
import { previewArguments } from './preview.ts';
import { AFTER_END, END_TOO_EARLY, TOO_MANY_CALLS } from './prompts/corrections.ts';
import type { SeenFiles } from './seen-files.ts';
import { settle } from './settle.ts';
import { readArguments } from './tools/arguments.ts';
import { refuse, type Tool, type ToolContext, type ToolEffect, type ToolHost } from './tools/tool.ts';
import type { ToolSet } from './tools/toolset.ts';

const MAX_CALLS = 64;
const SIDE_BY_SIDE = 8;
const UNREADABLE = new Set(['malformed-json', 'too-deep', 'bad-arguments', 'unknown-tool', 'not-allowed']);

/** What these do cannot be looked up afterwards: the intent is on disk before, and they are never run twice. */
const LASTING: ReadonlySet<ToolEffect> = new Set(['command', 'foreign']);

/** Whether a call came to nothing because it could not be understood. */
export const isUnreadable = (result: { ok: boolean; refusal?: string | undefined }): boolean =>
  !result.ok && UNREADABLE.has(result.refusal ?? '');

/** What running tools needs to know of its agent. */
export interface Caller {
  host: ToolHost;
  job: AgentJob;
  tools: ToolSet;
  claims: Claims;
  seen: SeenFiles;
  /** Files written so far. */
  written: Set<string>;
  control: AgentControl;
  /** Characters that fit into a result, now. */
  room(): number;
  stream: AgentStream | undefined;
  log: Log | undefined;
}

/** What the calls of one answer came to; undefined when the work was aborted on the way. */
export interface CallsOutcome {
  message: ToolMessage;
  /** None of the calls could be read. */
  unreadable: boolean;
  end?: AgentResult;
}

interface Prepared {
  part: ToolCallPart;
  tool: Tool | undefined;
  args: unknown;
  /** Why it cannot run at all. */
  refusal?: ToolResult;
}

function prepare(caller: Caller, part: ToolCallPart, index: number): Prepared {
  const tool = caller.tools.get(part.name);
  if (!tool) return { part, tool, args: undefined, refusal: { ok: false, ...caller.tools.missing(part.name) } };
  if (index >= MAX_CALLS) {
    return { part, tool, args: undefined, refusal: refuse('too-many-calls', TOO_MANY_CALLS(MAX_CALLS)) };
  }
  const read = readArguments(tool, part);
  return read.ok ? { part, tool, args: read.args } : { part, tool, args: undefined, refusal: read };
}

/** Runs the calls of one answer: reads side by side, everything else in order, each with intent and outcome. */
export async function runCalls(
  caller: Caller,
  parts: readonly ToolCallPart[],
  model: string | undefined,
  earlier?: ResumePoint['answer'],
): Promise<CallsOutcome | undefined> {
  const { host, job, control } = caller;
  const { journal } = host;
  const calls = parts.map((part, index) => prepare(caller, part, index));
  const results: ToolResult[] = [];
  let end: AgentResult | undefined;

  const contextOf = (part: ToolCallPart): ToolContext => ({
    host,
    agent: job.agent,
    task: job.task,
    claims: caller.claims,
    seen: caller.seen,
    call: part.id,
    checker: job.role.checker,
    model,
    signal: control.signal,
    room: caller.room(),
    gate: () => control.gate(),
    pulse: job.pulse,
    progress: text => caller.stream?.(job.agent, { type: 'tool-output', call: part.id, text }),
  });

  const intend = ({ part, tool, args }: Prepared) => {
    const event = {
      type: 'tool-intent',
      agent: job.agent,
      call: part.id,
      tool: part.name,
      effect: tool?.effect ?? 'none',
      args: previewArguments(args ?? part.args ?? {}, host.hashOf),
    } as const;
    return tool && LASTING.has(tool.effect) ? journal.commit(event) : journal.append(event);
  };

  const record = async ({ part, tool }: Prepared, result: ToolResult, started: number) => {
    const { seen } = result;
    const output = await journal.longText(result.output);
    const images = result.ok ? await Promise.all((result.images ?? []).map(image => keptImage(image, journal))) : [];
    journal.append({
      type: 'tool-outcome',
      agent: job.agent,
      call: part.id,
      ok: result.ok,
      ...(!result.ok && { refusal: result.refusal }),
      output,
      ...(images.length > 0 && { images }),
      ms: Math.round(host.clock.monotonic() - started),
      ...(seen && { seen }),
    });
    if (seen) caller.seen.note(seen, part.id);
    if (result.ok && tool?.effect === 'write' && seen) caller.written.add(seen.path);
    return result;
  };

  /** Undefined: aborted before there was anything to tell. */
  const attempt = async (call: Prepared, flight: InFlight | undefined): Promise<ToolResult | undefined> => {
    const { tool, args, part } = call;
    const started = host.clock.monotonic();
    const refused = async (result: ToolResult) => {
      if (!flight) await intend(call);
      return record(call, result, started);
    };
    if (end) return refused(refuse('after-end', AFTER_END));
    if (!tool || call.refusal) return refused(call.refusal ?? refuse('unknown-tool', ''));
    if (tool.end && results.some(result => !result.ok)) return refused(refuse('too-early', END_TOO_EARLY));
    const context = contextOf(part);
    try {
      const settled = flight && (await settle(flight, context, args));
      if (settled) return record(call, settled, started);
      const denied = await tool.permit?.(args, context);
      if (control.signal.aborted) return undefined;
      if (denied) return refused(denied);
      if (!flight) await intend(call);
      const result = await tool.run(args, context);
      // A command or a tool of others that was cut has happened; anything else is asked or read again after a resume.
      if (control.signal.aborted && !result.ok && !LASTING.has(tool.effect)) return undefined;
      return await record(call, result, started);
    } catch (error) {
      if (control.signal.aborted) return undefined;
      caller.log?.write('error', `Tool ${part.name} threw`, error);
      const message = error instanceof Error ? error.message : String(error);
      const result = refuse('failed', `${part.name} failed: ${message}. Try once more or take another way.`);
      return record(call, result, started);
    }
  };

  const run = async (call: Prepared): Promise<ToolResult | undefined> => {
    const known = earlier?.results.get(call.part.id);
    const result = known ?? (await attempt(call, earlier?.inFlight.get(call.part.id)));
    if (result?.ok && call.tool?.end) end ??= call.tool.end(call.args);
    return result;
  };

  const doing = calls.find(call => call.tool && !call.refusal);
  if (doing?.tool && !earlier) {
    const more = calls.length > 1 ? ` (+${calls.length - 1})` : '';
    journal.append({ type: 'agent-doing', agent: job.agent, what: doing.tool.doing(doing.args) + more });
  }

  for (let at = 0; at < calls.length; ) {
    await control.gate();
    if (control.signal.aborted) return undefined;
    let stop = at + 1;
    while (
      stop < calls.length &&
      stop - at < SIDE_BY_SIDE &&
      calls.slice(at, stop + 1).every(call => call.tool?.effect === 'read')
    ) {
      stop++;
    }
    const done = await Promise.all(calls.slice(at, stop).map(run));
    for (const result of done) {
      if (!result) return undefined;
      results.push(result);
    }
    at = stop;
  }

  return {
    message: {
      role: 'tool',
      parts: calls.map(({ part }, index) => {
        const result = results[index];
        return {
          type: 'tool-result' as const,
          id: part.id,
          name: part.name,
          output: result?.output ?? '',
          ...(!result?.ok && { isError: true }),
          ...(result?.ok && result.images && { images: result.images }),
        };
      }),
    },
    unreadable: results.every(isUnreadable),
    ...(end && { end }),
  };
}
