import type { Holding } from '../core/agent/held.ts';
import { mergeConfig } from '../core/config/merge.ts';
import type { Deliveries, WorkTree } from '../core/delivery/contract.ts';
import { GitError } from '../core/delivery/git.ts';
import type { Redactor } from '../core/redact/redactor.ts';
import type { SessionState } from '../core/session/state.ts';
import { StoreError } from '../core/session/store.ts';
import { codeOf } from '../node/error-code.ts';
import { userFolder } from '../node/places.ts';
import { createProcesses } from '../node/processes.ts';
import { NodeProjectTexts } from '../node/project-texts.ts';
import { findSession, newSessionId, readState } from '../node/session/sessions.ts';
import { skillFolders } from '../node/skill-folders.ts';
import { NodeWorkspace } from '../node/workspace.ts';
import type { Config } from '../protocol/config.ts';
import { CommandTimesFile } from './command-times.ts';
import type {
  Refusal,
  Refused,
  ResumeRequest,
  RunningSession,
  RuntimeHost,
  Started,
  StartRequest,
  Work,
} from './contract.ts';
import { branchWork } from './delivery/branch-work.ts';
import { createDeliveries } from './delivery/deliveries.ts';
import { personOf } from './delivery/person.ts';
import type { Engine } from './engine.ts';
import { GrantFile } from './grants.ts';
import { holdCommands } from './holding.ts';
import { configOf, sessionsOf } from './host.ts';
import { openEngine } from './open-engine.ts';
import { openSession } from './open-session.ts';
import { type Rehearsal, startRehearsal } from './rehearsal.ts';
import { sessionLimit } from './requests.ts';
import { retention } from './settings.ts';
import { type TraceTarget, traceTarget } from './traces/target.ts';

/** Runs the sessions of a host. */
export class Runner {
  readonly #host: RuntimeHost;
  readonly #running = new Set<{ session: RunningSession; over: Promise<void> }>();

  constructor(host: RuntimeHost) {
    this.#host = host;
  }

  async start({ rehearse, ...request }: StartRequest): Promise<Started> {
    const rehearsal = await rehearsalNamed(rehearse);
    if (rehearsal && 'ok' in rehearsal) return rehearsal;
    const work = { ...request, goal: request.goal ?? rehearsal?.script.goal ?? '' };
    return this.#open(work, rehearsal, request.plan !== undefined);
  }

  async resume({ rehearse, budgetUsd, ...request }: ResumeRequest): Promise<Started> {
    const store = await findSession(sessionsOf(this.#host), request.session);
    if (!store) return { ok: false, reason: 'missing' };
    const { state } = await readState(store);
    const { rehearsal: rehearsed } = state;
    const script = rehearse ?? (rehearsed ? (state.script ?? this.#host.rehearsal) : undefined);
    if (rehearsed !== (script !== undefined)) return { ok: false, reason: 'other-models', rehearsed };
    const checked = budgetUsd === undefined ? undefined : sessionLimit(state, budgetUsd);
    if (checked?.ok === false) return { ...checked, reason: 'limit' };
    const rehearsal = await rehearsalNamed(script);
    if (rehearsal && 'ok' in rehearsal) return rehearsal;
    return this.#open({ ...request, ...(checked && { limit: checked.limit }) }, rehearsal, true, state);
  }

  async #open(
    work: Work,
    rehearsal: Rehearsal | undefined,
    planned: boolean,
    earlier?: SessionState,
  ): Promise<Started> {
    const host = this.#host;
    const { present, approved, environment } = host;
    let engine: Engine | undefined;
    let tree: WorkTree | undefined;
    let holding: Holding | undefined;
    let kept = false;
    try {
      const usd = work.kind === 'new' ? work.budgetUsd : undefined;
      const budget = usd === undefined ? {} : { budget: { sessionUsd: usd } };
      const loaded = await configOf(host, mergeConfig(work.flags ?? {}, budget));
      const { config, sensitive } = loaded;
      host.note?.({ problems: loaded.problems });
      const problems = loaded.problems.filter(problem => problem.severity === 'error');
      // The editor's demo is for those who have set up nothing yet.
      const demo = rehearsal && host.kind === 'editor';
      if (problems.length > 0 && !demo) return { ok: false, reason: 'config', problems };
      const approvePlan = !approved && config.team?.approvePlan !== false;
      if (approvePlan && !earlier?.planApproved && !present()) return { ok: false, reason: 'unattended' };
      engine = await openEngine(host, loaded, rehearsal);
      if (!rehearsal) {
        host.note?.({ keyless: engine.keyless(), ...(sensitive && { sensitive }) });
        const hindrance = await engine.hindrance(!planned);
        if (hindrance) return { ok: false, ...hindrance };
      }
      const id = work.kind === 'new' ? (work.session ?? newSessionId(host.clock.now())) : work.session;
      const deliveries = createDeliveries(host);
      if (work.kind === 'new' ? work.deliver : earlier?.tree) {
        const taken = await takeTree(deliveries, id, earlier);
        if ('reason' in taken) return { ok: false, ...taken };
        tree = taken;
      }
      const root = tree?.path ?? host.workspace;
      const grants = new GrantFile(userFolder(environment), host.workspace);
      await grants.load();
      const commandTimes = rehearsal ? undefined : new CommandTimesFile(userFolder(environment), host.workspace);
      await commandTimes?.load();
      const processes = createProcesses({ root, clock: host.clock });
      const held = await holdCommands(config, { root, processes, environment });
      if (!held.ok) {
        const problem = { severity: 'error', source: 'permissions.sandbox', message: held.message } as const;
        host.note?.({ problems: [problem] });
        return { ok: false, reason: 'config', problems: [problem] };
      }
      holding = held.holding;
      const opened = await openSession(
        {
          ...host,
          ...sessionsOf(host),
          grants,
          commandTimes,
          files: tree ? new NodeWorkspace(root) : await host.files(),
          ...(tree && { tree: { path: root, base: earlier?.tree?.base ?? tree.base } }),
          branch: tree && (journal => branchWork({ deliveries, session: id, config, journal })),
          person: personOf(environment),
          processes,
          holding,
          notice: held.notice,
          texts: new NodeProjectTexts(host.workspace),
          skills: await skillFolders(host.workspace),
          approvePlan,
          approveAll: approved === true,
          rehearsal: rehearsal !== undefined,
          script: rehearsal?.named,
          servers: rehearsal ? undefined : loaded.servers,
          environment: rehearsal ? undefined : environment,
          retention: retention(config),
          traces: tracesOf(host, config, engine.redactor),
        },
        engine,
        work.kind === 'new' ? { ...work, session: id } : work,
      );
      if (!opened.ok) return opened;
      kept = true;
      this.#keep(opened.session, engine, rehearsal, tree);
      return opened;
    } finally {
      if (!kept) {
        await tree?.release();
        await holding?.sandbox.close();
        await engine?.close();
        await rehearsal?.close();
      }
    }
  }

  async close(): Promise<void> {
    for (const { session } of this.#running) session.stop('the window was closed');
    await Promise.all([...this.#running].map(({ over }) => over));
  }

  #keep(session: RunningSession, engine: Engine, rehearsal: Rehearsal | undefined, tree: WorkTree | undefined): void {
    const running = {
      session,
      over: session.done.then(
        () => undefined,
        error => this.#host.log.write('error', `session ${session.id} broke`, error),
      ),
    };
    running.over = running.over.then(async () => {
      await tree
        ?.release()
        .catch(error => this.#host.log.write('warn', 'its working tree could not be released', error));
      await engine.close();
      await rehearsal?.close();
      this.#running.delete(running);
    });
    this.#running.add(running);
  }
}

/** Where its sessions are traced to; an address that cannot be used is said, and hinders nothing. */
function tracesOf(
  { environment, note }: RuntimeHost,
  config: Config,
  redactor: Pick<Redactor, 'add'>,
): TraceTarget | undefined {
  const target = traceTarget(config, environment);
  if (typeof target !== 'string') {
    for (const secret of target?.secrets ?? []) redactor.add(secret);
    return target;
  }
  note?.({ problems: [{ severity: 'warning', source: 'traces', message: target }] });
  return undefined;
}

/** The working tree of a session: a new one, or the one that it has. */
async function takeTree(
  deliveries: Deliveries,
  session: string,
  earlier: SessionState | undefined,
): Promise<WorkTree | Extract<Refusal, { reason: 'delivery' }>> {
  try {
    return await deliveries.workTree(session, { again: earlier?.tree !== undefined });
  } catch (error) {
    if (error instanceof GitError || error instanceof StoreError) return { reason: 'delivery', message: error.message };
    throw error;
  }
}

/** The models of a script, by the name of one of ours or by its path. */
async function rehearsalNamed(name: string | undefined): Promise<Rehearsal | Refused | undefined> {
  if (name === undefined) return undefined;
  try {
    return await startRehearsal(name);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { ok: false, reason: 'no-script', name };
    throw error;
  }
}
