import { userInfo } from 'node:os';
import * as vscode from 'vscode';
import type { Deliveries, DeliveryRefused, Done } from '../../core/delivery/contract.ts';
import { GitError } from '../../core/delivery/git.ts';
import type { DeliveryLine } from '../../core/delivery/lines.ts';
import { type Candidate, type Delivery, inCandidate, waitingCandidate } from '../../core/delivery/state.ts';
import { settledLine } from '../../core/delivery/words.ts';
import { counted } from '../../protocol/show.ts';
import * as window from '../plain/window.ts';
import type { FolderReview } from '../review/folder-review.ts';
import type { EditorSecrets } from '../secrets.ts';
import type { SessionController } from '../session-controller.ts';
import { isDeliveryNode, standingWord } from './items.ts';
import { giveMissing, replaceKept } from './secrets.ts';
import type { DeliveryView } from './view.ts';

const { t } = vscode.l10n;

export interface DeliveryParts {
  controller: SessionController;
  view: DeliveryView;
  review: FolderReview | undefined;
  secrets: EditorSecrets;
}

/** Each below `orchestrate.delivery`. */
export type DeliveryCommand =
  | 'deliver'
  | 'land'
  | 'approve'
  | 'hold'
  | 'retry'
  | 'fastForward'
  | 'push'
  | 'openPullRequest'
  | 'cleanUp'
  | 'deploy'
  | 'showChanges'
  | 'reviewBranch'
  | 'reviewWorkspace';

type Run = (parts: DeliveryParts, given: unknown) => Promise<unknown>;

const person = () => ({ kind: 'person', name: userInfo().username }) as const;
const never = () => new AbortController().signal;

const told = (refused: DeliveryRefused) => void window.showWarningMessage(refused.message);
const say = (done: Done) => (done.ok ? void window.showInformationMessage(done.message) : told(done));

async function deliveriesOf({ controller }: DeliveryParts): Promise<Deliveries> {
  return (await controller.runtime()).deliveries();
}

/** The row that was clicked, the only one that fits, or one that the person picks. */
async function lineFor(
  { view }: DeliveryParts,
  given: unknown,
  fits: (line: DeliveryLine) => boolean,
  none: string,
): Promise<DeliveryLine | undefined> {
  const lines = await view.lines();
  if (isDeliveryNode(given)) return lines.find(({ delivery }) => delivery === given.line.delivery) ?? given.line;
  const found = lines.filter(fits);
  if (found.length === 0) void window.showInformationMessage(none);
  if (found.length < 2) return found[0];
  const picked = await window.showQuickPick(
    found.map(line => ({ label: line.title, description: `${standingWord(line.standing)} · ${line.branch}`, line })),
    { title: t('Which delivery?') },
  );
  return picked?.line;
}

/** Checks what is ready, with a notification that can be cancelled; says what came of it. */
async function land(
  parts: DeliveryParts,
  target: string | undefined,
  only?: readonly string[],
  unheld = false,
): Promise<void> {
  const deliveries = await deliveriesOf(parts);
  const options = {
    location: vscode.ProgressLocation.Notification,
    cancellable: true,
    title: t('Checking what is ready to land…'),
  };
  const report = await window.withProgress(options, (_, token) => {
    const stop = new AbortController();
    token.onCancellationRequested(() => stop.abort());
    return deliveries.land(target, { unheld, ...(only && { only }) }, stop.signal);
  });
  parts.view.refresh();
  const { settled, landed, waiting, stopped, unheld: asks, checks } = report;
  for (const step of settled) void window.showInformationMessage(settledLine(step));
  if (asks) {
    const detail = t('They run code that agents wrote: {0}', checks.join(', '));
    const yes = t('Run the Checks');
    const text = t('No sandbox holds commands here. Run the checks all the same?');
    if ((await window.showWarningMessage(text, { modal: true, detail }, yes)) === yes)
      return land(parts, target, only, true);
    return;
  }
  if (stopped !== undefined) return void window.showWarningMessage(stopped);
  const stuck = (await parts.view.lines()).filter(
    ({ standing, delivery }) => (standing === 'red' || standing === 'conflicted') && (!only || only.includes(delivery)),
  );
  if (landed.length > 0) {
    const names = landed.flatMap(({ deliveries }) => deliveries).length;
    const where = landed.at(-1)?.ref.replace(/^refs\/heads\//, '') ?? '';
    const forward = t('Fast-Forward');
    const beside = where === `orchestrate/${report.target}`;
    const text = beside
      ? t(
          '{0} landed on {1}, beside {2}, which is checked out.',
          counted(names, 'delivery', 'deliveries'),
          where,
          report.target,
        )
      : t('{0} landed on {1}.', counted(names, 'delivery', 'deliveries'), where);
    const chosen = await window.showInformationMessage(text, ...(beside ? [forward] : []));
    if (chosen === forward) say(await deliveries.fastForward(report.target));
  } else if (waiting !== undefined)
    void window.showInformationMessage(t('The checks are green. It lands when you approve it.'));
  else if (stuck[0])
    void window.showWarningMessage(t('{0}: {1}', stuck[0].title, stuck[0].note ?? standingWord(stuck[0].standing)));
  else void window.showInformationMessage(t('Nothing is ready to land on {0}.', report.target));
  parts.view.refresh();
}

const runs: Readonly<Record<DeliveryCommand, Run>> = {
  async deliver(parts, given) {
    const { controller } = parts;
    const named = typeof given === 'string' ? controller.find(given) : undefined;
    const session = named ?? (await pickSession(controller));
    if (!session) return;
    const done = await (await deliveriesOf(parts)).deliver({ session: session.id });
    if (!done.ok) return told(done);
    const yes = t('Check and Land');
    const text = t('{0} on {1}, for {2}.', counted(done.files.length, 'file'), done.branch, done.target);
    if ((await window.showInformationMessage(text, yes)) === yes) await land(parts, done.target, [done.delivery]);
  },
  async land(parts) {
    await land(parts, undefined);
  },
  async approve(parts, given) {
    const waits = ({ standing }: DeliveryLine) => standing === 'waiting' || standing === 'ready';
    const line = await lineFor(parts, given, waits, t('No delivery waits for your approval.'));
    if (!line) return;
    // Its checks run first: nobody approves what was not tried.
    if (line.standing === 'ready') await land(parts, line.target, [line.delivery]);
    const deliveries = await deliveriesOf(parts);
    const state = await deliveries.state();
    const now = state.deliveries.get(line.delivery);
    const candidate = now && waitingCandidate(state, now);
    if (!candidate) return;
    const yes = t('Approve and Land');
    const { text, detail } = whatLands(candidate, inCandidate(state, candidate));
    if ((await window.showInformationMessage(text, { modal: true, detail }, yes)) !== yes) return;
    const done = await deliveries.approve(line.delivery, person(), candidate.candidate);
    if (!done.ok) return told(done);
    await land(parts, candidate.target, candidate.deliveries);
  },
  async hold(parts, given) {
    const line = await lineFor(
      parts,
      given,
      ({ standing }) => standing === 'ready' || standing === 'waiting',
      t('Nothing is ready that could be held.'),
    );
    const reason = line && (await window.showInputBox({ title: t('Why is {0} held?', line.branch) }));
    if (line && reason !== undefined)
      say(await (await deliveriesOf(parts)).hold(line.delivery, reason || t('held in the editor')));
  },
  async retry(parts, given) {
    const back = ({ standing }: DeliveryLine) => standing === 'held' || standing === 'red' || standing === 'conflicted';
    const line = await lineFor(parts, given, back, t('Nothing is held back.'));
    if (!line) return;
    const done = await (await deliveriesOf(parts)).release(line.delivery);
    if (!done.ok) return told(done);
    await land(parts, line.target, [line.delivery]);
  },
  async fastForward(parts, given) {
    const line = await lineFor(
      parts,
      given,
      ({ beside }) => beside,
      t('Nothing waits beside a branch that is checked out.'),
    );
    if (line) say(await (await deliveriesOf(parts)).fastForward(line.target));
  },
  async push(parts, given) {
    const line = await lineFor(parts, given, ({ standing }) => standing !== 'dropped', t('Nothing was delivered yet.'));
    const yes = t('Push');
    const what = line?.landedOn === undefined ? line?.branch : line.target;
    if (
      line &&
      (await window.showWarningMessage(t('Push {0} to its remote?', what ?? ''), { modal: true }, yes)) === yes
    )
      say(await (await deliveriesOf(parts)).push(line.delivery));
  },
  async openPullRequest(parts, given) {
    const open = ({ standing }: DeliveryLine) => standing !== 'landed' && standing !== 'dropped';
    const line = await lineFor(parts, given, open, t('Nothing is open that could be a pull request.'));
    const yes = t('Push and Open');
    const text = line && t('Push {0} and open a pull request into {1}?', line.branch, line.target);
    if (line && text && (await window.showWarningMessage(text, { modal: true }, yes)) === yes)
      say(await (await deliveriesOf(parts)).openPullRequest(line.delivery));
  },
  async cleanUp(parts) {
    const { trees, branches, kept } = await (await deliveriesOf(parts)).cleanUp();
    const gone = t(
      'Taken away: {0}, {1}.',
      counted(branches.length, 'branch', 'branches'),
      counted(trees.length, 'working tree'),
    );
    const stays = kept.length === 0 ? '' : ` ${t('{0} stay: {1}', kept.length, kept.map(({ why }) => why).join('; '))}`;
    void window.showInformationMessage(`${gone}${stays}`);
  },
  async deploy(parts) {
    const deliveries = await deliveriesOf(parts);
    const environments = await deliveries.environments();
    if (environments.length === 0)
      return void window.showInformationMessage(
        t('No environment is set up: see the setting "Orchestrate: Environments".'),
      );
    const picked =
      environments.length === 1
        ? environments[0]
        : (
            await window.showQuickPick(
              environments.map(label => ({ label })),
              { title: t('Deploy to which environment?') },
            )
          )?.label;
    if (picked === undefined || !(await giveMissing(parts.secrets, deliveries, picked))) return;
    const yes = t('Deploy');
    if (
      (await window.showWarningMessage(t('Deploy what the branch is now to {0}?', picked), { modal: true }, yes)) !==
      yes
    )
      return;
    const options = { location: vscode.ProgressLocation.Notification, title: t('Deploying to {0}…', picked) };
    const done = await window.withProgress(options, () => deliveries.deploy(picked, person(), never()));
    if (done.ok || done.reason !== 'conflict') return say(done);
    await replaceKept(parts.secrets, deliveries, picked, done.message);
  },
  async showChanges(parts, given) {
    const line = await lineFor(parts, given, ({ to }) => to !== undefined, t('Nothing was delivered yet.'));
    if (line) await (await import('./changes.ts')).showChanges(await deliveriesOf(parts), line);
  },
  async reviewBranch(parts, given) {
    const open = ({ standing }: DeliveryLine) => standing !== 'landed' && standing !== 'dropped';
    const line = await lineFor(parts, given, open, t('No branch is open.'));
    if (!line || !parts.review) return;
    const state = parts.controller.find(line.session)?.state;
    // Work in the workspace itself was reviewed there; its branch is only looked at.
    if (!state?.tree || !parts.review.reviews.showBranch(line.session)) {
      await runs.showChanges(parts, given);
      return;
    }
    await vscode.commands.executeCommand('orchestrate.review.focus');
  },
  async reviewWorkspace({ review }) {
    if (review?.reviews.showsBranch) review.reviews.showBranch(undefined);
    else void window.showInformationMessage(t('The Review view shows this workspace already.'));
  },
};

/** Does what a command of the Delivery view asks for; what git does not allow is said, not thrown. */
export async function runDelivery(name: DeliveryCommand, parts: DeliveryParts, given: unknown): Promise<void> {
  try {
    await runs[name](parts, given);
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    void window.showWarningMessage(error.message);
  } finally {
    parts.view.refresh();
  }
}

/** Every delivery that lands by one yes, with its files. */
function whatLands({ target, results }: Candidate, all: readonly Delivery[]) {
  const checks = results.map(({ command }) => command).join(', ') || t('none');
  const [only, ...more] = all;
  const changes =
    only && more.length === 0
      ? [t('Changes: {0}', only.files.join(', '))]
      : all.map(({ branch, files }) => t('Changes of {0}: {1}', branch, files.join(', ')));
  return {
    text: t('Land {0} on {1}?', all.map(({ branch }) => branch).join(', '), target),
    detail: [...changes, t('Checks that passed: {0}', checks)].join('\n'),
  };
}

async function pickSession(controller: SessionController) {
  const own = controller.sessions.filter(({ origin }) => origin === 'own');
  if (own.length === 0) {
    void window.showInformationMessage(t('There is no session whose changes could be delivered.'));
    return undefined;
  }
  const picked = await window.showQuickPick(
    own.map(session => ({ label: session.state.goal, description: session.id, session })),
    { title: t('Deliver what you accepted in which session?') },
  );
  return picked?.session;
}
