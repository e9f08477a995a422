import type { BranchWork, Landed } from '../../src/core/delivery/branch-work.ts';
import type { Done } from '../../src/core/delivery/contract.ts';
import type { Approver } from '../../src/protocol/delivery.ts';
import type { TeamWorld } from './team-world.ts';

/** A branch that lands as it is told, one answer for each attempt, and notes what is deployed and what people are asked. */
export function branchOf(
  answers: (Landed | { asks: string; lands: Landed })[],
  live: Done = { ok: true, message: 'it is live' },
) {
  const deployed: { environment: string; commit: string; by: Approver }[] = [];
  const tried: string[] = [];
  const branch: BranchWork = {
    build: async () => ({ ok: false, reason: 'nothing', message: 'nothing' }),
    async land(ask, signal) {
      const answer = answers[Math.min(tried.length, answers.length - 1)] as (typeof answers)[number];
      tried.push('land');
      if (!('asks' in answer)) return answer;
      const by = await ask?.(answer.asks, signal, true);
      return by ? answer.lands : { ok: false, reason: 'waiting', message: 'nobody agreed' };
    },
    async deploy(environment, commit, by) {
      deployed.push({ environment, commit, by });
      return live;
    },
    whyNot: async environment =>
      environment === 'production' ? undefined : { ok: false, reason: 'unknown', message: `no "${environment}"` },
  };
  return { branch, deployed, tried };
}

/** Answers what is asked of people, and collects it. */
export function answering(world: TeamWorld, decide: (what: string) => 'allow' | 'deny'): string[] {
  const asked: string[] = [];
  world.present = true;
  world.journal.subscribe(event => {
    if (event.type !== 'permission-asked') return;
    const { ask, what } = event;
    asked.push(what);
    queueMicrotask(() => world.session.answer(ask, { decision: decide(what) }, 'user'));
  });
  return asked;
}
