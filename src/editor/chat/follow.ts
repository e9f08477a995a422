import * as vscode from 'vscode';
import type { JournalEvent } from '../../protocol/events.ts';
import { say } from '../plain/chat.ts';
import { code, type Markdown, md } from '../plain/markdown.ts';
import type { WindowSession } from '../window-session.ts';
import { agentsOf, type Meant } from './meant.ts';

const { t } = vscode.l10n;
const LAST = 15;

interface Line {
  at: number;
  text: Markdown;
}

/** Of a session, and in it of all agents or of some. */
type Followed = Pick<Meant, 'mine'> & {
  session: Pick<WindowSession, 'state' | 'runs' | 'subscribe'>;
};

const movedOn = ({ agent, from, to, reason }: { agent: string; from: string; to: string; reason: string }) =>
  md`**${agent}** ${code(from)} → ${code(to)} ${reason}`;
const refused = ({ agent, what, rule }: { agent: string; what: string; rule: string }) =>
  md`**${agent}** ${t('was refused')} ${code(what)} (${rule})`;

/** What an event says of an agent, or of the session where it names none; undefined: nothing. */
function heard(event: JournalEvent): { agent?: string | undefined; text: Markdown } | undefined {
  switch (event.type) {
    case 'agent-doing':
      return { agent: event.agent, text: md`**${event.agent}** ${event.what}` };
    case 'failover':
      return { agent: event.agent, text: movedOn(event) };
    case 'permission-denied':
      return { agent: event.agent, text: refused(event) };
    case 'supervision':
      return { agent: event.agent, text: md`**${event.agent}** ${event.rung}: ${event.reason}` };
    case 'permission-asked':
      return { agent: event.agent, text: md`**${event.agent}** ${t('asks you')}: ${code(event.what)}` };
    case 'question-asked':
      return { agent: event.agent, text: md`**${event.agent}** ${t('asks you')}: ${event.text}` };
    case 'agent-ended':
      return { agent: event.agent, text: md`**${event.agent}** ${event.outcome}: ${event.summary}` };
    case 'notice':
      return { agent: event.agent, text: md`${event.text}` };
    default:
      return undefined;
  }
}

/** What was done and what became of it, the newest last. */
function past({ session, mine }: Followed): Line[] {
  const { notices, failovers, denials } = session.state;
  const agents = agentsOf({ session, mine });
  const names = new Set(agents.map(({ agent }) => agent));
  const theirs = <T extends { agent?: string | undefined }>(all: readonly T[]) =>
    all.filter(({ agent }) => (agent === undefined ? !mine : names.has(agent)));
  const lines = [
    ...theirs(notices).map(({ at, text }) => ({ at, text: md`${text}` })),
    ...theirs(failovers).map(each => ({ at: each.at, text: movedOn(each) })),
    ...theirs(denials).map(each => ({ at: each.at, text: refused(each) })),
    ...agents.flatMap(({ agent, lastEventAt: at, doing, summary }) => {
      const said = summary ?? doing;
      return said ? [{ at, text: md`**${agent}** ${said}` }] : [];
    }),
  ];
  return lines.sort((a, b) => a.at - b.at).slice(-LAST);
}

/** The log: what was, and what comes until it is over, somebody asks the person something, or they stop listening. */
export async function tellLog(
  { session, mine }: Followed,
  stream: vscode.ChatResponseStream,
  token: vscode.CancellationToken,
): Promise<void> {
  const { state } = session;
  const means = (name: string | undefined) => {
    const agent = name === undefined ? undefined : state.agents.get(name);
    return !mine || (agent !== undefined && mine(agent));
  };
  const tell = ({ at, text }: Line) => say(stream, md`- ${new Date(at).toLocaleTimeString()} ${text}\n`);
  for (const line of past({ session, mine })) tell(line);
  const over = () => {
    const agents = mine ? agentsOf({ session, mine }) : [];
    return (
      !session.runs ||
      state.status === 'ended' ||
      [...state.asks.values()].some(({ agent }) => means(agent)) ||
      (agents.length > 0 && agents.every(({ endedAt }) => endedAt !== undefined))
    );
  };
  await new Promise<void>(resolve => {
    if (over() || token.isCancellationRequested) return resolve();
    const finish = () => {
      subscription.dispose();
      cancelled.dispose();
      resolve();
    };
    const subscription = session.subscribe(event => {
      const said = heard(event);
      if (said && means(said.agent)) tell({ at: event.at, text: said.text });
      if (over()) finish();
    });
    const cancelled = token.onCancellationRequested(finish);
  });
}
