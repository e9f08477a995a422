import * as vscode from 'vscode';
import { oneLine } from '../../core/plain.ts';
import type { MemberState, StationState } from '../../core/station/contract.ts';
import { asksPerson, standingOf } from '../../core/station/members.ts';
import { showTime } from '../../core/station/show-time.ts';
import { plural, showDuration, showMoney } from '../../protocol/show.ts';
import { sheet } from '../sheet.ts';
import type { StandingTeam } from './standing-team.ts';
import { standingIcon, standingWord } from './words.ts';

const { t } = vscode.l10n;
const { Expanded, None } = vscode.TreeItemCollapsibleState;

/** Rows of the Agents view that stand while sessions come and go. */
export type TeamNode =
  | { readonly kind: 'team'; readonly id: 'team' }
  | { readonly kind: 'member'; readonly id: string; readonly member: string };

export const isMember = (given: unknown): given is Extract<TeamNode, { kind: 'member' }> =>
  typeof given === 'object' && given !== null && 'kind' in given && given.kind === 'member' && 'member' in given;

/** How a row is drawn and read aloud; its tooltip is made when it is looked at. */
export function rowOf(node: TeamNode, team: StandingTeam, now: number): vscode.TreeItem {
  if (node.kind === 'team') return teamRow(team, now);
  const { state } = team;
  const member = state?.members.get(node.member);
  return state && member ? memberRow(state, member, now) : new vscode.TreeItem(node.member);
}

export function sheetOf(node: TeamNode, { state }: StandingTeam, now: number): vscode.MarkdownString | undefined {
  const member = node.kind === 'member' ? state?.members.get(node.member) : undefined;
  return state && member && memberSheet(state, member, now);
}

function teamRow(team: StandingTeam, now: number): vscode.TreeItem {
  const { state, place, owner } = team;
  const members = [...(state?.members.values() ?? [])];
  const row = new vscode.TreeItem(t('Standing team'), Expanded);
  row.id = 'team';
  const standings = state ? members.map(member => standingOf(state, member, now)) : [];
  const atWork = standings.filter(standing => standing === 'at-work').length;
  const where = owner?.host === 'terminal' ? t('in a terminal') : t('in another window');
  const said = [
    state?.paused ? t('paused') : undefined,
    place === 'elsewhere' ? where : undefined,
    // What is the case now comes first: a narrow view cuts the end.
    atWork > 0 ? t('{0} at work', atWork) : undefined,
    plural(members.length, t('1 member'), t('{0} members', members.length)),
  ].filter(part => part !== undefined);
  row.description = said.join(' · ');
  row.iconPath = new vscode.ThemeIcon('organization', new vscode.ThemeColor('charts.blue'));
  row.contextValue = `team ${state?.paused ? 'paused' : 'runs'}`;
  row.accessibilityInformation = { label: [t('Standing team'), ...said].join(', ') };
  return row;
}

function memberRow(state: StationState, member: MemberState, now: number): vscode.TreeItem {
  const { name, pool, role, done, paused } = member;
  const standing = standingOf(state, member, now);
  const row = new vscode.TreeItem(name, None);
  row.id = `member/${name}`;
  const run = member.run === undefined ? undefined : state.runs.get(member.run);
  const item = run && !run.end ? state.items.get(run.item) : undefined;
  const asks = run !== undefined && !run.end && asksPerson(run, name);
  const doing = item && run ? [oneLine(item.text), showDuration(Math.max(0, now - run.startedAt))] : [];
  const idleOrAtWork = standing === 'at-work' || (standing === 'idle' && done === 0);
  const said = [
    asks ? t('asks you') : idleOrAtWork ? '' : standingWord(standing),
    // Somebody who is paused while at work finishes that first.
    paused && item ? t('pauses after this') : '',
    ...doing,
    pool ?? role,
    done > 0 ? t('{0} done', done) : '',
  ].filter(part => part !== '');
  row.description = said.join(' · ');
  row.iconPath = asks
    ? new vscode.ThemeIcon('bell-dot', new vscode.ThemeColor('notificationsWarningIcon.foreground'))
    : standingIcon(standing);
  row.contextValue = ['member', paused ? 'paused' : 'active', item ? 'busy' : 'free'].join(' ');
  row.command = {
    command: 'orchestrate.showMemberNode',
    title: t('Show Member'),
    arguments: [{ kind: 'member', id: row.id, member: name }],
  };
  const whole = [t('Member {0}', name), standingWord(standing), ...said];
  row.accessibilityInformation = { label: [...new Set(whole)].join(', ') };
  return row;
}

function memberSheet(state: StationState, member: MemberState, now: number): vscode.MarkdownString {
  const { name, pool, role, models, provider, worker, goodAt, hours, parked, done, failed, ms, cost } = member;
  const run = member.run === undefined ? undefined : state.runs.get(member.run);
  const item = run && !run.end ? state.items.get(run.item) : undefined;
  return sheet(name, [
    [t('State'), standingWord(standingOf(state, member, now))],
    [t('At work on'), item && `${item.id}: ${oneLine(item.text)}`],
    [t('Health'), run && !run.end ? run.health?.text : undefined],
    [t('Parked'), parked && parked.until > now ? `${parked.reason} (${showTime(parked.until, now)})` : undefined],
    [t('Role'), role],
    [t('Pool'), pool],
    [t('Good at'), goodAt],
    [t('Models'), worker ?? models?.join(', ') ?? provider],
    [t('Hours'), hours && `${hours.from}–${hours.to}${hours.zone === undefined ? '' : ` ${hours.zone}`}`],
    [t('Done'), failed > 0 ? t('{0}, {1} failed', done, failed) : String(done)],
    [t('Time'), ms > 0 ? showDuration(ms) : undefined],
    [t('Cost'), cost > 0 ? showMoney(cost) : undefined],
  ]);
}
