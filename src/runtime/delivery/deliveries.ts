import { whyNotBy } from '../../core/delivery/approval.ts';
import type { Deliveries, DeliveryRefused, Done } from '../../core/delivery/contract.ts';
import { DELIVERY } from '../../core/delivery/defaults.ts';
import { GitError } from '../../core/delivery/git.ts';
import { isSamePlace, landingPlace } from '../../core/delivery/landing-place.ts';
import { type Delivery, type DeliveryState, waitingCandidate } from '../../core/delivery/state.ts';
import { settleSteps } from '../../core/delivery/steps.ts';
import { Train } from '../../core/delivery/train.ts';
import { newId } from '../../node/new-id.ts';
import type { Approver, DeliveryEvent } from '../../protocol/delivery.ts';
import type { RuntimeHost } from '../contract.ts';
import { checkCommit } from './checks.ts';
import { cleanBranches } from './clean-up.ts';
import { deliver } from './deliver.ts';
import { deploy, environmentOf, environmentSecrets } from './deploy.ts';
import { fastForward } from './fast-forward.ts';
import { type DeliveryParts, openDelivery } from './open.ts';
import { refreshed } from './refresh.ts';
import { openPullRequest, pushDelivery } from './remote.ts';
import { targetOf } from './target.ts';
import { workTree } from './work-tree.ts';

/** What becomes of accepted work in the host's workspace. */
export function createDeliveries(host: RuntimeHost): Deliveries {
  let opened: Promise<DeliveryParts> | undefined;
  const parts = () => {
    opened ??= openDelivery(host);
    return opened;
  };
  const told = async <T>(call: (parts: DeliveryParts) => Promise<T>): Promise<T | DeliveryRefused> => {
    try {
      return await call(await parts());
    } catch (error) {
      if (error instanceof GitError) return { ok: false, reason: error.reason, message: error.message };
      throw error;
    }
  };
  const one = (delivery: string, use: (found: Delivery, state: DeliveryState) => Verdict): Promise<Done> =>
    told(({ book }) =>
      book.change(async (state, put): Promise<Done> => {
        const found = state.deliveries.get(delivery);
        if (!found) return unknown(delivery);
        const verdict = use(found, state);
        if ('refused' in verdict) return { ok: false, reason: 'not-now', message: verdict.refused };
        await put(verdict.event);
        return { ok: true, message: verdict.message };
      }),
    );
  const onOne = (delivery: string, run: (given: DeliveryParts, found: Delivery) => Promise<Done>) =>
    told(async given => {
      const found = (await given.book.read()).deliveries.get(delivery);
      return found ? run(given, found) : unknown(delivery);
    });
  return {
    state: async () => (await parts()).book.read(),
    async *records(signal) {
      yield* (await parts()).book.records(signal);
    },
    async *follow(signal) {
      yield* (await parts()).book.follow(signal);
    },
    settle: async () => {
      const { book, repository } = await parts();
      return book.change((state, put) => settleSteps(repository, state, put));
    },
    deliver: request => told(given => deliver(given, request)),
    approve: (delivery, by, seen) => told(given => approve(given, delivery, by, seen)),
    hold: (delivery, reason) =>
      one(delivery, ({ status }) =>
        status === 'ready'
          ? { event: { type: 'delivery-held', delivery, reason }, message: `${delivery} is held.` }
          : { refused: `${delivery} is ${status}: only what is ready can be held.` },
      ),
    release: delivery =>
      one(delivery, ({ status }) =>
        status === 'held' || status === 'red' || status === 'conflicted'
          ? {
              event: { type: 'delivery-released', delivery },
              message: `${delivery} is tried again with the next landing.`,
            }
          : { refused: `${delivery} is ${status}: nothing keeps it back.` },
      ),
    drop: (delivery, reason) =>
      one(delivery, ({ status, branch }) =>
        status === 'landed' || status === 'dropped'
          ? { refused: `${delivery} is ${status} already.` }
          : {
              event: { type: 'delivery-dropped', delivery, reason },
              message: `${delivery} goes nowhere any more. Its branch ${branch} stays: take it away with git branch -D.`,
            },
      ),
    async land(named, { unheld = false, only }, signal) {
      const given = await parts();
      const { config, repository, book } = given;
      const target = await targetOf(given, named);
      await repository.mustKnowWho();
      await refreshed(given, target, only);
      const { approval = DELIVERY.approval, batch = DELIVERY.batch, checks = [] } = config.delivery ?? {};
      const train = new Train(
        {
          git: repository,
          book,
          newId,
          rule: approval,
          most: batch,
          only,
          check: (commit, told, stop) => checkCommit({ ...given, unheld }, commit, checks, told, stop),
        },
        target,
      );
      const report = await train.run(signal);
      await cleanBranches(given);
      return { ...report, target, checks };
    },
    fastForward: target =>
      told(async given => {
        const done = await fastForward(given, target);
        if (done.ok) await cleanBranches(given);
        return done;
      }),
    deploy: (environment, by, signal, commit) => told(given => deploy(given, environment, by, signal, commit)),
    whyNotDeploy: environment =>
      told(async given => {
        const found = await environmentOf(given, environment);
        return 'refused' in found ? found.refused : undefined;
      }),
    environments: async () => Object.keys((await parts()).config.environments ?? {}),
    secretsOf: async environment => environmentSecrets(await parts(), environment),
    async text(commit, path) {
      const { repository } = await parts();
      const bytes = await repository.contentAt(commit, repository.places.prefix + path);
      return bytes && !bytes.includes(0) ? new TextDecoder().decode(bytes) : undefined;
    },
    push: delivery => onOne(delivery, pushDelivery),
    openPullRequest: delivery => onOne(delivery, openPullRequest),
    workTree: async (session, choice) => workTree(await parts(), session, choice),
    async cleanUp() {
      const given = await parts();
      const branches = await cleanBranches(given);
      const trees = await given.trees.clean();
      const kept = (await given.trees.list()).flatMap(({ path, kept: why, heldBy }) => {
        const reason = heldBy === undefined ? why : `process ${heldBy} works in it`;
        return reason === undefined ? [] : [{ path, why: reason }];
      });
      return { trees, branches, kept };
    },
  };
}

const unknown = (delivery: string): DeliveryRefused => ({
  ok: false,
  reason: 'unknown',
  message: `There is no delivery "${delivery}".`,
});

type Verdict = { event: DeliveryEvent; message: string } | { refused: string };

/** Binds a yes to what its giver could see: this tree, on this target. */
async function approve(parts: DeliveryParts, delivery: string, by: Approver, seen?: string): Promise<Done> {
  const { book, repository, config } = parts;
  const before = await book.read();
  const known = before.deliveries.get(delivery);
  // What was rejected in the review since then is no part of it any more.
  if (known) await refreshed(parts, known.target, waitingCandidate(before, known)?.deliveries ?? [delivery]);
  const rule = config.delivery?.approval ?? DELIVERY.approval;
  return book.change(async (state, put): Promise<Done> => {
    const found = state.deliveries.get(delivery);
    if (!found) return { ok: false, reason: 'unknown', message: `There is no delivery "${delivery}".` };
    const candidate = waitingCandidate(state, found);
    if (!candidate)
      return {
        ok: false,
        reason: 'not-now',
        message: `${delivery} is ${found.status}, and there is nothing with green checks to say yes to. Try it first: orchestrate land --target ${found.target}`,
      };
    if (seen !== undefined && candidate.candidate !== seen)
      return {
        ok: false,
        reason: 'stale',
        message: `It is another candidate by now, of ${candidate.deliveries.join(', ')}: look at ${candidate.candidate} first.`,
      };
    const place = await landingPlace(repository, found.target);
    if (!isSamePlace(place, candidate)) {
      await put({ type: 'candidate-void', candidate: candidate.candidate, reason: `${found.target} has moved on` });
      return {
        ok: false,
        reason: 'stale',
        message: `${found.target} has moved on since the checks: orchestrate land tries it anew.`,
      };
    }
    const authors = candidate.deliveries.flatMap(name => state.deliveries.get(name)?.authors ?? []);
    const why = whyNotBy(rule, by, authors);
    if (why !== undefined) return { ok: false, reason: 'not-you', message: `This yes does not count: ${why}.` };
    const { candidate: name, tree, targetAt } = candidate;
    await put({ type: 'candidate-approved', candidate: name, tree, targetAt, by });
    return {
      ok: true,
      message: `Approved: ${candidate.deliveries.join(', ')} on ${found.target} at ${targetAt.slice(0, 10)}.`,
    };
  });
}
