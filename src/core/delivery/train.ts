import type { NewId } from '../ports.ts';
import { type ApprovalRule, isApproved } from './approval.ts';
import type { Book } from './book.ts';
import { branchRef, type Git, type Oid } from './git.ts';
import { baseFor, isSamePlace, type LandingPlace, landingPlace } from './landing-place.ts';
import type { Candidate, Delivery, DeliveryState } from './state.ts';
import { moveRef, type SettledStep, settleSteps } from './steps.ts';
import { mergeMessage } from './words.ts';

export interface CheckResult {
  command: string;
  ok: boolean;
  exit?: number;
  ms: number;
  output: string;
}

/** How the checks on a candidate went. `undecided`: they could not be run, which says nothing of the work. */
export type CheckVerdict = { ok: boolean } | { undecided: string; unheld?: true };

export interface TrainParts {
  git: Git;
  book: Book;
  newId: NewId;
  rule: ApprovalRule;
  /** The most that are tried together. */
  most: number;
  /** No others are tried. */
  only?: readonly string[] | undefined;
  /** Runs the checks on exactly this commit, in a working tree of ours. */
  check(commit: Oid, told: (result: CheckResult) => Promise<void>, signal: AbortSignal): Promise<CheckVerdict>;
}

export interface TrainReport {
  settled: SettledStep[];
  landed: { deliveries: string[]; ref: string; commit: Oid }[];
  /** Green, and waits for somebody's yes. */
  waiting?: string;
  /** Why it stopped before all was tried. */
  stopped?: string;
  /** It stopped since nothing holds the checks, and nobody has agreed to that. */
  unheld?: true;
  /** Where the target is checked out, so that it waits beside it. */
  heldBy: readonly string[];
}

/** How often a target may move under a candidate before somebody has to say what is going on. */
const MOVES = 8;

type Attempt = 'progress' | 'moved' | { waiting: string } | { stopped: string; unheld?: true };

/**
 * Lands what is ready for a target, one after the other: nothing lands whose checks were not green on exactly the tree
 * that the target then has. Several are tried together, and halved where the checks are red.
 */
export class Train {
  readonly #parts: TrainParts;
  readonly #target: string;

  constructor(parts: TrainParts, target: string) {
    this.#parts = parts;
    this.#target = target;
  }

  async run(signal: AbortSignal): Promise<TrainReport> {
    const { book, git } = this.#parts;
    const settled = await book.change((state, put) => settleSteps(git, state, put));
    const report: TrainReport = { settled, landed: [], heldBy: [] };
    for (let moves = 0; ; ) {
      if (signal.aborted) return { ...report, stopped: 'it was stopped' };
      const ready = this.#ready(await book.read());
      if (ready.length === 0) break;
      const attempt = await this.#attempt(ready.slice(0, this.#parts.most), report, signal);
      if (attempt === 'moved' && ++moves === MOVES) return { ...report, stopped: `${this.#target} keeps moving` };
      if (typeof attempt === 'object') return { ...report, ...attempt };
    }
    return report;
  }

  #ready(state: DeliveryState): Delivery[] {
    const { only } = this.#parts;
    return [...state.deliveries.values()].filter(
      ({ delivery, status, target }) =>
        status === 'ready' && target === this.#target && (only === undefined || only.includes(delivery)),
    );
  }

  async #attempt(deliveries: readonly Delivery[], report: TrainReport, signal: AbortSignal): Promise<Attempt> {
    const place = await landingPlace(this.#parts.git, this.#target);
    report.heldBy = place.heldBy;
    const candidate = await this.#candidate(place, deliveries);
    if (!candidate) return 'progress';
    const checks =
      candidate.checks === 'green' || candidate.checks === 'red' ? undefined : await this.#check(candidate, signal);
    if (checks && 'undecided' in checks) return { stopped: checks.undecided, ...(checks.unheld && { unheld: true }) };
    if (checks ? !checks.ok : candidate.checks === 'red') return this.#split(candidate, report, signal);
    const now = (await this.#parts.book.read()).candidates.get(candidate.candidate) ?? candidate;
    if (!isApproved(this.#parts.rule, now)) return { waiting: candidate.candidate };
    return this.#land(candidate.candidate, report);
  }

  /** One is red by itself; of several, each half is tried by itself. */
  async #split(candidate: Candidate, report: TrainReport, signal: AbortSignal): Promise<Attempt> {
    const { book } = this.#parts;
    const [only, ...more] = candidate.deliveries;
    if (more.length === 0 && only !== undefined) {
      const { candidate: name } = candidate;
      await book.change((_, put) => put({ type: 'delivery-red', delivery: only, candidate: name }));
      return 'progress';
    }
    const middle = Math.ceil(candidate.deliveries.length / 2);
    for (const half of [candidate.deliveries.slice(0, middle), candidate.deliveries.slice(middle)]) {
      const state = await book.read();
      const ready = half.flatMap(name => state.deliveries.get(name) ?? []).filter(each => each.status === 'ready');
      if (ready.length === 0) continue;
      const attempt = await this.#attempt(ready, report, signal);
      if (attempt !== 'progress') return attempt;
    }
    return 'progress';
  }

  /** One that was made before for the same, or a new one; undefined where nothing of it is left to land. */
  async #candidate(place: LandingPlace, deliveries: readonly Delivery[]): Promise<Candidate | undefined> {
    const { git, book, newId } = this.#parts;
    const known = await book.read();
    const waiting = liveCandidate(known, place, deliveries);
    if (waiting) return waiting;
    const onto = await baseFor(git, place);
    let commit = onto;
    const taken: Delivery[] = [];
    for (const delivery of deliveries) {
      const own = delivery.commit as Oid;
      const { delivery: name } = delivery;
      if (await git.isAncestor(own, onto)) {
        const ref = place.asideAt === undefined ? branchRef(this.#target) : place.ref;
        await book.change((_, put) => put({ type: 'delivery-contained', delivery: name, ref, commit: onto }));
        continue;
      }
      if (await git.isAncestor(commit, own)) {
        commit = own;
        taken.push(delivery);
        continue;
      }
      const merged = await git.merge(commit, own);
      if (!merged.ok) {
        const { conflicts } = merged;
        await book.change((_, put) => put({ type: 'delivery-conflicted', delivery: name, onto: commit, conflicts }));
        continue;
      }
      commit = await git.commit({
        tree: merged.tree,
        parents: [commit, own],
        message: mergeMessage(delivery),
      });
      taken.push(delivery);
    }
    if (taken.length === 0) return undefined;
    const candidate = newId('candidate');
    const { target, targetAt, asideAt } = place;
    const made = {
      candidate,
      deliveries: taken.map(({ delivery }) => delivery),
      target,
      targetAt,
      ...(asideAt !== undefined && { asideAt }),
      onto,
      commit,
      tree: await git.treeOf(commit),
    };
    return book.change(async (state, put) => {
      await put({ type: 'candidate-made', ...made });
      return state.candidates.get(candidate);
    });
  }

  async #check({ candidate, commit }: Candidate, signal: AbortSignal) {
    const { book, check } = this.#parts;
    await book.change((_, put) => put({ type: 'checks-began', candidate }));
    const told = ({ output, ...result }: CheckResult) =>
      book.change((_, put) => put({ type: 'candidate-check', candidate, ...result, output: { text: output } }));
    const verdict = await check(commit, told, signal);
    const end = 'ok' in verdict ? { ok: verdict.ok } : { ok: false, why: verdict.undecided };
    await book.change((_, put) => put({ type: 'checks-over', candidate, ...end }));
    return verdict;
  }

  #land(name: string, report: TrainReport): Promise<Attempt> {
    const { git, book, newId, rule } = this.#parts;
    return book.change(async (state, put): Promise<Attempt> => {
      const candidate = state.candidates.get(name);
      // Somebody else has it landed, or taken a part of it out, while the checks ran.
      if (!candidate || candidate.landed || candidate.void !== undefined) return 'progress';
      const all = candidate.deliveries.every(each => state.deliveries.get(each)?.status === 'ready');
      const place = await landingPlace(git, this.#target);
      const reason = !all
        ? 'not all of it is to be delivered any more'
        : !isSamePlace(place, candidate)
          ? `${this.#target} has moved on`
          : undefined;
      if (reason !== undefined) {
        await put({ type: 'candidate-void', candidate: name, reason });
        return 'moved';
      }
      if (!isApproved(rule, candidate)) return { waiting: name };
      const to = { ref: place.ref, to: candidate.commit, ...(place.refAt !== undefined && { from: place.refAt }) };
      const landing = { kind: 'land' as const, ...to, candidate: name };
      const done = await moveRef(git, put, newId, landing, `landed ${candidate.deliveries.join(', ')}`);
      if (!done.ok) {
        if (done.reason === 'failed') return { stopped: done.message };
        await put({ type: 'candidate-void', candidate: name, reason: `${place.ref} has moved on` });
        return 'moved';
      }
      const { deliveries, commit } = candidate;
      report.landed.push({ deliveries, ref: place.ref, commit });
      return 'progress';
    });
  }
}

/** What was composed before and fits still, so that checks and approvals of it count: what somebody agreed to comes first. */
function liveCandidate(
  state: DeliveryState,
  place: LandingPlace,
  deliveries: readonly Delivery[],
): Candidate | undefined {
  const ready = new Set(deliveries.map(({ delivery }) => delivery));
  const fitting = [...state.candidates.values()].filter(
    each =>
      each.void === undefined &&
      !each.landed &&
      each.checks !== 'red' &&
      each.target === place.target &&
      isSamePlace(each, place) &&
      each.deliveries.every(name => ready.has(name)),
  );
  return fitting.findLast(({ approval }) => approval !== undefined) ?? fitting.at(-1);
}
