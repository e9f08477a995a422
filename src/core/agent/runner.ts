import type { Browsers } from '../ports.ts';
import { BackgroundCommands } from './background/background-commands.ts';
import { OpenPages } from './browsing.ts';
import type { AgentHandle, AgentJob, AgentResult, AgentRunner } from './contract.ts';
import { AgentControl } from './control.ts';
import { foreignToolsFor } from './foreign-tools.ts';
import { HELPER, type HelperHost, helpers } from './helpers.ts';
import { type AgentHost, AgentLoop } from './loop.ts';
import { toolSets } from './tools/toolset.ts';

/** Starts agents on one session's journal, router and workspace. */
export function agentRunner({
  browsers,
  helping,
  ...outer
}: Omit<AgentHost, 'background' | 'pages' | 'lookInto'> & {
  browsers?: Browsers | undefined;
  /** Absent: agents look themselves. */
  helping?: HelperHost | undefined;
}): AgentRunner {
  const host: AgentHost = { ...outer, background: new BackgroundCommands(), pages: new OpenPages(browsers) };
  const toolsFor = toolSets({ skills: host.skills, helpers: helping !== undefined });
  if (helping) {
    host.lookInto = helpers(host, helping, () => toolsFor('look', HELPER, [], new Map()));
  }
  const run = async (job: AgentJob, control: AgentControl): Promise<AgentResult> => {
    try {
      await host.router.learnWindows?.(job.route);
      const foreign = await foreignToolsFor(host, job);
      return await new AgentLoop(host, job, control, toolsFor(job.kind, job.role, job.claims, foreign)).run();
    } catch (error) {
      if (control.signal.aborted) return { outcome: 'aborted' };
      host.log?.write('error', `Agent ${job.agent} failed`, error);
      const message = error instanceof Error ? error.message : String(error);
      return { outcome: 'failed', reason: 'internal', message };
    } finally {
      await host.pages.endOf(job.agent);
      await host.background.endOf(job.agent);
    }
  };
  return {
    start(job): AgentHandle {
      const control = new AgentControl(job.route);
      return {
        nudge: text => control.nudge(text),
        pause: () => control.pause(),
        unpause: () => control.unpause(),
        reassign: route => control.reassign(route),
        abort: reason => control.abort(reason),
        // Starts in the next microtask, so that the caller has the handle before anything happens.
        done: Promise.resolve().then(() => run(job, control)),
      };
    },
  };
}
