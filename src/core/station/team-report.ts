import { showDuration, showMoney } from '../../protocol/show.ts';
import { plain, table } from '../session/markdown.ts';
import type { Item, MemberState, Run, StationState } from './contract.ts';
import { standingOf } from './members.ts';
import { queueLines } from './queue-lines.ts';
import { showTime } from './show-time.ts';

const OVER: ReadonlySet<Item['status']> = new Set(['done', 'failed', 'removed']);

/** What a standing team did and has before it, as Markdown: its members, its queue, and its history, the newest first. */
export function teamReport(state: StationState, now: number): string {
  const lines = queueLines(state, now);
  const over = lines.map(({ item }) => item).filter(({ status }) => OVER.has(status));
  const open = lines.filter(({ item }) => !OVER.has(item.status));
  const members = [...state.members.values()];
  const cost = members.reduce((sum, member) => sum + member.cost, 0);
  const said = [
    `${over.filter(({ status }) => status === 'done').length} done`,
    `${over.filter(({ status }) => status === 'failed').length} failed`,
    `${open.length} to do`,
    showMoney(cost),
  ];
  return [
    '# Standing team',
    '',
    `${said.join(', ')}.`,
    '',
    '## Members',
    '',
    ...table(
      ['Member', 'Pool', 'State', 'Done', 'Failed', 'Time', 'Cost'],
      members.map(member => memberRow(state, member, now)),
    ),
    '## Queue',
    '',
    ...(open.length === 0
      ? ['Nothing waits.', '']
      : table(
          ['Item', 'State', 'Priority', 'For', 'Begins', 'Work'],
          open.map(({ item, begins }) => [
            item.id,
            item.status,
            String(item.priority),
            plain(item.target ?? item.workflow?.name ?? ''),
            begins === undefined || item.status !== 'waiting' ? '' : showTime(begins, now),
            plain(item.text, 120),
          ]),
        )),
    '## History',
    '',
    ...(over.length === 0
      ? ['Nothing is over yet.', '']
      : table(
          ['Item', 'State', 'By', 'Ended', 'Time', 'Cost', 'Work', 'Session'],
          over.toSorted((a, b) => (b.endedAt ?? 0) - (a.endedAt ?? 0)).map(item => historyRow(state, item, now)),
        )),
  ].join('\n');
}

function memberRow(state: StationState, member: MemberState, now: number): string[] {
  const { name, pool, role, done, failed, ms, cost } = member;
  const standing = standingOf(state, member, now).replaceAll('-', ' ');
  return [plain(name), plain(pool ?? role), standing, String(done), String(failed), showDuration(ms), showMoney(cost)];
}

function historyRow(state: StationState, item: Item, now: number): string[] {
  const last = item.runs.at(-1);
  const run: Run | undefined = last === undefined ? undefined : state.runs.get(last);
  return [
    item.id,
    plain([item.status, item.note].filter(Boolean).join(': '), 80),
    plain(run?.members.join(', ') ?? ''),
    item.endedAt === undefined ? '' : showTime(item.endedAt, now),
    run?.end ? showDuration(run.end.ms) : '',
    run?.end?.cost === undefined ? '' : showMoney(run.end.cost),
    plain(item.text, 120),
    run?.session ?? '',
  ];
}
