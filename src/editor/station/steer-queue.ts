import * as vscode from 'vscode';
import type { Item } from '../../core/station/contract.ts';
import { queueLines } from '../../core/station/queue-lines.ts';
import type { StationRequest } from '../../protocol/station.ts';
import * as window from '../plain/window.ts';
import type { SessionController } from '../session-controller.ts';
import { isQueueItem, runOf } from './queue-items.ts';
import { tellRefusal } from './refusal.ts';
import type { StandingTeam } from './standing-team.ts';

const { t } = vscode.l10n;

function itemOf(team: StandingTeam, given: unknown): Item | undefined {
  const item = isQueueItem(given) ? team.state?.items.get(given.item) : undefined;
  if (!item) void window.showInformationMessage(t('Choose a row of the Queue view first.'));
  return item;
}

type Simple = Extract<StationRequest['kind'], `queue-${'hold' | 'release' | 'remove' | 'retry'}`>;

export async function changeItem(team: StandingTeam, kind: Simple, given: unknown): Promise<void> {
  const item = itemOf(team, given);
  if (item) tellRefusal(await team.ask({ kind, item: item.id }));
}

/** One place up or down among what waits: the way of the keyboard. */
export async function moveItem(team: StandingTeam, by: -1 | 1, given: unknown): Promise<void> {
  const item = itemOf(team, given);
  if (!item || !team.state) return;
  const order = queueLines(team.state, Date.now()).flatMap(({ item: { id, status } }) =>
    status === 'waiting' || status === 'held' ? [id] : [],
  );
  const at = order.indexOf(item.id);
  const before = order[by === -1 ? at - 1 : at + 2];
  if (at < 0 || (by === -1 && at === 0) || (by === 1 && at === order.length - 1)) return;
  tellRefusal(await team.ask({ kind: 'queue-move', item: item.id, ...(before !== undefined && { before }) }));
}

export async function abortItem(team: StandingTeam, given: unknown): Promise<void> {
  const item = itemOf(team, given);
  if (!item) return;
  const abort = t('Abort');
  const asked = await window.showWarningMessage(
    t('Abort this work?'),
    {
      modal: true,
      detail: `${item.text.slice(0, 300)}\n\n${t('Its agents stop. What they wrote stays for your review.')}`,
    },
    abort,
  );
  if (asked === abort) tellRefusal(await team.ask({ kind: 'abort', run: item.id, reason: 'ended by the user' }));
}

/** What is to be different: the words, who does it, how urgent it is. */
export async function editItem(team: StandingTeam, controller: SessionController, given: unknown): Promise<void> {
  const item = itemOf(team, given);
  if (!item) return;
  const { askTarget, askUrgency } = await import('./add-work.ts');
  const what = await window.showQuickPick(
    [
      { label: t('Its words'), go: 'text' as const },
      { label: t('Who does it'), go: 'target' as const },
      { label: t('How urgent it is'), go: 'urgency' as const },
    ],
    { title: t('Edit {0}', item.id) },
  );
  if (!what) return;
  const change = await {
    text: () => askText(item),
    target: async () => {
      const chosen = await askTarget(team, controller);
      return chosen && { target: chosen.target ?? null };
    },
    urgency: async () => {
      const chosen = await askUrgency();
      return chosen && { priority: chosen.priority, due: chosen.due ?? null };
    },
  }[what.go]();
  if (change) tellRefusal(await team.ask({ kind: 'queue-edit', item: item.id, ...change }));
}

async function askText(item: Item): Promise<{ text: string } | undefined> {
  const text = await window.showInputBox({
    title: t('Edit {0}', item.id),
    prompt: t('What should be done?'),
    value: item.text,
    ignoreFocusOut: true,
    validateInput: value => (value.trim() === '' ? t('Say what should be done.') : undefined),
  });
  return text === undefined ? undefined : { text: text.trim() };
}

/** The session of an item, where its agents are seen at work. */
export async function showItem(team: StandingTeam, controller: SessionController, given: unknown): Promise<void> {
  const item = itemOf(team, given);
  const run = item && team.state && runOf(team.state, item);
  if (!item) return;
  if (!run) void window.showInformationMessage(t('{0} has not begun.', item.id));
  else await showSession(controller, run.session, run.members);
}

/** What the members do in it, while they do; else what came of it. */
export async function showSession(
  controller: SessionController,
  id: string,
  members: readonly string[] = [],
): Promise<void> {
  await controller.look();
  const session = controller.find(id);
  const agents = [...(session?.state.agents.values() ?? [])].filter(({ role }) => members.includes(role));
  const agent = agents.findLast(({ endedAt }) => endedAt === undefined) ?? agents.at(-1);
  if (session && agent)
    await vscode.commands.executeCommand('orchestrate.openTranscript', { session: id, agent: agent.agent });
  else await vscode.commands.executeCommand('orchestrate.showReport', id);
}
