import * as vscode from 'vscode';
import type { MemberState } from '../../core/station/contract.ts';
import { standingOf } from '../../core/station/members.ts';
import { teamWords } from '../../core/station/team-words.ts';
import { whenever } from '../../core/station/whenever.ts';
import type { AgreesToWorkflows, StartedStation } from '../../runtime/contract.ts';
import { settleAgreement } from '../agreement.ts';
import * as window from '../plain/window.ts';
import type { SessionController } from '../session-controller.ts';
import { requireReady } from '../workspace-readiness.ts';
import { isMember } from './member-items.ts';
import { tellRefusal } from './refusal.ts';
import type { StandingTeam } from './standing-team.ts';
import { standingWord } from './words.ts';

const { t } = vscode.l10n;

interface Parts {
  team: StandingTeam;
  controller: SessionController;
  memory: vscode.Memento;
}

/** What was written last time. */
const LAST = 'orchestrate.lastTeam';

/** "Start Standing Team": members of the configuration, and pools that are written as on the command line. */
export async function startTeam({ team, controller, memory }: Parts): Promise<void> {
  if (!(await requireReady())) return;
  if (!(await settleAgreement(await controller.runtime()))) return;
  await team.look();
  if (team.runs) return void window.showInformationMessage(t('The standing team runs already.'));
  let line: string | undefined = memory.get<string>(LAST) ?? '';
  for (;;) {
    line = await askPools(line);
    if (line === undefined) return;
    const words = teamWords(line);
    if (typeof words === 'string') continue;
    await memory.update(LAST, line);
    const started = await window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: t('Orchestrate: the standing team begins') },
      () => team.start(words, agrees),
    );
    if (started.ok) return tellNotes(started.notes);
    if (!(await askAgain(started))) return;
  }
}

function askPools(value: string): Thenable<string | undefined> {
  return window.showInputBox({
    title: t('Start Standing Team'),
    prompt: t('Who is in it, beside the members in your settings? POOL=MEMBER,…; empty for those alone.'),
    placeHolder: 'codex=codex,codex2 claude=arch_qa --fallback ollama',
    value,
    ignoreFocusOut: true,
    validateInput: text => {
      const words = teamWords(text);
      return typeof words === 'string' ? words : undefined;
    },
  });
}

function tellNotes(notes: readonly string[]): void {
  for (const note of notes) void window.showWarningMessage(note);
}

/** Says why it did not start; true where the person wants to write it differently. */
async function askAgain(refused: Exclude<StartedStation, { ok: true }>): Promise<boolean> {
  switch (refused.reason) {
    case 'owned':
      void window.showInformationMessage(
        t('The standing team runs in process {0}; it is shown here.', refused.owner.pid),
      );
      return false;
    case 'team': {
      const change = t('Change');
      const text = t('The team cannot start: {0}', refused.problems.join('; '));
      return (await window.showErrorMessage(text, change)) === change;
    }
    case 'config': {
      const [first] = refused.problems;
      const open = t('Open Settings');
      const text = t('The configuration has a mistake in {0}: {1}', first?.source ?? '', first?.message ?? '');
      if ((await window.showErrorMessage(text, open)) === open)
        await vscode.commands.executeCommand('workbench.action.openSettings', '@ext:orchestrate.orchestrate');
      return false;
    }
  }
}

/** What would begin by itself is shown before it may, with what starts it. */
const agrees: AgreesToWorkflows = async workflows => {
  const allow = t('Allow');
  const detail = workflows.map(({ name, on }) => `${name}: ${on.map(whenever).join('; ')}`).join('\n');
  const text = t(
    'May these workflows begin by themselves? They came with this workspace. Each time, agents work and money is spent.',
  );
  return (await window.showWarningMessage(text, { modal: true, detail }, allow)) === allow;
};

export async function stopTeam(team: StandingTeam): Promise<void> {
  tellRefusal(await team.ask({ kind: 'stop', reason: 'asked in the editor' }));
}

export async function pauseTeam(team: StandingTeam, paused: boolean): Promise<void> {
  tellRefusal(await team.ask({ kind: paused ? 'pause' : 'unpause' }));
}

export async function pauseMember(team: StandingTeam, paused: boolean, given: unknown): Promise<void> {
  const member = await chooseMember(team, given, member => member.paused !== paused);
  if (member) tellRefusal(await team.ask({ kind: paused ? 'pause' : 'unpause', member }));
}

/** What a member is at, from the inside. */
export async function showMember(team: StandingTeam, controller: SessionController, given: unknown): Promise<void> {
  const name = isMember(given) ? given.member : undefined;
  const member = name === undefined ? undefined : team.state?.members.get(name);
  const run = [...(team.state?.runs.values() ?? [])].findLast(
    ({ members }) => name !== undefined && members.includes(name),
  );
  if (!member || !run) return void window.showInformationMessage(t('{0} has done nothing yet.', name ?? ''));
  const { showSession } = await import('./steer-queue.ts');
  await showSession(controller, run.session, [member.name]);
}

async function chooseMember(
  team: StandingTeam,
  given: unknown,
  fits: (member: MemberState) => boolean,
): Promise<string | undefined> {
  if (isMember(given)) return given.member;
  if (typeof given === 'string') return given;
  await team.look();
  const { state } = team;
  const fitting = [...(state?.members.values() ?? [])].filter(fits);
  if (!state || fitting.length === 0) {
    void window.showInformationMessage(t('There is no member to which that applies.'));
    return undefined;
  }
  const now = Date.now();
  const picked = await window.showQuickPick(
    fitting.map(member => ({ label: member.name, description: standingWord(standingOf(state, member, now)) })),
    { title: t('Which member?') },
  );
  return picked?.label;
}
