import type { AgentHandle, AgentJob, AgentResult, AgentRunner } from './contract.ts';
import { foreignToolsFor } from './foreign/given.ts';
import { type AgentHost, AgentLoop } from './loop.ts';
import { Reins } from './reins.ts';
import { toolSets } from './tools/toolset.ts';

/** Starts agents on one session's journal, router and workspace. */
export function agentRunner(host: AgentHost): AgentRunner {
  const toolsFor = toolSets();
  const run = async (job: AgentJob, reins: Reins): Promise<AgentResult> => {
    try {
      await host.router.learnWindows?.(job.route);
      const foreign = await foreignToolsFor(host, job);
      return await new AgentLoop(host, job, reins, toolsFor(job.kind, job.role, job.claims, foreign)).run();
    } catch (error) {
      if (reins.signal.aborted) return { outcome: 'aborted' };
      host.log?.write('error', `Agent ${job.agent} failed`, error);
      const message = error instanceof Error ? error.message : String(error);
      return { outcome: 'failed', reason: 'internal', message };
    }
  };
  return {
    start(job): AgentHandle {
      const reins = new Reins(job.route);
      return {
        nudge: text => reins.nudge(text),
        pause: () => reins.pause(),
        unpause: () => reins.unpause(),
        reassign: route => reins.reassign(route),
        abort: reason => reins.abort(reason),
        // Starts in the next microtask, so that the caller holds the reins before anything happens.
        done: Promise.resolve().then(() => run(job, reins)),
      };
    },
  };
}
