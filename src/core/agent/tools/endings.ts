import * as z from 'zod';
import { defineTool, refuse } from './tool.ts';

const summary = z.string().min(1).max(8000);

export const finishTask = defineTool({
  name: 'finish_task',
  description:
    'Ends your work, once all that was asked for is done and you have checked it. The task’s own checks run then and decide: what fails comes back as the answer, and you mend it.',
  effect: 'none',
  args: z.object({
    summary: summary.describe('What you did, what you checked and how, and what others must know.'),
  }),
  aliases: { text: 'summary', result: 'summary', message: 'summary' },
  doing: () => 'finishes',
  async run(_args, { host, agent, task, call, signal }) {
    const missing = task?.publishes.filter(name => !host.journal.state.artifacts.has(name)) ?? [];
    if (missing.length) {
      return refuse(
        'missing-artifact',
        `The task is not finished: others wait for ${missing.map(name => `"${name}"`).join(', ')}. Publish with publish_artifact first, then call finish_task again.`,
      );
    }
    const proof = task && (await host.prove?.({ agent, task: task.id, call }, signal));
    if (!proof) return { ok: true, output: 'Finished.' };
    return proof.accepted ? { ok: true, output: proof.text } : refuse('checks-failed', proof.text);
  },
  end: args => ({ outcome: 'finished', summary: args.summary }),
});

export const reportBlocker = defineTool({
  name: 'report_blocker',
  description:
    'Ends your work because you cannot go on: something is missing, forbidden or contradictory. Say what would have to be different.',
  effect: 'none',
  args: z.object({ text: z.string().min(1).max(8000) }),
  aliases: { reason: 'text', blocker: 'text', message: 'text', summary: 'text' },
  doing: () => 'reports a blocker',
  async run(args, { host, agent, task }) {
    const known = [...host.journal.state.issues.values()].some(
      one => one.by === agent && one.text === args.text && !one.resolved,
    );
    if (!known) {
      host.journal.append({
        type: 'issue-opened',
        issue: host.newId('issue'),
        severity: 'blocker',
        by: agent,
        ...(task && { task: task.id }),
        text: args.text,
      });
    }
    return { ok: true, output: 'Reported.' };
  },
  end: args => ({ outcome: 'gave-up', reason: 'blocked', message: args.text }),
});
