import * as vscode from 'vscode';
import type { JournalEvent } from '../../protocol/events.ts';
import { say } from '../plain/chat.ts';
import { code, type Markdown, md } from '../plain/markdown.ts';
import type { WindowSession } from '../window-session.ts';
import type { Meant } from './meant.ts';

const { t } = vscode.l10n;
const LAST = 15;

interface Line {
  at: number;
  text: Markdown;
}

/** What some agents did and what became of it, the newest last. */
function told({ state }: WindowSession, agents: Meant['agents'], whole: boolean): Line[] {
  const names = new Set(agents.map(({ agent }) => agent));
  const lines = [
    ...(whole ? state.notices.map(({ at, text }) => ({ at, text: md`${text}` })) : []),
    ...state.failovers
      .filter(({ agent }) => names.has(agent))
      .map(({ at, agent, from, to, reason }) => ({ at, text: md`**${agent}** ${code(from)} → ${code(to)} ${reason}` })),
    ...state.denials
      .filter(({ agent }) => names.has(agent))
      .map(({ at, agent, what, rule }) => ({
        at,
        text: md`**${agent}** ${t('was refused')} ${code(what)} (${rule})`,
      })),
    ...agents.flatMap(({ agent, lastEventAt: at, doing, summary }) => {
      const said = summary ?? doing;
      return said ? [{ at, text: md`**${agent}** ${said}` }] : [];
    }),
  ];
  return lines.sort((a, b) => a.at - b.at).slice(-LAST);
}

/** What one event says of agents; undefined: nothing. */
function heard(event: JournalEvent): { agent: string; text: Markdown } | undefined {
  switch (event.type) {
    case 'agent-doing':
      return { agent: event.agent, text: md`**${event.agent}** ${event.what}` };
    case 'failover':
      return {
        agent: event.agent,
        text: md`**${event.agent}** ${code(event.from)} → ${code(event.to)} ${event.reason}`,
      };
    case 'agent-ended':
      return { agent: event.agent, text: md`**${event.agent}** ${event.outcome}: ${event.summary ?? ''}` };
    default:
      return undefined;
  }
}

/** The log of some agents: what was, and what comes until they are done, ask something, or the person stops listening. */
export async function tellLog(
  { session, agents, whole }: { session: WindowSession; agents: Meant['agents']; whole: boolean },
  stream: vscode.ChatResponseStream,
  token: vscode.CancellationToken,
): Promise<void> {
  const line = ({ at, text }: Line) => say(stream, md`- ${new Date(at).toLocaleTimeString()} ${text}\n`);
  for (const each of told(session, agents, whole)) line(each);
  const names = new Set(agents.map(({ agent }) => agent));
  const means = (agent: string) => whole || names.has(agent);
  const { state } = session;
  const over = () =>
    !session.runs ||
    state.status === 'ended' ||
    [...state.asks.values()].some(({ agent }) => means(agent)) ||
    (!whole && agents.every(({ agent }) => state.agents.get(agent)?.endedAt !== undefined));
  await new Promise<void>(resolve => {
    if (over() || token.isCancellationRequested) return resolve();
    const finish = () => {
      subscription.dispose();
      cancelled.dispose();
      resolve();
    };
    const subscription = session.subscribe(event => {
      const said = heard(event);
      if (said && means(said.agent)) line({ at: event.at, text: said.text });
      if (over()) finish();
    });
    const cancelled = token.onCancellationRequested(finish);
  });
}
