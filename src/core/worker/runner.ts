import type { AgentHandle, AgentJob, AgentResult, AgentRunner } from '../agent/contract.ts';
import { AgentControl } from '../agent/control.ts';
import { type WorkerHost, WorkerRun } from './run.ts';

/** Gives each job to a CLI agent or to models. An agent that was given models stays with them. */
export function withWorkers(models: AgentRunner, host: WorkerHost): AgentRunner {
  return {
    start: job => (job.worker === undefined ? models.start(job) : startWorker(models, host, job, job.worker)),
  };
}

function startWorker(models: AgentRunner, host: WorkerHost, job: AgentJob, worker: string): AgentHandle {
  const control = new AgentControl(job.route);
  const run = new WorkerRun(host, job, worker, control);
  /** Models that take over. */
  let route: AgentJob['route'] | undefined;
  let heir: AgentHandle | undefined;
  let paused = false;
  let aborted: string | undefined;

  const work = async (): Promise<AgentResult> => {
    try {
      return await run.run();
    } catch (error) {
      if (control.signal.aborted) return { outcome: 'aborted' };
      host.log?.write('error', `Agent ${job.agent} failed`, error);
      return { outcome: 'failed', reason: 'internal', message: error instanceof Error ? error.message : String(error) };
    }
  };
  const both = async (): Promise<AgentResult> => {
    const result = await work();
    if (result.outcome !== 'aborted' || !route || aborted !== undefined) return result;
    const { worker: _, resumeFrom: __, ...rest } = job;
    heir = models.start({ ...rest, route });
    for (const text of control.takeNudges()) heir.nudge(text);
    if (paused) heir.pause();
    return heir.done;
  };

  return {
    nudge: text => (heir ?? control).nudge(text),
    pause() {
      paused = true;
      if (heir) return heir.pause();
      control.pause();
      run.interrupt();
    },
    unpause() {
      paused = false;
      if (heir) return heir.unpause();
      control.unpause();
    },
    reassign(to) {
      route = to;
      if (heir) heir.reassign(to);
      else control.abort('models take over');
    },
    abort(reason) {
      aborted = reason;
      (heir ?? control).abort(reason);
    },
    // Starts in the next microtask, so that the caller has the handle before anything happens.
    done: Promise.resolve().then(both),
  };
}
