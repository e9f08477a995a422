import * as vscode from 'vscode';
import { standingOf, targets } from '../../core/station/members.ts';
import { readTime } from '../../core/station/when.ts';
import { askWithImages, imagesIn } from '../goal/images.ts';
import * as window from '../plain/window.ts';
import type { SessionController } from '../session-controller.ts';
import { requireReady } from '../workspace-readiness.ts';
import { handedIn } from './attachments.ts';
import { tellRefusal } from './refusal.ts';
import type { StandingTeam } from './standing-team.ts';
import { standingWord } from './words.ts';

const { t } = vscode.l10n;

interface Parts {
  team: StandingTeam;
  controller: SessionController;
}

/** "Add to Queue…": what is to be done, by whom and until when; what it was called on is attached. */
export async function queueWork({ team, controller }: Parts, given?: unknown, more?: unknown): Promise<void> {
  // Before anything is asked, which takes the focus from the selection.
  const { attachments, wish, about } = handedIn(given, more);
  if (!(await requireReady())) return;
  await team.look();
  const said = await askWithImages({
    title: about === undefined ? t('Add to Queue') : t('Add to Queue: {0}', about),
    prompt: t('What should be done?'),
    ...(wish !== undefined && { value: wish }),
    empty: t('Say what should be done.'),
  });
  const read = said === undefined ? undefined : await imagesIn(said);
  if (!read) return;
  const { text, images } = read;
  const target = await askTarget(team, controller);
  if (!target) return;
  const urgency = await askUrgency();
  if (!urgency) return;
  const answered = await team.ask({
    kind: 'queue-add',
    text: text.trim(),
    ...target,
    ...urgency,
    ...(attachments.length > 0 && { attachments }),
    ...(images.length > 0 && { attached: await (await controller.runtime()).station.keep(images) }),
  });
  if (!answered.ok) return tellRefusal(answered);
  const start = t('Start Standing Team');
  const told = window.showInformationMessage(
    t('Added to the queue: {0}', answered.message ?? ''),
    ...(team.runs ? [] : [start]),
  );
  void told.then(chosen => chosen === start && vscode.commands.executeCommand('orchestrate.startTeam'));
}

/** A member, a pool or a role; undefined when the person goes away. */
export async function askTarget(
  team: StandingTeam,
  controller: SessionController,
): Promise<{ target?: string } | undefined> {
  const { state } = team;
  const members = state?.members ?? new Map();
  const now = Date.now();
  const known = state && members.size > 0 ? targets(state) : [];
  const roles = (await controller.roles()).filter(({ name }) => name !== 'orchestrator' && !known.includes(name));
  const items: (vscode.QuickPickItem & { target?: string })[] = [
    { label: t('Whoever is free') },
    ...known.map(target => {
      const member = state?.members.get(target);
      return member && state
        ? { label: target, description: `${standingWord(standingOf(state, member, now))} · ${member.role}`, target }
        : { label: target, description: poolSize(target, [...members.values()]), target };
    }),
    // Where nobody stands yet, work can wait for a role.
    ...(members.size === 0 ? roles.map(({ name, description }) => ({ label: name, description, target: name })) : []),
  ];
  const who = await window.showQuickPick(items, { title: t('Who should do it?'), matchOnDescription: true });
  return who && (who.target === undefined ? {} : { target: who.target });
}

function poolSize(name: string, members: readonly { pool?: string; role: string }[]): string {
  const inPool = members.filter(({ pool }) => pool === name).length;
  return inPool > 0 ? t('pool of {0}', inPool) : t('role of {0}', members.filter(({ role }) => role === name).length);
}

export async function askUrgency(): Promise<{ priority: number; due?: number } | undefined> {
  const until = t('By a time...');
  const picked = await window.showQuickPick(
    [
      { label: t('Medium'), description: t('within a day'), priority: 5 },
      { label: t('High'), description: t('now'), priority: 8 },
      { label: t('Low'), description: t('within a week'), priority: 2 },
      { label: until, description: t('such as 17:00, 3h or 2d'), priority: 5 },
    ],
    { title: t('How urgent is it?') },
  );
  if (!picked) return undefined;
  if (picked.label !== until) return { priority: picked.priority };
  const due = await askDue();
  return due === undefined ? undefined : { priority: picked.priority, due };
}

export async function askDue(): Promise<number | undefined> {
  const said = await window.showInputBox({
    title: t('By When?'),
    prompt: t('Write 17:00, 2026-12-01, 90m, 3h, 2d or 1w.'),
    ignoreFocusOut: true,
    validateInput: text => {
      const at = readTime(text.trim(), Date.now());
      if (at === undefined) return t('Write 17:00, 2026-12-01, 90m, 3h, 2d or 1w.');
      return at <= Date.now() ? t('That is in the past.') : undefined;
    },
  });
  return said === undefined ? undefined : readTime(said.trim(), Date.now());
}
