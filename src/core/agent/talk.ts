import type { Processes, ProcessOutcome, ProcessRequest, Sandbox } from '../ports.ts';

/** Where programs are started that are talked to: in the sandbox, where there is one. */
export interface TalkHost {
  processes: Processes;
  holding?: { sandbox: Sandbox; network: readonly string[] } | undefined;
}

export interface TalkRights {
  owner: string;
  network: readonly string[];
  /** Its loopback is that of the owner's other commands that share it. */
  sharedLoopback?: boolean;
}

/** Runs it until it ends, or is ended. What it writes to the workspace in the sandbox comes to nothing. */
export async function runTalking(
  { processes, holding }: TalkHost,
  request: ProcessRequest,
  rights: TalkRights,
  signal: AbortSignal,
): Promise<{ outcome: ProcessOutcome; unreached: readonly string[] }> {
  if (!holding) return { outcome: await processes.run(request, signal), unreached: [] };
  const run = await holding.sandbox.run(request, { ...rights, write: [] }, signal);
  await run.close([]);
  return { outcome: run.outcome, unreached: run.unreached };
}

/** How it ended, for people and models, with the end of what it complained of. */
export function howItEnded({ ended, exit, signal, message, output }: ProcessOutcome): string {
  const how =
    ended === 'exit'
      ? `it ended with exit code ${exit ?? 'unknown'}`
      : ended === 'signal'
        ? `it was ended by ${signal ?? 'a signal'}`
        : ended === 'not-started'
          ? `it could not be started: ${message ?? 'unknown reason'}`
          : 'it was stopped';
  const said = output.trim().split('\n').slice(-5).join('\n');
  return said === '' ? `${how}.` : `${how}: ${said}`;
}
