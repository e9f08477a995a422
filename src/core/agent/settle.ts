import type { InFlight, ToolResult } from './contract.ts';
import { CONFLICTING_WRITE, INTERRUPTED_COMMAND, INTERRUPTED_TOOL } from './prompts/corrections.ts';
import { commandResult } from './tools/run-command.ts';
import { refuse, type ToolContext } from './tools/tool.ts';

async function settleWrite(
  write: NonNullable<InFlight['write']>,
  context: ToolContext,
): Promise<ToolResult | undefined> {
  const { path, before, after } = write.intent;
  const applied: ToolResult = { ok: true, output: `Done: ${path}.`, seen: { path, hash: after } };
  if (write.outcome?.ok) return applied;
  if (write.outcome && write.outcome.reason !== 'conflict') return undefined;
  const current = (await context.host.agentFiles.read(path, context.signal))?.hash ?? null;
  if (current === after) return applied;
  if (current === before && !write.outcome) return undefined;
  return refuse('stale-read', CONFLICTING_WRITE);
}

function settleCommand(flight: InFlight, context: ToolContext, command: string): ToolResult {
  if (flight.command) {
    const { ended, output } = flight.command;
    const { exit } = ended;
    if (ended.ended !== 'interrupted') {
      return commandResult(context, { ended: ended.ended, ...(exit !== undefined && { exit }) }, output, 0);
    }
  } else {
    const { agent, task, call, host } = context;
    const about = { type: 'command-ended', agent, ...(task && { task: task.id }), call, command } as const;
    host.journal.append({ ...about, ended: 'interrupted', ms: 0, output: { text: '' } });
  }
  return refuse('interrupted', INTERRUPTED_COMMAND);
}

/** What came of a call that was cut by a crash, or undefined where nothing happened and it can simply be run again. */
export async function settle(flight: InFlight, context: ToolContext, args: unknown): Promise<ToolResult | undefined> {
  if (flight.effect === 'command') {
    const command = (args as { command?: unknown } | undefined)?.command;
    return settleCommand(flight, context, typeof command === 'string' ? command : '');
  }
  if (flight.effect === 'foreign') return refuse('interrupted', INTERRUPTED_TOOL);
  return flight.effect === 'write' && flight.write ? settleWrite(flight.write, context) : undefined;
}
