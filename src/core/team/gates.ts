import type { AgentTask, Task } from '../../protocol/plan.ts';
import { isAgentTask } from '../../protocol/plan.ts';
import { bugText } from '../bug.ts';
import { resolveNeed } from '../plan/needs.ts';
import { kindOf } from '../plan/task-kinds.ts';
import { hasEnded } from '../session/standing.ts';
import type { Finding, SessionState, TaskState } from '../session/state.ts';
import { neededTasks } from './handed-over.ts';
import { fixTaskId, mendedBy } from './reviews.ts';

/** How often a gate sends work back where the plan does not say. */
const ROUNDS = 3;
const AGAIN = '-again-';
const BUGS_AGAIN =
  '\n\nTry every bug again by its steps, and run what shows that nothing else broke. File with file_bug, once more, what is still wrong; what you do not file counts as mended.';

/** Tasks whose word others wait for, each with how often it may send work back. */
export function gatesOf(tasks: Iterable<Task>): Map<string, number> {
  const gates = new Map<string, number>();
  for (const { needs } of tasks)
    for (const written of needs) {
      const need = resolveNeed(written);
      if (need.kind !== 'task' || need.when !== 'approved') continue;
      gates.set(need.task, Math.max(gates.get(need.task) ?? 0, need.rounds ?? ROUNDS));
    }
  return gates;
}

/** The gate whose word a task gives: its own, or that of the one it judges again for. */
export const gateOf = (task: string): string => task.replace(new RegExp(`${AGAIN}\\d+$`), '');

/** Whether somebody waits for what this task says of the work of others. */
export const isGate = (state: SessionState, task: string): boolean =>
  gatesOf([...state.tasks.values()].map(each => each.task)).has(gateOf(task));

/** The last to judge for a gate, and how often somebody judged before. */
function latest(state: SessionState, gate: string): { task: TaskState; round: number } | undefined {
  let found: { task: TaskState; round: number } | undefined;
  for (let round = 0; ; round++) {
    const task = state.tasks.get(round === 0 ? gate : `${gate}${AGAIN}${round}`);
    if (!task) return found;
    found = { task, round };
  }
}

/** The task in which somebody judged last for a gate, once that is over. */
export function latestOf(state: SessionState, gate: string): string | undefined {
  const last = latest(state, gate);
  return last?.task.status === 'completed' ? last.task.task.id : undefined;
}

const approves = (state: SessionState, { task }: TaskState): boolean => {
  if (!isAgentTask(task)) return true;
  const given = state.verdicts.findLast(verdict => verdict.task === task.id);
  return given ? given.approve : bugsOf(state, gateOf(task.id)).length > 0 && bugsIn(state, task.id).length === 0;
};

/** Bugs that somebody who tests has filed, in whichever round. */
const bugsOf = (state: SessionState, gate: string): Finding[] =>
  [...state.findings.values()].filter(({ bug, task }) => bug && gateOf(task) === gate);

/** Bugs that were seen in a task last, and are open. */
const bugsIn = (state: SessionState, task: string): Finding[] =>
  [...state.findings.values()].filter(({ bug, resolved, seenIn }) => bug && !resolved && seenIn?.at(-1) === task);

/** Those who have filed bugs on what others of this session wrote: each is a gate, though no plan says so. */
export function testersOf(state: SessionState): Map<string, number> {
  const testers = new Map<string, number>();
  for (const { bug, task } of state.findings.values()) {
    const gate = gateOf(task);
    const judge = bug && state.tasks.get(gate)?.task;
    if (judge && isAgentTask(judge) && writersBefore(state, judge).some(({ writes }) => writes.length > 0))
      testers.set(gate, ROUNDS);
  }
  return testers;
}

/** Whether what waits for a task waits on, since what it has filed is yet to be mended and tried again. */
export function isHeld(state: SessionState, task: string): boolean {
  const gate = gateOf(task);
  const rounds = testersOf(state).get(gate);
  if (rounds === undefined || gatesOf([...state.tasks.values()].map(each => each.task)).has(gate)) return false;
  return gateVerdict(state, gate, rounds) === undefined;
}

/** What a gate has said for good; undefined: nothing yet, or its findings are being mended. */
export function gateVerdict(state: SessionState, gate: string, rounds: number): 'approved' | 'rejected' | undefined {
  const last = latest(state, gate);
  if (!last || !hasEnded(last.task.status)) return undefined;
  if (last.task.status !== 'completed') return 'rejected';
  if (approves(state, last.task)) return 'approved';
  return last.round >= rounds ? 'rejected' : undefined;
}

/** After a rejection: what mends it, and who judges again. Nothing where that is under way, or would be once too often. */
export function sendBack(state: SessionState, gate: string, rounds: number): AgentTask[] {
  const last = latest(state, gate);
  if (last?.task.status !== 'completed' || approves(state, last.task) || last.round >= rounds) return [];
  const judge = last.task.task as AgentTask;
  const own = [...state.findings.values()].filter(({ task, bug, resolved }) => task === judge.id && !bug && !resolved);
  const found = [...own, ...bugsIn(state, judge.id)];
  const fixes: AgentTask[] = [];
  for (const [owner, findings] of owners(state, judge, found)) fixes.push(fixOf(state, owner, judge, findings));
  const original = state.tasks.get(gate)?.task as AgentTask;
  const said = found.map(({ severity, text, path, bug }) =>
    bug ? `- ${bugText(bug, path)}` : `- (${severity}) ${path === undefined ? '' : `${path}: `}${text}`,
  );
  const bugs = found.some(({ bug }) => bug) ? BUGS_AGAIN : '';
  const again: AgentTask = {
    ...original,
    id: `${gate}${AGAIN}${last.round + 1}`,
    needs: fixes.map(({ id }) => id),
    publishes: [],
    priority: 'high',
    instructions: `${original.instructions}\n\nYou have judged this before and sent it back. What you found, said to be mended by now; look at each:\n${said.join('\n')}${bugs}`,
  };
  return [...fixes, again];
}

/** Who mends what: whoever wrote the file last; what is of no file, all who wrote what was judged. */
function owners(state: SessionState, judge: AgentTask, found: readonly Finding[]): Map<AgentTask, Finding[]> {
  const mended = new Map<AgentTask, Finding[]>();
  const writers = writersBefore(state, judge);
  for (const finding of found) {
    const writer = finding.path === undefined ? undefined : state.files.get(finding.path)?.tasks.at(-1);
    // Who mended it before did so for whoever wrote it.
    const own = writers.filter(({ id }) => id === writer || (writer !== undefined && id === mendedBy(writer)));
    for (const owner of own.length > 0 ? own : writers) mended.set(owner, [...(mended.get(owner) ?? []), finding]);
  }
  return mended;
}

/** Those who write and come before, directly or not; where nobody writes, those who come directly before. */
function writersBefore(state: SessionState, judge: AgentTask): AgentTask[] {
  const seen = new Set<string>();
  const open = [...neededTasks(judge, state)];
  const direct = new Set(open);
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    const task = state.tasks.get(id)?.task;
    if (task) open.push(...neededTasks(task, state));
  }
  const tasks = [...seen].flatMap(id => state.tasks.get(id)?.task ?? []).filter(isAgentTask);
  const writers = tasks.filter(task => kindOf(task).writes(task).length > 0);
  return (writers.length > 0 ? writers : tasks.filter(({ id }) => direct.has(id))).sort((a, b) =>
    a.id < b.id ? -1 : 1,
  );
}

function fixOf(state: SessionState, owner: AgentTask, judge: AgentTask, found: readonly Finding[]): AgentTask {
  const { review: _, ...rest } = owner;
  const list = found.map(({ finding, severity, text, path, line, bug }) => {
    const place = path === undefined ? '' : ` in ${path}${line === undefined ? '' : `:${line}`}`;
    return bug ? `- ${finding}: ${bugText(bug, path)}` : `- ${finding} (${severity})${place}: ${text}`;
  });
  return {
    ...rest,
    id: fixTaskId(state, owner.id),
    title: `Mend what ${judge.role} found`,
    needs: [],
    publishes: [],
    priority: 'high',
    instructions: `${judge.role} has judged the work and sent it back. What was found:\n${list.join('\n')}\n\nMend what of it is yours; do not start anew. The task was:\n${owner.instructions}`,
  };
}
