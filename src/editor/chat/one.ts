import * as vscode from 'vscode';
import type { AgentState } from '../../core/session/state.ts';
import type { MemberState } from '../../core/station/contract.ts';
import { standingOf } from '../../core/station/members.ts';
import { showMoney } from '../../protocol/show.ts';
import { describeAgent } from '../agents/words.ts';
import { say } from '../plain/chat.ts';
import { md, ours } from '../plain/markdown.ts';
import type { StandingTeam } from '../station/standing-team.ts';
import { standingWord } from '../station/words.ts';
import { tellLog } from './follow.ts';
import { agentsOf, type Knowing, type Meant, meantBy, nearest } from './meant.ts';
import { buttons, tell } from './telling.ts';

const { t } = vscode.l10n;
type Stream = vscode.ChatResponseStream;

const AGENTS = 5;
const COMMANDS = new Set(['status', 'logs', 'abort']);

/** Answers about one member, agent, piece of work or session that the person names; false where no name was given. */
export async function answerOfOne(
  knowing: Knowing,
  { command = '', prompt }: Pick<vscode.ChatRequest, 'command' | 'prompt'>,
  stream: Stream,
  token: vscode.CancellationToken,
): Promise<boolean> {
  const word = prompt.trim();
  if (!COMMANDS.has(command) || word === '' || /\s/.test(word)) return false;
  await knowing.team.look();
  const meant = meantBy(word, knowing);
  if (!meant) {
    const near = nearest(word, knowing);
    const hint = near === undefined ? '' : t('Did you mean "{0}"?', near);
    say(stream, md`${t('There is no member, agent or session "{0}" here.', word)} ${hint}`);
    return true;
  }
  if (command === 'abort') tellAbort(meant, word, stream);
  else {
    tellStatus(meant, knowing.team, stream);
    const { session, mine } = meant;
    if (command === 'logs' && session) {
      say(stream, md`\n\n`);
      await tellLog({ session, mine }, stream, token);
      stream.button({ command: 'orchestrate.openSessionLog', title: t('Open Session Log'), arguments: [session.id] });
    } else if (session) buttons(session, stream);
  }
  return true;
}

/** One line for each member of the standing team. */
export function tellTeam(team: StandingTeam, stream: Stream): void {
  if (!team.runs) return;
  for (const member of team.state?.members.values() ?? []) say(stream, md`${memberLine(member, team)}  \n`);
  say(stream, ours('\n\n'));
}

function memberLine(member: MemberState, { state }: StandingTeam) {
  const standing = state ? standingWord(standingOf(state, member, Date.now())) : '';
  const run = member.run === undefined ? undefined : state?.runs.get(member.run);
  const item = run && !run.end ? state?.items.get(run.item) : undefined;
  const figures = [
    standing,
    ...(item ? [`${item.id}: ${item.text}`] : []),
    ...(run && !run.end && run.health && run.health.state !== 'well' ? [run.health.text] : []),
    t('{0} done', member.done),
    ...(member.cost > 0 ? [showMoney(member.cost)] : []),
  ];
  return md`**${member.name}** ${figures.join(' · ')}`;
}

const agentLine = (agent: AgentState) => md`**${agent.agent}** ${describeAgent(agent, Date.now()).whole}`;

function tellStatus(meant: Meant, team: StandingTeam, stream: Stream): void {
  const { member, session, mine, run } = meant;
  if (member) say(stream, md`${memberLine(member, team)}\n`);
  else if (session && !mine) tell(session, stream);
  // What it did before is not what is asked for.
  const shown = member && run === undefined ? [] : agentsOf(meant).slice(-AGENTS);
  for (const agent of shown) say(stream, md`\n${agentLine(agent)}\n`);
  for (const { what } of run?.asks ?? []) say(stream, md`\n${t('asks you')}: ${what}\n`);
}

/** Asked again by the command itself: one line in a chat should not end anybody's work. */
function tellAbort(meant: Meant, word: string, stream: Stream): void {
  const { member, session, mine, run } = meant;
  const agent = mine && agentsOf(meant).find(({ endedAt }) => endedAt === undefined);
  if (run) {
    const item = { kind: 'item', id: `item/${run.item}`, item: run.item };
    const title = t('Abort {0}', run.item);
    stream.button({ command: 'orchestrate.queue.abortNode', title, arguments: [item] });
  } else if (session?.runs && !mine) {
    stream.button({ command: 'orchestrate.abort', title: t('Abort Session'), arguments: [session.id] });
  } else if (session?.runs && agent && !member) {
    const title = t('Abort {0}', agent.agent);
    const given = { session: session.id, agent: agent.agent };
    stream.button({ command: 'orchestrate.abortAgent', title, arguments: [given] });
  } else {
    say(stream, md`${t('{0} is at nothing that could be ended.', word)}`);
  }
}
