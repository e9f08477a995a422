import type { EventOf } from '../../protocol/events.ts';
import type { AgentTask, Plan, Task } from '../../protocol/plan.ts';
import { counted } from '../../protocol/show.ts';
import { checkText } from '../plan/check-text.ts';
import { resolveNeed } from '../plan/needs.ts';
import { kindOf } from '../plan/task-kinds.ts';
import type { HashOf } from '../ports.ts';
import { checksOf } from '../session/check-runs.ts';
import { LEAD } from '../session/lead.ts';
import type { Finding, SessionState, TaskState } from '../session/state.ts';
import { bindingText } from './binding.ts';
import {
  artifactsText,
  changesBefore,
  changesText,
  type HandedOver,
  NOTHING_HANDED_OVER,
  neededTasks,
} from './handed-over.ts';
import { othersWriting } from './others-writing.ts';
import { data, joined, list, section } from './prompt-text.ts';

/** The end of an output says most; more than this only costs. */
const OUTPUT_SHOWN = 4000;
const FILES_SHOWN = 50;
/** The brief goes with every turn of every agent: with all tasks of a large plan its cost would grow by their square. */
const TASKS_SHOWN = 100;

const who = (task: Task) => kindOf(task).describe(task);

function taskLine(task: Task): string {
  const writes = kindOf(task).writes(task);
  return `${task.id} (${who(task)}): ${task.title}${writes.length > 0 ? `; writes ${writes.join(', ')}` : ''}`;
}

/** What all agents of a session are told of it: the same text for each, as long as the plan stays. */
export function sessionBrief(plan: Plan, workspaceBrief: string): string {
  const tasks = plan.tasks.slice(0, TASKS_SHOWN).map(taskLine);
  const others = new Map<string, number>();
  for (const task of plan.tasks.slice(TASKS_SHOWN)) others.set(who(task), (others.get(who(task)) ?? 0) + 1);
  if (others.size > 0) tasks.push(`and ${[...others].map(([role, count]) => `${count} of ${role}`).join(', ')}`);
  return [
    `Goal of the session: ${plan.goal}`,
    section('How the work is shared out:', plan.rationale ?? ''),
    section('Tasks of the team:', list(tasks)),
    workspaceBrief.trim(),
  ]
    .filter(part => part !== '')
    .join('\n\n');
}

/** Of a plan too large for the brief: the tasks this one builds on, and those that build on it. */
function neighbours(task: Task, plan: Plan | undefined): string[] {
  if (!plan || plan.tasks.length <= TASKS_SHOWN) return [];
  const before = needed(task);
  return plan.tasks
    .filter(other => before.includes(other.id) || needed(other).includes(task.id))
    .slice(0, TASKS_SHOWN)
    .map(taskLine);
}

const needed = ({ needs }: Pick<Task, 'needs'>): string[] =>
  needs.map(resolveNeed).flatMap(need => (need.kind === 'task' ? [need.task] : []));

function taskText(task: AgentTask, state: SessionState): string {
  return joined([
    `Task ${task.id}: ${task.title}`,
    task.instructions.trim(),
    section('Tasks it builds on, or that build on it:', list(neighbours(task, state.plan))),
    section('You may write:', list(task.writes)) || 'You write no files.',
    section('Publish these artifacts; others wait for them:', list(task.publishes)),
    section(
      'The task is done when these checks pass; they run when you call finish_task:',
      list(task.checks.map(checkText)),
    ),
  ]);
}

/** The same for who reviews it, and does none of it. */
function requirementText(task: AgentTask): string {
  return joined([
    `Task ${task.id}: ${task.title}`,
    task.instructions.trim(),
    section('It could write:', list(task.writes)),
    section('It had to publish:', list(task.publishes)),
  ]);
}

function findingText({ finding, severity, path, line, picture, text }: Finding): string {
  const place = path === undefined ? '' : ` in ${path}${line === undefined ? '' : `:${line}`}`;
  const seen = picture === undefined ? '' : ` (read_artifact "${picture}" shows it)`;
  return `${finding} (${severity})${place}: ${text}${seen}`;
}

const openFindings = (state: SessionState, task: string) =>
  [...state.findings.values()].filter(finding => finding.task === task && !finding.resolved);

function filesOf(state: SessionState, task: string): string[] {
  const files = [...state.files.values()].filter(file => file.tasks.includes(task));
  const shown = files.slice(0, FILES_SHOWN).map(file => `${file.path}${file.deleted ? ' (deleted)' : ''}`);
  return files.length > shown.length ? [...shown, `and ${files.length - shown.length} more`] : shown;
}

/** Of tasks that others build on: so many are told of, each with so much of its summary, files and decisions. */
const BEFORE = { tasks: 8, summary: 800, files: 12, decisions: 5 };

/** What the tasks that this one needs have done. */
function doneBefore(task: AgentTask, state: SessionState, hashOf: HashOf): string {
  const done = neededTasks(task, state).flatMap(id => {
    const before = state.tasks.get(id);
    const worker = before?.rounds.findLast(round => round.kind !== 'review');
    const summary = worker && state.agents.get(worker.agent)?.summary;
    if (before?.status !== 'completed' || summary === undefined) return [];
    const files = filesOf(state, id).slice(0, BEFORE.files);
    const decisions = state.decisions.filter(decision => decision.task === id).slice(-BEFORE.decisions);
    const told = [
      summary.length > BEFORE.summary ? `${summary.slice(0, BEFORE.summary)}…` : summary,
      ...(files.length > 0 ? [`Files: ${files.join(', ')}`] : []),
      ...decisions.map(({ text, rationale }) => `Decided: ${text} (${rationale})`),
    ];
    return [`${id}, ${before.task.title}:\n${data(hashOf, told.join('\n'))}`];
  });
  return list(done.slice(0, BEFORE.tasks));
}

/** What earlier attempts leave to the next: who tried, how it ended, what is there. */
function handover(task: TaskState, state: SessionState, hashOf: HashOf): string {
  const earlier = task.agents.flatMap(id => {
    const agent = state.agents.get(id);
    return agent && agent.attempt < task.attempt && agent.endedAt !== undefined ? [agent] : [];
  });
  if (earlier.length === 0) return '';
  const tries = earlier.slice(-3).map(agent => {
    const why = agent.rungs.at(-1)?.reason;
    const said = agent.summary ? `\n${data(hashOf, agent.summary)}` : '';
    return `${agent.role}, attempt ${agent.attempt}: ${agent.status}${why ? ` (${why})` : ''}${said}`;
  });
  const proved = task.rounds.findLast(({ kind, round }) => kind !== 'review' && checksOf(task, round).length > 0);
  const failing = proved ? failedChecks(task, proved.round, hashOf) : '';
  const words = (by: string) =>
    list(state.decisions.flatMap(said => (said.task === task.task.id && said.by === by ? [said.text] : [])));
  return [
    'This is not the first attempt. What is left of the earlier ones stands in the files: read it before you go on from it or replace it.',
    section('Earlier attempts:', list(tries)),
    section('Checks that failed in them last:', failing),
    section('Files they wrote:', list(filesOf(state, task.task.id))),
    section('What the user says to it:', words('user')),
    section('What the lead advises:', words(LEAD)),
  ]
    .filter(part => part !== '')
    .join('\n\n');
}

const failedChecks = (task: TaskState, round: number, hashOf: HashOf): string =>
  outcomesText(
    checksOf(task, round).filter(check => !check.ok),
    hashOf,
  );

/** Checks with their output, for the agent that mends what failed. */
export function outcomesText(outcomes: readonly EventOf<'check-ended'>[], hashOf: HashOf): string {
  return outcomes
    .map(check => {
      const exit = check.exit === undefined ? '' : ` (exit code ${check.exit})`;
      const output = check.output?.text.slice(-OUTPUT_SHOWN) ?? '';
      return `- ${checkText(check.check)}${exit}${output === '' ? '' : `\n${data(hashOf, output)}`}`;
    })
    .join('\n');
}

/** What finish_task answers when the checks of its round have failed. */
export function notProved(task: TaskState, round: number, left: number, state: SessionState, hashOf: HashOf): string {
  const all = checksOf(task, round);
  const failed = all.filter(check => !check.ok).length;
  return joined([
    `Not finished: ${failed} of ${counted(all.length, 'check')} failed.`,
    failedChecks(task, round, hashOf),
    othersWriting(state, task.task.id),
    `Find the cause, mend it, and call finish_task again; ${left <= 1 ? 'that is the last try' : `${left} tries are left`}. If it cannot be mended within your task, call report_blocker and say what stands in the way.`,
  ]);
}

/** What is said to an agent that had finished, when its checks failed or its reviewer was not content. */
export function notAccepted(task: TaskState, round: number, state: SessionState, hashOf: HashOf): string {
  const last = task.rounds.findLast(r => r.round < round && r.kind !== 'review');
  const failing = last ? failedChecks(task, last.round, hashOf) : '';
  const findings = openFindings(state, task.task.id).map(findingText);
  return [
    'Your work was not accepted yet. Mend it where it is wrong; do not rebuild what nobody criticised.',
    section('Checks that failed:', failing),
    failing === '' ? '' : othersWriting(state, task.task.id),
    section('Findings of the review:', list(findings)),
    findings.length > 0
      ? 'Deal with every blocker, and with the others where that is right. Then call finish_task and say for each finding what you did.'
      : 'Then call finish_task again.',
  ]
    .filter(part => part !== '')
    .join('\n\n');
}

/** What an agent is asked to do in a round of work. */
export function workPrompt(
  kind: 'implement' | 'fix' | 'escalation',
  task: TaskState,
  round: number,
  state: SessionState,
  hashOf: HashOf,
  over: HandedOver = NOTHING_HANDED_OVER,
): string {
  const spec = task.task as AgentTask;
  const last = task.rounds.findLast(r => r.round < round && r.kind !== 'review');
  const failing = last && kind === 'fix' ? failedChecks(task, last.round, hashOf) : '';
  const before = last === undefined ? undefined : state.agents.get(last.agent)?.summary;
  const findings = openFindings(state, spec.id).map(findingText);
  return [
    taskText(spec, state),
    section('What the tasks before it have done, in their words:', doneBefore(spec, state, hashOf)),
    changesBefore(over, hashOf),
    artifactsText(spec, state, over, hashOf),
    over.handedIn.text,
    section('Decisions that bind all tasks:', bindingText(state, spec.id, neededTasks(spec, state), hashOf)),
    handover(task, state, hashOf),
    kind === 'fix'
      ? [
          'The work has been done once and was not accepted. Mend it; do not start anew.',
          section('Files written so far:', list(filesOf(state, spec.id))),
          before === undefined ? '' : `What was said of it:\n${data(hashOf, before)}`,
        ]
          .filter(part => part !== '')
          .join('\n\n')
      : '',
    section('Checks that failed:', failing),
    section('Findings of the review:', list(findings)),
  ]
    .filter(part => part !== '')
    .join('\n\n');
}

/** What a reviewer is asked: the task, what was written, what the checks said, what was found before. */
export function reviewPrompt(
  task: TaskState,
  round: number,
  state: SessionState,
  hashOf: HashOf,
  over: HandedOver = NOTHING_HANDED_OVER,
): string {
  const spec = task.task as AgentTask;
  const worker = task.rounds.findLast(r => r.kind !== 'review');
  const summary = worker === undefined ? undefined : state.agents.get(worker.agent)?.summary;
  const checks = checksOf(task, round).map(check => `${checkText(check.check)}: ${check.ok ? 'passed' : 'failed'}`);
  const open = openFindings(state, spec.id);
  const noted = open.filter(({ severity }) => severity === 'note').map(findingText);
  const earlier = open.filter(({ severity }) => severity !== 'note').map(findingText);
  const again =
    'Findings of earlier rounds, said to be mended. Look at each: what is still wrong, add again with add_finding; the others count as resolved.';
  return [
    `Review this task, which another agent has done.\n\n${requirementText(spec)}`,
    artifactsText(spec, state, over, hashOf),
    over.handedIn.text,
    section('Decisions that bind all tasks:', bindingText(state, spec.id, [], hashOf)),
    section('Files written:', list(filesOf(state, spec.id))),
    changesText(over, hashOf),
    summary === undefined ? '' : `What was said of it; believe only what you see:\n${data(hashOf, summary)}`,
    section('Checks:', list(checks)),
    section(again, list(earlier)),
    section('Noted in earlier rounds, and kept; add none of it again:', list(noted)),
  ]
    .filter(part => part !== '')
    .join('\n\n');
}
