import { createCommandJudge } from '../core/agent/command-policy.ts';
import type { CommandRules } from '../core/agent/commands/rules.ts';
import type { AgentStream, Attention } from '../core/agent/contract.ts';
import type { Holding } from '../core/agent/held.ts';
import { AgentHistories } from '../core/agent/histories.ts';
import type { ProjectTexts } from '../core/agent/roles/roles.ts';
import { loadRoles } from '../core/agent/roles/roles.ts';
import { agentRunner } from '../core/agent/runner.ts';
import { createChanges } from '../core/changes/changes.ts';
import { configuredWorkers } from '../core/config/workers.ts';
import type { Clock, Disposable, ForeignTools, Log, WorkspaceFiles } from '../core/ports.ts';
import { Budget } from '../core/routing/budget.ts';
import { createRouter } from '../core/routing/router.ts';
import { dropRequest, serveInbox } from '../core/session/inbox.ts';
import { NotSealed, openJournal } from '../core/session/journal.ts';
import { keepLog } from '../core/session/log/keep-log.ts';
import { Timeline } from '../core/session/log/timeline.ts';
import { checkOrigin } from '../core/session/origin.ts';
import { writeReport } from '../core/session/report/write-report.ts';
import type { LockResult, SessionLock, SessionOwner } from '../core/session/store.ts';
import { whyUnkept } from '../core/session/unkept.ts';
import type { SessionStart } from '../core/team/options.ts';
import { Session } from '../core/team/session.ts';
import type { Workers } from '../core/worker/contract.ts';
import { withWorkers } from '../core/worker/runner.ts';
import { diskOf } from '../node/disk.ts';
import { hashOf } from '../node/hash.ts';
import { loopbackHttp } from '../node/loopback-http.ts';
import { newId } from '../node/new-id.ts';
import type { NodeProcesses } from '../node/processes.ts';
import type { SealSecret } from '../node/session/secret.ts';
import type { SessionFolder } from '../node/session/session-folder.ts';
import { createSession, findSession, pruneSessions, type Retention } from '../node/session/sessions.ts';
import { sweepBlobs } from '../node/session/sweep.ts';
import type { JournalEvent } from '../protocol/events.ts';
import { workerCopies } from '../workers/copies.ts';
import { createWorkers, findWorkers } from '../workers/workers.ts';
import type { RunningSession, Started, Work } from './contract.ts';
import type { Engine } from './engine.ts';
import { type GrantFile, grantedJudge } from './grants.ts';
import { requestHandler } from './requests.ts';
import { teamSettings } from './settings.ts';

/** What a session needs of its host. */
export interface SessionHost {
  kind: SessionOwner['host'];
  workspace: string;
  files: WorkspaceFiles;
  processes: NodeProcesses;
  /** Absent: nothing holds commands but the judge. It is closed with the session. */
  holding?: Holding | undefined;
  /** Said when the session begins: what it has to do without. */
  notice?: string | undefined;
  texts: ProjectTexts;
  clock: Clock;
  log: Log;
  version: string;
  /** Whether a person can answer. */
  present(): boolean;
  /** The plan is shown before anything runs. */
  approvePlan: boolean;
  /** All approvals of the plan have been given beforehand. */
  approveAll: boolean;
  /** What agents wrote is accepted at the end, unseen. */
  acceptAll?: boolean;
  /** Seals what this user's sessions write. */
  secret: SealSecret;
  /** Commands and tools of others that the user allowed or refused for always. */
  grants: GrantFile;
  /** Tools that others bring; absent where there can be none. */
  foreign?: ForeignTools;
  /** The user's environment, in which CLI agents are found and started; absent: there are none. */
  environment?: Readonly<Record<string, string | undefined>> | undefined;
  rehearsal: boolean;
  /** How much is kept of earlier sessions. */
  retention: Retention;
  /** Hears every event from the first on, those before the session is handed over too. */
  watch?: (event: JournalEvent) => void;
}

const ORCHESTRATOR = 'orchestrator';
/** Without these nothing can be planned, queued or reviewed. */
const SERVING: ReadonlySet<string> = new Set([ORCHESTRATOR, 'implementer', 'reviewer']);

/** Starts a session, or takes one up where it was cut off. */
export async function openSession(host: SessionHost, engine: Engine, work: Work): Promise<Started> {
  const place =
    work.kind === 'new'
      ? await createSession(host)
      : await findSession(host, work.session).then(store => store && { id: work.session, store });
  if (!place) return { ok: false, reason: 'missing' };
  const { id, store } = place;
  const origin = await checkOrigin(store);
  if (origin !== 'own') return { ok: false, reason: 'elsewhere', session: id, origin };
  const taken = await takeOver(store, host);
  if (!taken.ok) return { ok: false, reason: 'owned', owner: taken.owner };
  try {
    return { ok: true, session: await begin(host, engine, work, { id, store, lock: taken.lock }) };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** So long whoever reviews the session may take to let go of it. */
const LET_GO_MS = 10_000;
const LOOK_MS = 50;

/** Takes the session from whoever only reviews it; from nobody who runs it. */
async function takeOver(store: SessionFolder, { kind, clock }: SessionHost): Promise<LockResult> {
  const first = await store.lock(kind);
  if (first.ok || !first.owner.reviews) return first;
  await dropRequest(store, newId('r'), clock.now(), { kind: 'let-go' });
  const until = clock.monotonic() + LET_GO_MS;
  for (;;) {
    await new Promise<void>(resolve => clock.after(LOOK_MS, resolve));
    const taken = await store.lock(kind);
    if (taken.ok || !taken.owner.reviews || clock.monotonic() >= until) return taken;
  }
}

interface Place {
  id: string;
  store: SessionFolder;
  lock: SessionLock;
}

/** The CLI agents that a session may use, and the names of those that are there and that the user has chosen. */
async function workersOf(host: SessionHost, engine: Engine): Promise<Workers & { names: ReadonlySet<string> }> {
  const { clock, environment = {}, version, workspace } = host;
  const configured = host.environment ? configuredWorkers(engine.config) : [];
  // A key that the user hands on is a secret like ours.
  for (const { passEnv } of configured) for (const name of passEnv) engine.redactor.add(environment[name]);
  const found = await findWorkers({ configured, environment, workspace });
  const names = found.flatMap(({ worker, path }) => (path !== undefined && worker.explicit ? [worker.name] : []));
  return { ...createWorkers({ configured, environment, workspace, clock, version }), names: new Set(names) };
}

async function begin(
  host: SessionHost,
  engine: Engine,
  work: Work,
  { id, store, lock }: Place,
): Promise<RunningSession> {
  const { clock, log, files, processes, workspace, version } = host;
  const since = clock.now();
  const histories = new AgentHistories();
  const timeline = new Timeline();
  const journal = await openJournal(store, {
    clock,
    log,
    redact: text => engine.redactor.text(text),
    replay: (event, state) => {
      histories.apply(event);
      timeline.apply(event, state);
    },
  });
  // An empty file proves nothing of where it came from.
  if (work.kind === 'resume' && journal.state.startedAt === undefined) throw new NotSealed(id, 'unsealed');
  const owned: Disposable[] = [journal.subscribe(event => histories.apply(event))];
  if (host.watch) owned.push(journal.subscribe(host.watch));
  const texts = keepLog(journal, timeline, store, { clock, log });
  const changes = createChanges({ files, journal, hash: hashOf, newId });
  await changes.open();

  const workers = await workersOf(host, engine);
  const { roles, problems } = await loadRoles(host.texts, {
    providers: new Set(engine.providers.names()),
    workers: workers.names,
    ...(host.foreign && { foreign: host.foreign.list() }),
  });
  for (const { path, line, severity, text } of problems)
    log.write(severity === 'error' ? 'error' : 'warn', `${path}:${line}: ${text}`);
  const routes = engine.routes();
  const budget = new Budget({
    session: id,
    limits: engine.budget.limits,
    alertAt: engine.budget.alertAt,
    whenSpent: engine.budget.whenSpent,
    free: () => routes.free().length > 0,
    journal,
    earlier: journal.state,
    ...(engine.day && { day: engine.day }),
  });
  const router = createRouter({ session: id, pool: engine.pool, prices: engine.prices, journal, newId, log, budget });
  owned.push(router, budget);

  const streams = new Set<AgentStream>();
  const rules = engine.config.permissions?.commands;
  const judgeIn = (root: string) => {
    const policy = createCommandJudge({
      roots: [root],
      shell: processes.shell,
      disk: diskOf(root),
      ...(rules && { rules: rules as CommandRules }),
    });
    return grantedJudge(policy, host.grants);
  };
  const judge = judgeIn(files.root);
  const team = { current: undefined as Session | undefined };
  const shared = {
    journal,
    files,
    door: changes.door,
    attention: {
      permission: (request, signal) => (team.current as Session).attention.permission(request, signal),
      question: (request, signal) => (team.current as Session).attention.question(request, signal),
    } satisfies Attention,
    clock,
    newId,
    hashOf,
    stream: ((agent, event) => {
      for (const stream of streams) stream(agent, event);
    }) satisfies AgentStream,
    log,
  };
  const models = agentRunner({
    ...shared,
    router,
    processes,
    holding: host.holding,
    judge,
    revise: (agent, plan, signal) => (team.current as Session).reviseFor(agent, plan, signal),
    judgeTool: tool => host.grants.tool(tool),
    ...(host.foreign && { foreign: host.foreign }),
  });
  const { open } = workers;
  const runner = withWorkers(models, { ...shared, budget, judgeIn, workers: { open }, copies: workerCopies(files) });
  const settings = teamSettings(engine.config);
  const chosen = work.kind === 'new' ? work.roles : undefined;
  const lead = roles.get(ORCHESTRATOR);
  const orchestrator = lead && routes.of(lead)[0];
  const start: SessionStart =
    work.kind === 'new'
      ? {
          kind: 'new',
          event: {
            session: id,
            goal: work.goal,
            version,
            workspace,
            ...(orchestrator !== undefined && { orchestrator }),
            rehearsal: host.rehearsal,
            budget: { sessionUsd: engine.budget.limits.session, alertAt: engine.budget.alertAt },
            ...(work.plan && { workflow: work.plan }),
          },
        }
      : {
          kind: 'resume',
          event: { pid: process.pid, host: host.kind, version },
          ...(work.retry && { retry: work.retry }),
          ...(work.more && { more: work.more }),
          ...(work.limit !== undefined && { limit: work.limit }),
        };
  const session = new Session(
    {
      journal,
      router,
      runner,
      files,
      processes,
      http: loopbackHttp,
      holding: host.holding && { ...host.holding, door: changes.door },
      judge,
      routes,
      clock,
      newId,
      hashOf,
      resumePoint: agent => histories.resumePoint(agent, journal),
      price: (model, usage) => engine.price(model, usage),
      limitAgent: (agent, limit) => budget.setLimit('agent', agent, limit),
      hasWorker: name => workers.names.has(name),
      log,
    },
    {
      ...settings,
      roles: [...roles.values()].filter(role => !chosen || chosen.includes(role.name) || SERVING.has(role.name)),
      orchestrator: ORCHESTRATOR,
      defaultRole: 'implementer',
      present: host.present,
      approvePlan: host.approvePlan,
      approveAll: host.approveAll,
      remember: (request, decision) => void host.grants.add(request, decision, host.foreign?.list()),
      ...(host.notice !== undefined && { notice: host.notice }),
      budgetUsd: (budget.limit ?? engine.budget.limits.session) / 1e9,
    },
    start,
  );
  team.current = session;
  const handle = requestHandler(session, { journal, changes });
  const inbox = serveInbox(store, journal, handle, { log, since });
  owned.push(inbox);
  // What can no longer be kept must not be worked on: nothing that happens would be known.
  const { failure } = journal;
  const stop = () => session.stop(whyUnkept(failure.reason));
  if (failure.aborted) stop();
  else failure.addEventListener('abort', stop, { once: true });
  lock.lost.addEventListener('abort', () => session.stop('another process took the session over'));

  const done = (async () => {
    const { outcome } = await session.run();
    if (host.acceptAll && outcome === 'completed')
      await changes
        .accept({}, changes.views(), { by: 'user' })
        .catch(error => log.write(failure.aborted ? 'warn' : 'error', 'the changes could not be accepted', error));
    for (const each of owned.reverse()) each.dispose();
    await host.holding?.sandbox.close();
    await texts.stop();
    await writeReport(journal.state, store).catch(error =>
      log.write(failure.aborted ? 'warn' : 'error', 'the report could not be written', error),
    );
    await journal.close().catch(error => log.write('warn', 'the journal could not be closed', error));
    await sweepBlobs(store).catch(error => log.write('warn', 'stored contents could not be cleaned', error));
    await store.close().catch(error => log.write('error', 'the session could not be let go of', error));
    await pruneSessions(host, host.retention).catch(error =>
      log.write('warn', 'old sessions could not be removed', error),
    );
    return outcome;
  })();
  return {
    id,
    place: store.place,
    journal,
    changes,
    request: async body => handle(body, newId('r')),
    mend: (path, reason) => session.mend(path, reason, 'user'),
    approvePlan: edited => session.approvePlan('user', edited),
    follow: stream => {
      streams.add(stream);
      return { dispose: () => streams.delete(stream) };
    },
    stop: reason => session.stop(reason),
    unkept: failure,
    done,
  };
}
