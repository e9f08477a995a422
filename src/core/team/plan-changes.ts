import type { Who } from '../../protocol/events.ts';
import type { Plan } from '../../protocol/plan.ts';
import type { PlanReviser } from '../agent/contract.ts';
import { planFromModel } from '../plan/from-model.ts';
import { parsePlan } from '../plan/parse.ts';
import { type PlanProblem, problemText } from '../plan/problem.ts';
import { planAsk } from '../session/plan-ask.ts';
import type { Done } from './done.ts';
import { planContext, planningHost, type Team } from './hosts.ts';
import { estimate } from './planning.ts';
import type { PlanDiff } from './replan.ts';
import { diffText, type Revised, type RevisionHost, revisePlan } from './revision.ts';

/** The plan's way: people approve, edit or refuse it, and they and models change it while it runs. */
export class PlanChanges {
  readonly #team: Team;
  /** Another plan is in force. */
  readonly #changed: (plan: Plan) => void;

  constructor(team: Team, changed: (plan: Plan) => void) {
    this.#team = team;
    this.#changed = changed;
  }

  /** The revision of the plan that waits for its approval. */
  get waiting(): number | undefined {
    const { journal } = this.#team.ports;
    return planAsk(journal.state) === undefined ? undefined : journal.state.planRevision;
  }

  /** Approves the proposed plan, as it is or as somebody has edited its text. */
  async approve(by: Who, edited?: string): Promise<{ ok: true } | { ok: false; problems: PlanProblem[] }> {
    const { journal } = this.#team.ports;
    if (edited !== undefined) {
      const parsed = parsePlan(edited, planContext(this.#team));
      if (!parsed.ok) return { ok: false, problems: parsed.problems };
      if (JSON.stringify(parsed.plan) !== JSON.stringify(journal.state.plan)) {
        const planned = await estimate(parsed.plan, planningHost(this.#team));
        const revision = journal.state.planRevision + 1;
        journal.append({ type: 'plan-proposed', plan: parsed.plan, revision, source: 'user', estimate: planned });
      }
    }
    const ask = planAsk(journal.state);
    if (ask !== undefined) this.#team.attention.answer(ask, { decision: 'allow' }, by);
    return { ok: true };
  }

  /** Refuses the proposed plan: with a reason another one is made, without the session ends. */
  refuse(by: Who, reason?: string): Done {
    const ask = planAsk(this.#team.ports.journal.state);
    if (ask === undefined) return { ok: false, message: 'no plan waits for approval' };
    const done = this.#team.attention.answer(ask, { decision: 'deny', text: reason }, by);
    return done.ok ? { ok: true } : { ok: false, message: done.message ?? '' };
  }

  /** Puts a changed plan in force; finished work stays, tasks left out are stopped. */
  revise(value: unknown, source: 'user' | 'replan'): Promise<Revised> {
    return revisePlan(value, source, this.#revision());
  }

  /** The same for the orchestrator: who wanted to see the plan is asked. */
  readonly reviseFor: PlanReviser = async (agent, value, signal) => {
    const agree = async (diff: PlanDiff) => {
      const reason = await this.agreed(agent, diffText(diff), signal);
      return reason === undefined ? { ok: true as const } : { ok: false as const, reason };
    };
    const { host, plan } = this.#withDeploys(planFromModel(value));
    const revised = await revisePlan(plan, 'replan', { ...host, agree });
    if (revised.ok) return { ok: true, text: `The plan is in force. ${diffText(revised.diff)}.` };
    if ('denied' in revised) return { ok: false, reason: 'denied', text: `The plan stays as it is: ${revised.denied}` };
    const errors = revised.problems.filter(({ severity }) => severity === 'error').map(problem => problemText(problem));
    return { ok: false, reason: 'bad-plan', text: `The plan was not accepted:\n- ${errors.join('\n- ')}` };
  };

  /** Asks who wanted to see the plan; why not, when they do not agree. */
  async agreed(agent: string, what: string, signal: AbortSignal): Promise<string | undefined> {
    if (!this.#team.settings.approvePlan) return undefined;
    const request = { agent, kind: 'plan' as const, what, rule: 'plan revision' };
    const { decision, reason } = await this.#team.attention.permission(request, signal);
    return decision === 'allow' ? undefined : (reason ?? 'the user does not want it');
  }

  /** What people have planned to deploy stays in a plan that a model changes, and nothing is added to it. */
  #withDeploys(value: unknown): { host: RevisionHost; plan: unknown } {
    const host = this.#revision();
    const planned = [...this.#team.ports.journal.state.tasks.values()].flatMap(({ task, dropped }) =>
      task.kind === 'deploy' && !dropped ? [task] : [],
    );
    const context = { ...host.context, deploys: new Map(planned.map(task => [task.id, task])) };
    const written = value as { tasks?: unknown } | undefined;
    if (planned.length === 0 || !Array.isArray(written?.tasks)) return { host: { ...host, context }, plan: value };
    const given = new Set(written.tasks.map(task => (task as { id?: unknown } | null)?.id));
    const tasks = [...written.tasks, ...planned.filter(({ id }) => !given.has(id))];
    return { host: { ...host, context }, plan: { ...written, tasks } };
  }

  #revision(): RevisionHost {
    return {
      journal: this.#team.ports.journal,
      context: planContext(this.#team),
      estimate: plan => estimate(plan, planningHost(this.#team)),
      drop: agents => {
        for (const agent of agents) this.#team.runningAgents.abort(agent, 'its task is not wanted any more');
      },
      changed: this.#changed,
    };
  }
}
