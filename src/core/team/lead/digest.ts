import { showMoney } from '../../../protocol/show.ts';
import { checkText } from '../../plan/check-text.ts';
import { needKey, resolveNeed } from '../../plan/needs.ts';
import { kindOf } from '../../plan/task-kinds.ts';
import type { HashOf } from '../../ports.ts';
import type { AgentState, SessionState, TaskState } from '../../session/state.ts';
import { checklist } from '../completion.ts';
import { data } from '../prompt-text.ts';
import type { Occasion } from './occasions.ts';

/** The most that is said of one thing, and the most things of a kind that are named: a digest, whatever the size of the session. */
const MOST = { tasks: 60, agents: 20, findings: 12, decisions: 10, artifacts: 12, text: 240, output: 1200, outputs: 4 };

const short = (text: string, most: number = MOST.text): string => {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > most ? `${line.slice(0, most)}…` : line;
};

function listed(title: string, items: readonly string[], most: number): string[] {
  if (items.length === 0) return [];
  const more = items.length > most ? [`- and ${items.length - most} more`] : [];
  return [[title, ...items.slice(0, most).map(item => `- ${item}`), ...more].join('\n')];
}

function taskText({ task, status, attempt, note, dropped, repairs, agents }: TaskState): string {
  const kind = kindOf(task);
  const needs = task.needs.map(need => needKey(resolveNeed(need)));
  const writes = kind.writes(task);
  const parts = [
    `${task.id} (${kind.describe(task)}): ${dropped ? 'dropped' : status}${attempt > 1 ? `, attempt ${attempt}` : ''}`,
    short(task.title, 100),
    ...(needs.length > 0 ? [`needs ${needs.join(', ')}`] : []),
    ...(writes.length > 0 ? [`writes ${writes.join(', ')}`] : []),
    ...(repairs ? [`mends what ${repairs.task} found`] : []),
    ...(status === 'running' && agents.length > 0 ? [`by ${agents.at(-1)}`] : []),
    ...(note !== undefined ? [short(note)] : []),
  ];
  return parts.join('; ');
}

const agentText = ({ agent, role, task, model, doing, turns, rungs }: AgentState): string =>
  `${agent} (${role}) on ${task ?? 'nothing'}${model === undefined ? '' : ` with ${model}`}, ${turns} turns: ${short(doing ?? 'begins')}${rungs.length > 0 ? `; supervised: ${rungs.at(-1)?.reason}` : ''}`;

/** The last words of checks that failed where work has not been accepted. */
function outputs(state: SessionState): string[] {
  return [...state.tasks.values()].flatMap(({ task, checks, status, dropped }) => {
    const last = checks.at(-1);
    if (!last || last.ok || last.interrupted || dropped || status === 'completed') return [];
    const output = last.output?.text.slice(-MOST.output) ?? '';
    return [`${task.id}, ${checkText(last.check)}:\n${output}`];
  });
}

const AT_WORK: ReadonlySet<string> = new Set(['running', 'paused', 'waiting']);

/** How the session stands, in as few words as the lead needs; what others wrote in it is marked as data. */
export function digest(state: SessionState, because: readonly Occasion[], share: string, hashOf: HashOf): string {
  const { budget, tally } = state;
  const limit = budget.limits.find(({ scope }) => scope === 'session')?.limit;
  const items = checklist(state).map(
    ({ label, ok, detail }) => `${label}: ${ok ? 'yes' : `no (${short(detail ?? '')})`}`,
  );
  const atWork = [...state.agents.values()].filter(({ status }) => AT_WORK.has(status));
  const issues = [...state.issues.values()].filter(({ resolved }) => !resolved);
  const findings = [...state.findings.values()].filter(({ resolved }) => !resolved);
  const waiting = [...state.files.values()].filter(({ status }) => status === 'pending').length;
  const standing = [
    `The goal: ${state.plan?.goal ?? state.goal}`,
    ...listed('Tasks:', [...state.tasks.values()].map(taskText), MOST.tasks),
    ...listed('Agents at work:', atWork.map(agentText), MOST.agents),
    ...listed('Failed checks, the end of what they printed:', outputs(state), MOST.outputs),
    ...listed(
      'Open issues:',
      issues.map(one => `${one.issue} (${one.severity}) by ${one.by}: ${short(one.text)}`),
      MOST.findings,
    ),
    ...listed(
      'Open findings:',
      findings.map(one => `${one.finding} (${one.severity}) on ${one.task}: ${short(one.text)}`),
      MOST.findings,
    ),
    ...listed(
      'Published:',
      [...state.artifacts].map(([name, all]) => `${name} version ${all.length} by ${all.at(-1)?.agent}`),
      MOST.artifacts,
    ),
    ...listed(
      'Decisions so far:',
      state.decisions.slice(-MOST.decisions).map(one => `${one.by}: ${short(one.text)} (${short(one.rationale)})`),
      MOST.decisions,
    ),
    ...listed('Checklist:', items, items.length),
    `Money: ${showMoney(tally.cost)} spent${limit === undefined ? '' : ` of ${showMoney(limit)}`}; ${share}. Files that wait for review: ${waiting}.`,
  ].join('\n\n');
  const why = because.map(({ text }) => `- ${short(text, 600)}`).join('\n');
  return `How the session stands:\n${data(hashOf, standing)}\nWhy you are asked now:\n${data(hashOf, why)}`;
}
