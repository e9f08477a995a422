import { checkText } from '../../plan/check-text.ts';
import { kindOf } from '../../plan/task-kinds.ts';
import { checksOf } from '../../session/check-runs.ts';
import { hasEnded } from '../../session/standing.ts';
import type { SessionState, TaskState } from '../../session/state.ts';
import { checklist, unfinished } from '../completion.ts';

/** Something that the lead has to know of. The key says what is new in it: nothing is brought before it twice. */
export interface Occasion {
  key: string;
  text: string;
}

/** `quiet`: only when work has failed, or all has ended and something is missing. */
export type LeadMode = 'active' | 'quiet' | 'off';

const goesOn = (state: SessionState) =>
  [...state.tasks.values()].some(({ status, dropped }) => !dropped && !hasEnded(status));

/** What has happened that the lead may want to act on. */
export function occasions(state: SessionState, mode: LeadMode): Occasion[] {
  if (mode === 'off') return [];
  const failed = [...state.tasks.values()].flatMap(failure);
  if (mode === 'quiet' || !goesOn(state)) return failed;
  return [...failed, ...phases(state), ...contracts(state), ...blockers(state)];
}

/** A task that mends what a check has found is no occasion of its own, nor is it the work's fault that no model answers. */
function failure({ task, status, attempt, final, outage, dropped, repairs, note }: TaskState): Occasion[] {
  if (status !== 'failed' || !final || outage || dropped || repairs || task.optional) return [];
  return [
    { key: `failed ${task.id} ${attempt}`, text: `Task ${task.id} has failed for good: ${note ?? 'no reason given'}` },
  ];
}

const phases = (state: SessionState): Occasion[] =>
  state.phases.flatMap(({ phase, endedAt }) =>
    endedAt === undefined ? [] : [{ key: `phase ${phase}`, text: `The phase ${phase} has ended.` }],
  );

/** What others build on, once whoever publishes it is done with it. */
function contracts({ artifacts, tasks }: SessionState): Occasion[] {
  const consumed = new Set([...tasks.values()].flatMap(({ task }) => kindOf(task).consumes(task)));
  return [...artifacts].flatMap(([name, versions]) => {
    const latest = versions.at(-1);
    const publisher = latest?.task === undefined ? undefined : tasks.get(latest.task);
    if (!latest || !consumed.has(name) || (publisher && !hasEnded(publisher.status))) return [];
    const what = latest.version === 1 ? 'was published' : `was changed (version ${latest.version})`;
    return [{ key: `contract ${name} ${latest.version}`, text: `The contract ${name} ${what} by ${latest.agent}.` }];
  });
}

const blockers = ({ issues }: SessionState): Occasion[] =>
  [...issues.values()].flatMap(({ issue, severity, by, text, resolved }) =>
    severity === 'blocker' && !resolved
      ? [{ key: `blocker ${issue}`, text: `${by} reports a blocker (${issue}): ${text}` }]
      : [],
  );

/** What is missing is so because people did not want it, or because no model answers. */
function isDecided(state: SessionState): boolean {
  const undone = unfinished(state);
  const cause = ({ status, outage }: TaskState) =>
    status === 'cancelled' || (status === 'failed' && outage !== undefined);
  return undone.some(cause) && undone.every(task => cause(task) || task.status === 'skipped');
}

/** All has ended, and something on the checklist does not hold. */
export function stuck(state: SessionState): Occasion | undefined {
  const missing = checklist(state).filter(({ ok }) => !ok);
  if (missing.length === 0 || isDecided(state)) return undefined;
  const said = missing.map(({ label, detail }) => `${label}: ${detail ?? 'no'}`);
  // Every attempt at something makes the same lack another one.
  const attempts = [...state.tasks.values()].reduce((sum, { attempt }) => sum + attempt, 0);
  return {
    key: `stuck ${attempts} ${said.join('; ')}`,
    text: `All work has ended, and the checklist does not hold. ${said.join('; ')}.`,
  };
}

/** Checks of a task that could say nothing of its work. */
export function fault({ task, attempt, checks }: TaskState): Occasion | undefined {
  const last = checks.findLast(({ interrupted }) => !interrupted);
  if (!last) return undefined;
  const faulty = checksOf({ task, checks } as TaskState, last.round).filter(check => check.fault !== undefined);
  if (faulty.length === 0) return undefined;
  const said = faulty.map(({ check, output, fault: why }) =>
    why === 'refused'
      ? `${checkText(check)}: ${output?.text ?? 'it was refused'}`
      : `${checkText(check)} was ended when its time was up`,
  );
  return {
    key: `fault ${task.id} ${attempt} ${last.round ?? 0} ${said.join('; ')}`,
    text: `Checks of task ${task.id} say nothing of its work, and it waits for you: ${said.join('; ')}. Change its checks (change_task) where the plan is wrong; leave them where the work is, and it goes back to its agent.`,
  };
}
