import type { RelPath } from '../../../protocol/ids.ts';
import type { FileProblem } from '../../ports.ts';
import { problemsIn } from './checker-output.ts';
import type { ToolContext } from './tool.ts';

/** Longer, and the agent does better to run it when it wants to know. */
const LONGEST_MS = 60_000;
const OUTPUT_LIMIT = 200_000;

export type Checked =
  | { ok: true; problems: FileProblem[] }
  /** Why nothing is known, for the model. */
  | { ok: false; why: string };

/**
 * Runs the checker that the role names, as a command of the agent's would be: held where commands are held, and only where
 * nobody has to be asked. What it writes comes to nothing.
 */
export async function runChecker(command: string, path: RelPath, context: ToolContext): Promise<Checked> {
  const { host, agent, task, signal } = context;
  const { verdict, rule, outside } = host.judge(command, undefined, host.holding ? 'sandbox' : 'none', []);
  const held = host.holding && !outside ? host.holding : undefined;
  if (verdict !== 'allow' || (host.holding && !held))
    return { ok: false, why: `it would need permission (rule "${rule}"); run it with run_command when you are done` };
  const request = { command, timeoutMs: LONGEST_MS, outputLimit: OUTPUT_LIMIT };
  const run =
    held && (await held.sandbox.run(request, { owner: task?.id ?? agent, write: [], network: held.network }, signal));
  await run?.close([]);
  const { ended, output, exit, message } = run?.outcome ?? (await host.processes.run(request, signal));
  if (ended === 'timeout') return { ok: false, why: `it took longer than ${LONGEST_MS / 1000} seconds` };
  if (ended !== 'exit') return { ok: false, why: message ?? `it ended by ${ended}` };
  if (exit === 126 || exit === 127)
    return { ok: false, why: `it could not be started: ${output.trim().slice(0, 300)}` };
  return { ok: true, problems: problemsIn(output, path, host.files.root) };
}
