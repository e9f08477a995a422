import type { ModelRef } from '../../protocol/ids.ts';
import type { AgentState } from '../session/state.ts';
import type { AgentResult, ResumePoint, RoleSpec, ToolResult } from './contract.ts';
import { AgentControl } from './control.ts';
import { type AgentHost, AgentLoop } from './loop.ts';
import { cutLine, fence } from './tools/fence.ts';
import { type LookInto, refuse, type ToolContext } from './tools/tool.ts';
import type { ToolSet } from './tools/toolset.ts';

/** What agents need in order to have others look into something. */
export interface HelperHost {
  /** Cheap models that read fast; empty: nobody can be asked. */
  route(): ModelRef[];
  /** The conversation of a helper that was interrupted, or had answered just before. */
  resumePoint(agent: string): Promise<ResumePoint | undefined>;
}

/** Its name is that of a route, too. */
export const HELPER: RoleSpec = {
  name: 'helper',
  description: 'Looks something up for another agent.',
  instructions: '',
  // What a model thinks is part of it; of what it says no more is passed on than `LONGEST_ANSWER`.
  maxOutputTokens: 4096,
  effort: 'low',
};
const MAX_TURNS = 12;
/** For one agent, over its whole life. */
const MOST_HELPERS = 12;
/** Characters: about 1000 tokens. */
const LONGEST_ANSWER = 3500;
const SUMMARY = 200;

const YOURSELF = 'Look yourself, with search and read_file.';

function ended(result: AgentResult, context: ToolContext): ToolResult {
  switch (result.outcome) {
    case 'finished': {
      const { summary } = result;
      const cut =
        summary.length > LONGEST_ANSWER ? `${summary.slice(0, LONGEST_ANSWER)}\n[the rest is cut off]` : summary;
      return { ok: true, output: `A helper has looked and says:\n${fence(context, cut)}` };
    }
    case 'aborted':
      return refuse('interrupted', 'It was stopped.');
    default:
      return refuse('no-answer', `The helper came to no answer: ${cutLine(result.message, 400)} ${YOURSELF}`);
  }
}

export function helpers(host: AgentHost, { route: routeOf, resumePoint }: HelperHost, tools: () => ToolSet): LookInto {
  const { journal, router } = host;

  /** The helper of this very call, where the work was interrupted meanwhile; else a new one. */
  function helperFor({ agent, call }: ToolContext): { id: string; known: AgentState | undefined } | undefined {
    const { agents } = journal.state;
    const before = (agents.get(agent)?.helpers ?? []).flatMap(id => agents.get(id) ?? []);
    const known = before.find(one => one.call === call);
    if (known) return { id: known.agent, known };
    return before.length < MOST_HELPERS
      ? { id: `${agent}-${HELPER.name}-${before.length + 1}`, known: undefined }
      : undefined;
  }

  return async (question, context) => {
    const { agent, call, task, signal } = context;
    const route = routeOf();
    const helper = helperFor(context);
    if (!helper) return refuse('too-many', `You have asked helpers ${MOST_HELPERS} times, which is all. ${YOURSELF}`);
    if (route.length === 0) return refuse('no-answer', `There is no model for it. ${YOURSELF}`);
    const { id, known } = helper;
    const control = new AgentControl(route, context.gate);
    const stop = () => control.abort('the agent that asked has ended');
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    journal.append({
      type: 'agent-started',
      agent: id,
      role: HELPER.name,
      ...(task && { task: task.id }),
      attempt: known?.attempt ?? 1,
      route,
      parent: agent,
      call,
    });
    let result: AgentResult = { outcome: 'aborted' };
    try {
      const resumeFrom = known && (await resumePoint(id));
      await router.learnWindows?.(route);
      const job = {
        agent: id,
        kind: 'look' as const,
        role: HELPER,
        ...(task && { task }),
        attempt: 1,
        route,
        brief: '',
        prompt: question,
        claims: [],
        ...(resumeFrom && { resumeFrom }),
        limits: { maxTurns: MAX_TURNS },
        ...(context.pulse && { pulse: context.pulse }),
      };
      result = await new AgentLoop(host, job, control, tools()).run();
    } finally {
      signal.removeEventListener('abort', stop);
      const outcome = { finished: 'completed', 'gave-up': 'failed', failed: 'failed', aborted: 'interrupted' } as const;
      const summary = 'summary' in result ? result.summary : 'message' in result ? result.message : 'stopped';
      journal.append({
        type: 'agent-ended',
        agent: id,
        outcome: outcome[result.outcome],
        summary: cutLine(summary.replace(/\s+/g, ' '), SUMMARY),
      });
    }
    return ended(result, context);
  };
}
