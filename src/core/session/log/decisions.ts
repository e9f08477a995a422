import { counted } from '../../../protocol/show.ts';
import { taskLevels } from '../../plan/levels.ts';
import { code, plain, timeOfDay } from '../markdown.ts';
import type { SessionState } from '../state.ts';
import { supervision } from '../supervision.ts';

const MOST = 60;
const MOST_LISTED = 30;

interface Choice {
  at: number;
  head: string;
  lines: string[];
}

const choice = (at: number, head: string, decision: string, rationale: string): Choice => ({
  at,
  head,
  lines: [`- **Decision**: ${decision}`, `- **Rationale**: ${rationale}`],
});

/** Who decided what and why: the plan, whom it gives what, and what was decided as it went on, in order of time. */
export function decisions(state: SessionState): string[] {
  const noted = state.decisions.map(({ at, by, text, rationale, task }) =>
    choice(
      at,
      `Decision of ${plain(by)}${task === undefined ? '' : ` in ${plain(task)}`}`,
      plain(text),
      plain(rationale),
    ),
  );
  const switches = state.failovers.map(({ at, agent, from, to, error, reason }) =>
    choice(
      at,
      'Provider Selection',
      `${code(agent)} goes on with ${code(to)} instead of ${code(from)}`,
      `${error}: ${plain(reason)}`,
    ),
  );
  const steps = supervision(state).map(({ at, agent, rung, trigger, reason }) =>
    choice(at, 'Supervision', `${rung} for ${code(agent)}`, `${plain(trigger)}: ${plain(reason)}`),
  );
  const all = [...noted, ...switches, ...steps, ...others(state)].sort((a, b) => a.at - b.at);
  const left = all.length - MOST;
  return [
    '## Orchestration Decisions',
    '',
    ...assignment(state),
    ...selection(state),
    ...(all.length === 0 && !state.plan ? ['*None yet*', ''] : []),
    ...(left > 0 ? [`*${left} earlier; the report holds them all*`, ''] : []),
    ...all.slice(-MOST).flatMap(({ at, head, lines }) => [`### [${timeOfDay(at)}] ${head}`, '', ...lines, '']),
  ];
}

function assignment({ plan, planRevision, tasks }: SessionState): string[] {
  if (!plan) return [];
  const levels = taskLevels(plan.tasks, plan.pools).slice(0, MOST_LISTED);
  const name = (id: string) => plain(tasks.get(id)?.task.title ?? id, 60);
  const order = levels.map(ids => {
    const more = ids.length - 5;
    return [...ids.slice(0, 5).map(name), ...(more > 0 ? [`${more} more`] : [])].join(' | ');
  });
  const phases = plan.phases.length === 0 ? '' : ` in ${counted(plan.phases.length, 'phase')}`;
  return [
    '### Initial Task Assignment Strategy',
    '',
    `- **Decision**: plan ${planRevision}, ${counted(plan.tasks.length, 'task')}${phases}`,
    `- **Rationale**: ${plan.rationale === undefined ? 'none was given' : plain(plan.rationale, 1000)}`,
    ...(order.length > 0 ? [`- **Task Order** (beside each other where a | stands): ${order.join(' → ')}`] : []),
    '',
  ];
}

/** Why each task of the plan went to the model it went to. */
function selection({ roster, tasks }: SessionState): string[] {
  const all = [...roster.values()];
  if (all.length === 0) return [];
  const more = all.length - MOST_LISTED;
  return [
    '### Provider Selection Rationale',
    '',
    ...all.slice(0, MOST_LISTED).map(({ agent, role, task, part, route, why }) => {
      const what = `${plain(tasks.get(task)?.task.title ?? task, 80)}${part === 'review' ? ', review' : ''}`;
      return `- **${plain(route[0] ?? 'no model')} → ${plain(role)}** (${code(agent)}: ${what}): ${plain(why)}`;
    }),
    ...(more > 0 ? [`- *${more} more*`] : []),
    '',
  ];
}

/** Why those who are not in the plan's roster began with their models: after an escalation, say, or for a fix. */
function others({ agents, roster }: SessionState): Choice[] {
  return [...agents.values()].flatMap(({ agent, role, route, why, startedAt }) =>
    roster.has(agent) || why === undefined
      ? []
      : [
          choice(
            startedAt,
            'Provider Selection',
            `${code(agent)} begins as ${plain(role)} with ${code(route[0] ?? 'no model')}`,
            plain(why),
          ),
        ],
  );
}
