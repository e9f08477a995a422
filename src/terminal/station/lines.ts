import { oneLine } from '../../core/plain.ts';
import { checkLine } from '../../core/station/check-words.ts';
import { delay, obstacle } from '../../core/station/choose.ts';
import type { Item, MemberState, Run, StationState } from '../../core/station/contract.ts';
import { standingOf } from '../../core/station/members.ts';
import { type QueueLine, queueLines } from '../../core/station/queue-lines.ts';
import { showTime } from '../../core/station/show-time.ts';
import type { MemberStanding } from '../../protocol/member.ts';
import { counted, showDuration, showMoney } from '../../protocol/show.ts';
import { cut, type Look, type Style } from '../style.ts';

/** The queue as a table. */
export function queueRows(state: StationState, now: number): (QueueLine & { cells: string[] })[] {
  return queueLines(state, now).map(line => {
    const { item } = line;
    const cells = [
      item.id,
      standing(state, item, now),
      String(item.priority),
      forWhom(item),
      cut(oneLine(item.text), 70),
    ];
    return { ...line, cells };
  });
}

const forWhom = (item: Item) => item.target ?? (item.workflow ? 'workflow' : '-');

function standing(state: StationState, item: Item, now: number): string {
  if (item.status === 'failed' || item.status === 'removed')
    return `${item.status}: ${cut(oneLine(item.note ?? ''), 40)}`;
  const why = item.status === 'waiting' ? (obstacle(state, item) ?? delay(state, item, now)) : undefined;
  if (why !== undefined) return `waits: ${why}`;
  return item.due === undefined || item.status === 'done'
    ? item.status
    : `${item.status}, due ${showTime(item.due, now)}`;
}

const LOOKS: Record<MemberStanding, [mark: string, paint: Look, text: string]> = {
  idle: ['○', 'dim', 'idle'],
  'at-work': ['●', 'accent', 'at work'],
  stuck: ['◌', 'warn', 'stuck'],
  parked: ['◌', 'warn', 'parked'],
  paused: ['–', 'dim', 'paused'],
  'out-of-money': ['✘', 'bad', 'out of money'],
  'off-hours': ['–', 'dim', 'off hours'],
};

function memberLine(state: StationState, member: MemberState, now: number, columns: number, style: Style): string {
  const [mark, paint, text] = LOOKS[standingOf(state, member, now)];
  const run = member.run === undefined ? undefined : state.runs.get(member.run);
  const item = run && !run.end ? state.items.get(run.item) : undefined;
  const figures = `${member.done} done${member.failed > 0 ? `, ${member.failed} failed` : ''}, ${showMoney(member.cost)}`;
  const doing = item && run ? `${item.id} ${showDuration(now - run.startedAt)}  ${oneLine(item.text)}` : text;
  const head = `${member.name.padEnd(14)} ${(member.pool ?? member.role).padEnd(14)} ${figures.padEnd(22)}`;
  return `${style[paint](mark)} ${cut(`${head} ${doing}`, columns - 2)}`;
}

function runLines(run: Run, columns: number, style: Style): string[] {
  const lines = run.asks.flatMap(({ ask, agent, what }) => [
    style.warn(cut(oneLine(`? ${agent} ${what}`), columns)),
    style.dim(cut(`  orchestrate answer ${run.session} ${ask}`, columns)),
  ]);
  const { health, again } = run;
  if (run.yields !== undefined) lines.push(style.dim(cut(`${run.item} makes room for ${run.yields}`, columns)));
  if (again !== undefined) lines.push(style.warn(cut(`${run.item} died and is resumed`, columns)));
  else if (health && health.state !== 'well')
    lines.push(style.warn(cut(oneLine(`${run.item}: ${health.text}`), columns)));
  return lines;
}

/** One member and what it is at, with what it asks. */
export function memberLines(
  state: StationState,
  name: string,
  { now, columns, style }: { now: number; columns: number; style: Style },
): string[] {
  const member = state.members.get(name);
  if (!member) return [];
  const run = member.run === undefined ? undefined : state.runs.get(member.run);
  return [memberLine(state, member, now, columns, style), ...(run && !run.end ? runLines(run, columns, style) : [])];
}

/** The whole picture of a standing team, as lines that fit the terminal. */
export function stationLines(
  state: StationState,
  { now, columns, rows, style, runs }: { now: number; columns: number; rows: number; style: Style; runs: boolean },
): string[] {
  const open = [...state.runs.values()].filter(run => !run.end && !run.aside);
  const items = [...state.items.values()];
  const count = (status: Item['status']) => items.filter(item => item.status === status).length;
  const stands = runs ? (state.paused ? 'paused' : 'standing') : 'not running';
  const head = [
    style.bold(`Standing team: ${stands}`),
    style.dim(
      cut(
        [
          counted(state.members.size, 'member'),
          `${count('running')} at work on`,
          `${count('waiting')} waiting`,
          ...(count('held') > 0 ? [`${count('held')} held`] : []),
          `${count('done')} done`,
          ...(count('failed') > 0 ? [`${count('failed')} failed`] : []),
        ].join(' · '),
        columns,
      ),
    ),
  ];
  const team = [...state.members.values()].map(member => memberLine(state, member, now, columns, style));
  const asks = open.flatMap(run => runLines(run, columns, style));
  const checks = [...state.checks.values()].flatMap(record => {
    const said = checkLine(record);
    return said === undefined ? [] : [style.warn(cut(`! ${said}`, columns))];
  });
  const waiting = queueRows(state, now).filter(({ item }) => item.status === 'waiting' || item.status === 'held');
  const room = Math.max(3, rows - head.length - team.length - asks.length - checks.length - 2);
  const next = waiting.slice(0, room).map(({ item, begins }) => {
    const when = begins === undefined || !runs ? '' : begins <= now ? ' next' : ` ~${showTime(begins, now)}`;
    return cut(
      `  ${item.id.padEnd(5)} ${String(item.priority).padStart(2)} ${forWhom(item).padEnd(14)}${when}  ${oneLine(item.text)}`,
      columns,
    );
  });
  if (waiting.length > next.length) next.push(style.dim(`  … and ${waiting.length - next.length} more`));
  return [...head, ...team, ...asks, ...checks, ...(next.length > 0 ? [style.dim('Queue'), ...next] : [])];
}
