import { oneLine } from '../core/plain.ts';
import { showCost, showTokens } from '../core/session/figures.ts';
import { sessionStanding, type TaskStanding, taskStanding, workingTime } from '../core/session/standing.ts';
import type { AgentState, Ask, SessionState, TaskState } from '../core/session/state.ts';
import { shownRequest } from '../core/visible.ts';
import { modelOf } from '../protocol/model-ref.ts';
import { counted, showDuration, showMoney } from '../protocol/show.ts';
import { cut, type Look, type Style, widthOf } from './style.ts';

const MARKS: Record<TaskStanding, [mark: string, paint: Look]> = {
  pending: ['○', 'dim'],
  waiting: ['◌', 'warn'],
  running: ['●', 'accent'],
  checking: ['◆', 'accent'],
  completed: ['✔', 'good'],
  failed: ['✘', 'bad'],
  skipped: ['–', 'dim'],
  cancelled: ['–', 'dim'],
  paused: ['‖', 'warn'],
  interrupted: ['◌', 'warn'],
};

const LEAST_NAME = 12;

const shortModel = (model: string | undefined) => oneLine(model === undefined ? '' : modelOf(model));

/** The agent that works on a task now, or worked on it last. */
function agentOf(state: SessionState, task: TaskState): AgentState | undefined {
  const agents = task.agents.flatMap(id => state.agents.get(id) ?? []);
  return agents.findLast(agent => agent.endedAt === undefined) ?? agents.at(-1);
}

function taskLine(
  state: SessionState,
  task: TaskState,
  { now, columns, style, runs }: { now: number; columns: number; style: Style; runs: boolean },
): string {
  const status = taskStanding(state, task, runs);
  const [mark, paint] = MARKS[status];
  const agent = agentOf(state, task);
  const role = 'role' in task.task ? task.task.role : task.task.kind;
  const time = task.startedAt === undefined ? '' : showDuration((task.endedAt ?? now) - task.startedAt);
  const used = task.tally.calls > 0 ? [showTokens(task.tally), showCost(task.tally)] : [];
  const parts = [shortModel(agent?.model), ...used, time].filter(text => text !== '');
  // In a narrow terminal the name of the task goes before the figures.
  while (parts.length > 0 && widthOf(parts.join('  ')) + LEAST_NAME + 6 > columns) parts.shift();
  const figures = parts.join('  ');
  const busy = status === 'running' || status === 'checking';
  const note = oneLine(busy ? (agent?.doing ?? '') : (task.note ?? ''));
  const left = cut(
    oneLine(`${task.task.id}  ${role}`),
    Math.max(LEAST_NAME, Math.min(44, columns - widthOf(figures) - 6)),
  );
  const head = `${left}${' '.repeat(Math.max(1, Math.min(44, columns - widthOf(figures) - 4) - widthOf(left)))}${figures}`;
  const room = columns - widthOf(head) - 6;
  return `${style[paint](mark)} ${head}${note !== '' && room > 8 ? style.dim(`  ${cut(note, room)}`) : ''}`;
}

/** Tasks in the order of their phases; those without one come where the plan has them. */
function sections(state: SessionState): [phase: string | undefined, tasks: TaskState[]][] {
  const byPhase = new Map<string | undefined, TaskState[]>();
  for (const phase of state.plan?.phases ?? []) byPhase.set(phase, []);
  for (const task of state.tasks.values()) {
    const list = byPhase.get(task.task.phase);
    if (list) list.push(task);
    else byPhase.set(task.task.phase, [task]);
  }
  return [...byPhase].filter(([, tasks]) => tasks.length > 0);
}

/** Keeps what matters when the terminal is low: what runs, waits or failed before what is done or yet to come. */
function squeeze(tasks: TaskState[], rows: number): { shown: TaskState[]; hidden: number } {
  if (tasks.length <= rows) return { shown: tasks, hidden: 0 };
  const weight = (task: TaskState) =>
    ({ running: 0, checking: 0, waiting: 1, failed: 1, pending: 2, completed: 3, skipped: 4, cancelled: 4 })[
      task.status
    ];
  const kept = new Set(tasks.toSorted((a, b) => weight(a) - weight(b)).slice(0, Math.max(0, rows)));
  return { shown: tasks.filter(task => kept.has(task)), hidden: tasks.length - kept.size };
}

/** What is asked, and what it is answered with from another terminal. */
function askLines({ ask, agent, request }: Ask, waiting: number, columns: number, style: Style): string[] {
  const what = request.type === 'permission-asked' ? `wants: ${shownRequest(request)}` : `asks: ${request.text}`;
  const count = waiting > 1 ? ` (1 of ${waiting})` : '';
  return [
    style.warn(cut(oneLine(`? ${agent}${count} ${what}`), columns)),
    style.dim(cut(oneLine(`  orchestrate answer ${ask}`), columns)),
  ];
}

/** The whole picture of a session as lines that fit the terminal. */
export function liveLines(
  state: SessionState,
  options: {
    now: number;
    columns: number;
    rows: number;
    style: Style;
    /** Of what is asked: the first unless told otherwise; none where it is shown elsewhere. */
    asks?: 'first' | 'all' | 'none';
    /** Whether somebody works on it now. */
    runs?: boolean;
  },
): string[] {
  const { now, columns, style } = options;
  const tasks = [...state.tasks.values()];
  const done = tasks.filter(task => task.status === 'completed').length;
  const runs = (options.runs ?? true) && state.status !== 'ended';
  const running = runs ? [...state.agents.values()].filter(agent => agent.endedAt === undefined).length : 0;
  const limit = state.budget.limits.find(each => each.scope === 'session')?.limit;
  const elapsed = workingTime(state, now, runs);
  const cost = `${showCost(state.tally)}${limit ? ` of ${showMoney(limit)}` : ''}`;
  const counters = [
    sessionStanding(state, runs),
    `${done}/${counted(tasks.length, 'task')}`,
    counted(running, 'agent'),
    `${showTokens(state.tally)} tokens`,
    cost,
    showDuration(elapsed),
  ].join(' · ');
  const head = [style.bold(cut(oneLine(state.goal), columns)), style.dim(cut(counters, columns))];
  const { asks = 'first' } = options;
  const shown = [...state.asks.values()].slice(0, asks === 'all' ? undefined : asks === 'first' ? 1 : 0);
  const foot = shown.flatMap(ask => askLines(ask, state.asks.size, columns, style));
  const groups = sections(state);
  const titles = groups.filter(([phase]) => phase !== undefined).length;
  const { shown: kept, hidden } = squeeze(tasks, options.rows - head.length - foot.length - titles - 2);
  const visible = new Set(kept);
  const body = groups.flatMap(([phase, list]) => {
    const lines = list
      .filter(task => visible.has(task))
      .map(task => taskLine(state, task, { now, columns, style, runs }));
    return lines.length > 0 && phase ? [style.dim(cut(oneLine(phase), columns)), ...lines] : lines;
  });
  if (hidden > 0) body.push(style.dim(`… and ${hidden} more`));
  return [...head, ...body, ...foot];
}
