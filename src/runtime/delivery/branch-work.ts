import type { AsksPerson, BranchWork, Landed } from '../../core/delivery/branch-work.ts';
import type { Deliveries } from '../../core/delivery/contract.ts';
import { DELIVERY } from '../../core/delivery/defaults.ts';
import { reviewerOf } from '../../core/delivery/reviewer.ts';
import { type Candidate, candidateOf, type Delivery, waitingCandidate } from '../../core/delivery/state.ts';
import { fixTask, redTask } from '../../core/delivery/words.ts';
import type { Journal } from '../../core/session/contract.ts';
import type { Config } from '../../protocol/config.ts';
import type { Approver } from '../../protocol/delivery.ts';

export interface BranchWorkParts {
  deliveries: Deliveries;
  session: string;
  config: Config;
  journal: Pick<Journal, 'state' | 'flush'>;
}

/** How often it is composed again before somebody has to say what moves the target. */
const TRIES = 5;

/** The branch of one session: made of what its journal says, landed and deployed through the deliveries of the workspace. */
export function branchWork({ deliveries, session, config, journal }: BranchWorkParts): BranchWork {
  const rule = config.delivery?.approval ?? DELIVERY.approval;
  const build = async () => {
    // It is read from the disk, as it would be by anybody.
    await journal.flush();
    return deliveries.deliver({ session });
  };
  /** Whose yes there is for what waits, and what is asked where there is none. */
  const approver = async (
    found: Delivery,
    candidate: Candidate,
    ask: AsksPerson | undefined,
    signal: AbortSignal,
  ): Promise<Approver | undefined> => {
    const reviewer = rule === 'reviewer' ? reviewerOf(journal.state, found, candidate) : undefined;
    if (reviewer) return reviewer;
    return ask?.(whatLands(found, candidate), signal, true);
  };
  return {
    build,
    async land(ask, signal): Promise<Landed> {
      const built = await build();
      if (!built.ok && built.reason !== 'nothing') return { ok: false, reason: 'refused', message: built.message };
      const id = built.ok ? built.delivery : await lastOf(deliveries, session);
      if (id === undefined) return { ok: false, reason: 'nothing', message: built.ok ? '' : built.message };
      let unheld = false;
      for (let tries = 0; tries < TRIES; tries++) {
        const earlier = (await deliveries.state()).deliveries.get(id);
        const report = earlier?.status === 'landed' ? undefined : await landOne(deliveries, earlier, unheld, signal);
        const state = await deliveries.state();
        const found = state.deliveries.get(id);
        if (!found) return { ok: false, reason: 'refused', message: `${id} is not there any more` };
        const { status, landed, branch, target, note } = found;
        if (landed) return { ok: true, commit: landed.commit, branch, ref: landed.ref.replace('refs/heads/', '') };
        if (signal.aborted) return { ok: false, reason: 'refused', message: 'it was stopped' };
        if (status === 'conflicted') {
          const message = `${branch} does not fit ${target} any more`;
          return { ok: false, reason: 'conflicted', message, fix: fixTask(found), delivery: found };
        }
        if (status === 'red') {
          const message = `${branch} on ${target}: ${note ?? 'its checks failed'}`;
          return { ok: false, reason: 'red', message, fix: redTask(found, candidateOf(state, found)), delivery: found };
        }
        if (status !== 'ready') return { ok: false, reason: 'refused', message: `${id} is ${status}: ${note ?? ''}` };
        const candidate = waitingCandidate(state, found);
        if (candidate) {
          const by = await approver(found, candidate, ask, signal);
          const waits = `${id} waits for a yes: orchestrate approve ${id}`;
          if (!by) return { ok: false, reason: 'waiting', message: ask ? `nobody agreed that ${branch} lands` : waits };
          // Where something moved meanwhile, what it is to become is shown anew.
          await deliveries.approve(id, by, candidate.candidate);
        } else if (report?.unheld && ask && (await ask(unheldText(report.checks), signal, false))) unheld = true;
        // A person may still agree to it.
        else if (report?.stopped !== undefined)
          return { ok: false, reason: report.unheld ? 'waiting' : 'refused', message: report.stopped };
      }
      return { ok: false, reason: 'refused', message: `${id} did not land: its target keeps moving` };
    },
    deploy: (environment, commit, by, signal) => deliveries.deploy(environment, by, signal, commit),
    whyNot: environment => deliveries.whyNotDeploy(environment),
  };
}

const landOne = (deliveries: Deliveries, found: Delivery | undefined, unheld: boolean, signal: AbortSignal) =>
  deliveries.land(found?.target, { unheld, ...(found && { only: [found.delivery] }) }, signal);

/** Of a session that was delivered before. */
const lastOf = async (deliveries: Deliveries, session: string): Promise<string | undefined> =>
  [...(await deliveries.state()).deliveries.values()].findLast(
    each => each.session === session && each.status !== 'dropped',
  )?.delivery;

function whatLands({ branch, files }: Delivery, { target, results, onto, commit }: Candidate): string {
  const checks = results.map(({ command }) => command).join(', ');
  const proof = checks === '' ? 'no checks are configured' : `green: ${checks}`;
  const see = `git diff ${onto.slice(0, 10)} ${commit.slice(0, 10)}`;
  return `landing ${branch} (${files.join(', ')}; ${proof}; see it: ${see}) on ${target}`;
}

const unheldText = (checks: readonly string[]): string =>
  `running the checks (${checks.join(', ')}) on what agents wrote, where no sandbox holds them`;
