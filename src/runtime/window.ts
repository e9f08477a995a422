import { join } from 'node:path';
import type { RoleSpec } from '../core/agent/contract.ts';
import { loadRoles } from '../core/agent/roles/roles.ts';
import { waitingIn } from '../core/changes/waiting.ts';
import { type WatchedChanges, watchChanges } from '../core/changes/watched.ts';
import type { Parts } from '../core/config/agreement.ts';
import type { ConfigProblem, LoadedConfig } from '../core/config/load.ts';
import { mergeConfig } from '../core/config/merge.ts';
import { configuredProviders } from '../core/config/providers.ts';
import type { Diagnosis, WorkerDiagnosis } from '../core/doctor.ts';
import type { Disposable, ForeignTools, Log, Secrets, WorkspaceFiles } from '../core/ports.ts';
import { Redactor } from '../core/redact/redactor.ts';
import type { Provider, RouteEvent } from '../core/routing/contract.ts';
import { followJournal } from '../core/session/follow.ts';
import { dropRequest, type RequestOutcome } from '../core/session/inbox.ts';
import type { LiveSession } from '../core/session/live.ts';
import { checkOrigin, readerFor } from '../core/session/origin.ts';
import { reduce } from '../core/session/reduce.ts';
import { fromElsewhere, type Origin } from '../core/session/seal.ts';
import type { SessionState } from '../core/session/state.ts';
import type { SessionOwner, SessionText } from '../core/session/store.ts';
import type { MoreWork } from '../core/team/options.ts';
import type { RetryScope } from '../core/team/retry.ts';
import type { Trial } from '../core/tool-trial.ts';
import { systemClock as clock } from '../node/clock.ts';
import { hashOf } from '../node/hash.ts';
import { newId } from '../node/new-id.ts';
import { userFolder } from '../node/places.ts';
import { createProcesses, type LaunchingProcesses } from '../node/processes.ts';
import { NodeProjectTexts } from '../node/project-texts.ts';
import { type Adoption, adopt } from '../node/session/adopt.ts';
import { sealSecret } from '../node/session/secret.ts';
import {
  findSession,
  listSessions,
  OUR_FOLDER,
  readState,
  type SessionSummary,
  type Sessions,
  wasRehearsed,
} from '../node/session/sessions.ts';
import { watchPath } from '../node/session/watch.ts';
import type { JournalEvent } from '../protocol/events.ts';
import type { Hash } from '../protocol/ids.ts';
import type { InboxRequest } from '../protocol/inbox.ts';
import { Message } from '../protocol/message.ts';
import type { Plan } from '../protocol/plan.ts';
import { keySources } from './accounts.ts';
import { BestModel, type Question } from './best-model.ts';
import { type Candidate, type Listed, listModels, tryModel } from './connect.ts';
import { diagnose, diagnoseWorkers } from './diagnose.ts';
import { Engine, type Hindrance } from './engine.ts';
import { GrantFile } from './grants.ts';
import { holdCommands } from './holding.ts';
import { environmentSecrets } from './keys.ts';
import { agree, loadFrom } from './load-config.ts';
import { openSession } from './open-session.ts';
import { type Rehearsal, startRehearsal } from './rehearsal.ts';
import { handleReview } from './requests.ts';
import { retention } from './settings.ts';
import { openStored, REVIEWING, type StoredSession } from './stored-session.ts';

/** What an editor's window gives to the sessions it runs. */
export interface WindowParts {
  workspace: string;
  /** Nothing is read from a workspace that is not. */
  trusted(): boolean;
  environment: Readonly<Record<string, string | undefined>>;
  version: string;
  log: Log;
  /** The keys that the editor keeps. */
  secrets: Secrets;
  /** Where a key of the editor is kept, in words. */
  keptIn: string;
  /** The editor's settings, as they are now. */
  settings(): { source: string; value: unknown };
  files(): Promise<WorkspaceFiles>;
  /** Models that the editor itself has. */
  models?(redactor: Redactor): Promise<Provider[]>;
  /** Tools of other extensions and of servers that the editor runs. */
  foreign?: ForeignTools;
  /** The script of the demo. */
  rehearsal: string;
}

type Beginning =
  | { kind: 'new'; goal: string; plan?: Plan; budgetUsd?: number; roles?: string[] }
  | { kind: 'demo' }
  | { kind: 'resume'; session: string; more?: readonly MoreWork[]; retry?: RetryScope };
type Begun =
  | { ok: true; session: LiveSession }
  | { ok: false; reason: 'owned'; owner: SessionOwner }
  | { ok: false; reason: 'elsewhere'; session: string; origin: Exclude<Origin, 'own'> }
  | { ok: false; reason: 'missing' }
  | ({ ok: false } & Hindrance)
  | { ok: false; reason: 'config'; problems: ConfigProblem[] };

const PATIENCE_MS = 15_000;

/** The sessions of one window: begun, resumed, read, followed and asked. */
export class Window {
  readonly #parts: WindowParts;
  readonly #running = new Set<{ session: LiveSession; over: Promise<void> }>();

  #best: { key: string; model: Promise<BestModel> } | undefined;

  constructor(parts: WindowParts) {
    this.#parts = parts;
  }

  async begin(beginning: Beginning): Promise<Begun> {
    const { workspace, version, log, environment } = this.#parts;
    const rehearsal = await this.#rehearsal(beginning);
    let engine: Engine | undefined;
    let kept = false;
    try {
      const loaded = await this.#config();
      const problems = loaded.problems.filter(problem => problem.severity === 'error');
      if (problems.length > 0 && !rehearsal) return { ok: false, reason: 'config', problems };
      engine = await this.#engine(loaded, rehearsal, beginning);
      const hindrance = rehearsal ? undefined : await engine.hindrance(beginning.kind === 'new' && !beginning.plan);
      if (hindrance) return { ok: false, ...hindrance };
      const grants = new GrantFile(userFolder(environment), workspace);
      await grants.load();
      const processes = this.#processes();
      const held = await holdCommands(loaded.config, { root: workspace, processes, environment });
      if (!held.ok) {
        const problem = { severity: 'error', source: 'permissions.sandbox', message: held.message } as const;
        return { ok: false, reason: 'config', problems: [problem] };
      }
      const opened = await openSession(
        {
          kind: 'editor',
          ...this.#sessions,
          log,
          version,
          grants,
          files: await this.#parts.files(),
          processes,
          holding: held.holding,
          notice: held.notice,
          texts: new NodeProjectTexts(workspace),
          present: () => true,
          approvePlan: loaded.config.team?.approvePlan !== false,
          approveAll: false,
          rehearsal: rehearsal !== undefined,
          ...(!rehearsal && { environment }),
          retention: retention(loaded.config),
          ...(this.#parts.foreign && { foreign: this.#parts.foreign }),
          ...(beginning.kind === 'new' && beginning.roles && { team: beginning.roles }),
        },
        engine,
        beginning.kind === 'resume'
          ? beginning
          : beginning.kind === 'demo'
            ? { kind: 'new', goal: (rehearsal as Rehearsal).script.goal }
            : { kind: 'new', goal: beginning.goal, ...(beginning.plan && { plan: beginning.plan }) },
      );
      if (!opened.ok) {
        await held.holding?.sandbox.close();
        return opened;
      }
      kept = true;
      this.#keep(opened.session, engine, rehearsal);
      return opened;
    } finally {
      if (!kept) {
        await engine?.close();
        await rehearsal?.close();
      }
    }
  }

  /** What agents wrote into open documents is saved before a command may read it. */
  #processes(): LaunchingProcesses {
    const { workspace, beforeCommand } = this.#parts;
    const processes = createProcesses({ root: workspace, clock });
    if (!beforeCommand) return processes;
    return {
      ...processes,
      run: async (...args) => {
        await beforeCommand();
        return processes.run(...args);
      },
      runThrough: async (...args) => {
        await beforeCommand();
        return processes.runThrough(...args);
      },
    };
  }

  list(): Promise<SessionSummary[]> {
    return listSessions(this.#sessions);
  }

  async waits(id: string): Promise<boolean> {
    const store = await this.#find(id);
    return store !== undefined && waitingIn((await readState(store)).state).length > 0;
  }

  async owner(id: string): Promise<SessionOwner | undefined> {
    return (await this.#find(id))?.owner();
  }

  async follow(
    id: string,
    told: (event: JournalEvent) => void,
    signal: AbortSignal,
  ): Promise<{ state: SessionState } | undefined> {
    const store = await this.#find(id);
    if (!store) return undefined;
    const { state, reader } = await readState(store);
    const go = async () => {
      for await (const events of followJournal(store, signal, reader)) {
        for (const event of events) {
          reduce(state, event);
          told(event);
        }
      }
    };
    void go()
      .catch(error => this.#parts.log.write('warn', `session ${id} can no longer be followed`, error))
      .finally(() => store.close());
    return { state };
  }

  watch(changed: () => void): Disposable {
    return watchPath(join(this.#parts.workspace, OUR_FOLDER, 'sessions'), clock, changed);
  }

  async ask(id: string, body: InboxRequest, signal: AbortSignal): Promise<RequestOutcome> {
    const store = await this.#find(id);
    const origin = store && (await checkOrigin(store));
    if (origin && origin !== 'own') return { ok: false, message: fromElsewhere(id, origin) };
    const owner = await store?.owner();
    if (!owner && REVIEWING.has(body.kind)) return this.#decide(id, body);
    if (!store || !owner || (owner.reviews && !REVIEWING.has(body.kind)))
      return { ok: false, message: 'nobody runs this session: resume it first' };
    const request = newId('r');
    const { reader } = await readState(store);
    await dropRequest(store, request, clock.now(), body, await this.#redactor());
    const timeout = AbortSignal.timeout(PATIENCE_MS);
    for await (const events of followJournal(store, AbortSignal.any([signal, timeout]), reader)) {
      const handled = events.find(event => event.type === 'request-handled' && event.request === request);
      if (handled?.type !== 'request-handled') continue;
      const { ok, message } = handled;
      return { ok, ...(message !== undefined && { message }) };
    }
    return { ok: false, message: `process ${owner.pid} has not answered yet; it will find the request when it looks` };
  }

  async watchChanges(id: string, state: SessionState, signal: AbortSignal): Promise<WatchedChanges | undefined> {
    const store = await this.#find(id);
    if (!store) return undefined;
    return watchChanges({
      files: await this.#parts.files(),
      state,
      getBlob: hash => store.getBlob(hash),
      hash: hashOf,
      newId,
      ask: body => this.ask(id, body, signal),
    });
  }

  async openStored(id: string): Promise<StoredSession | undefined> {
    const store = await this.#find(id);
    if (!store) return undefined;
    const { log } = this.#parts;
    const files = await this.#parts.files();
    const opened = await openStored({ store, log, clock, files, redactor: await this.#redactor() }, 'editor');
    return opened.ok ? opened.session : undefined;
  }

  async adopt(id: string, agrees: Parameters<typeof adopt>[3]): Promise<Adoption> {
    const store = await this.#find(id);
    return store ? adopt(store, 'editor', () => clock.now(), agrees) : { ok: false, reason: 'empty' };
  }

  async text(id: string, name: SessionText): Promise<string | undefined> {
    return (await this.#find(id))?.readText(name);
  }

  async blob(id: string, hash: Hash): Promise<Uint8Array | undefined> {
    return (await this.#find(id))?.getBlob(hash);
  }

  async messages(id: string, agent: string): Promise<Message[]> {
    const store = await this.#find(id);
    if (!store) return [];
    const found: Message[] = [];
    const reader = await readerFor(store);
    for await (const bytes of store.readJournal(0)) {
      for (const event of reader.push(bytes)) {
        if (event.type !== 'agent-message' || event.agent !== agent) continue;
        const blob = event.blob === undefined ? undefined : await store.getBlob(event.blob);
        const message = event.message ?? (blob && Message.parse(JSON.parse(new TextDecoder().decode(blob))));
        if (message) found.push(message);
      }
    }
    return found;
  }

  async best(question: Question, signal: AbortSignal): Promise<AsyncIterable<RouteEvent>> {
    const loaded = await this.#config();
    const key = JSON.stringify(loaded.config);
    if (this.#best?.key !== key) {
      void this.#best?.model.then(model => model.close());
      const model = this.#engine(loaded, undefined, { kind: 'new', goal: '' });
      this.#best = { key, model: model.then(engine => this.#bestModel(engine)) };
      // The next question tries again.
      this.#best.model.catch(() => {
        this.#best = undefined;
      });
    }
    return (await this.#best.model).ask(question, signal);
  }

  async #bestModel(engine: Engine): Promise<BestModel> {
    const model = new BestModel(engine, clock, this.#parts.log, userFolder(this.#parts.environment));
    await model.load();
    return model;
  }

  async waitingParts(): Promise<Parts | undefined> {
    return (await this.#config()).sensitive;
  }

  agree(parts: Parts): Promise<void> {
    const { workspace, environment } = this.#parts;
    return agree({ workspace, environment }, parts);
  }

  async roles(): Promise<RoleSpec[]> {
    const { roles } = await loadRoles(new NodeProjectTexts(this.#parts.workspace));
    return [...roles.values()];
  }

  async workers(): Promise<WorkerDiagnosis[]> {
    const { environment, workspace, version } = this.#parts;
    const { config } = await this.#config();
    // Each is greeted for a few seconds at most.
    return diagnoseWorkers(config, { environment, workspace, clock, version }, new AbortController().signal);
  }

  listModels(candidate: Candidate, signal: AbortSignal): Promise<Listed> {
    return listModels(candidate, clock, signal);
  }

  tryModel(candidate: Candidate, model: string, signal: AbortSignal): Promise<Trial> {
    return tryModel(candidate, model, clock, signal);
  }

  async diagnose(
    signal: AbortSignal,
    only?: string,
  ): Promise<{ problems: ConfigProblem[]; diagnoses: Diagnosis[]; workers: WorkerDiagnosis[] }> {
    const { environment, workspace, version } = this.#parts;
    const { config, problems } = await this.#config();
    const from = await keySources(configuredProviders(config), this.#parts);
    const keys = this.#keys(config);
    const diagnoses = await diagnose(config, keys, name => from.get(name), clock, signal, only);
    return {
      problems,
      diagnoses,
      workers: await diagnoseWorkers(config, { environment, workspace, clock, version }, signal),
    };
  }

  /** Stops what runs, so that it can be resumed, and waits until all of it is written. */
  async close(): Promise<void> {
    for (const { session } of this.#running) session.stop('the window was closed');
    await Promise.all([...this.#running].map(({ over }) => over));
    await this.#best?.model.then(model => model.close()).catch(() => undefined);
  }

  /** Owns a session that nobody does, for as long as the decision takes. */
  async #decide(id: string, body: InboxRequest): Promise<RequestOutcome> {
    const stored = await this.openStored(id);
    if (!stored) return { ok: false, message: 'somebody has just taken it over: try again' };
    try {
      return (await handleReview(stored, body)) ?? { ok: false, message: 'nobody runs this session' };
    } finally {
      await stored.close();
    }
  }

  #find(id: string) {
    return findSession(this.#sessions, id);
  }

  get #sessions(): Sessions {
    const { workspace, environment } = this.#parts;
    return { workspace, clock, secret: sealSecret(userFolder(environment)) };
  }

  #config(): Promise<LoadedConfig> {
    const { workspace, environment } = this.#parts;
    const trusted = this.#parts.trusted();
    return loadFrom({ workspace: trusted ? workspace : undefined, environment, settings: this.#parts.settings() });
  }

  /** Knows the keys of the providers that are set up, for what is written without a team. */
  async #redactor(): Promise<Redactor> {
    const { config } = await this.#config();
    const keys = this.#keys(config);
    return new Redactor(...(await Promise.all(configuredProviders(config).map(({ name }) => keys.get(name)))));
  }

  /** The editor's keys first, then the environment's. */
  #keys(config: LoadedConfig['config']): Secrets {
    const { secrets, environment } = this.#parts;
    const fallback = environmentSecrets(configuredProviders(config), environment);
    return { get: async name => (await secrets.get(name)) ?? (await fallback.get(name)) };
  }

  async #rehearsal(beginning: Beginning): Promise<Rehearsal | undefined> {
    if (beginning.kind === 'new') return undefined;
    if (beginning.kind === 'resume') {
      const store = await this.#find(beginning.session);
      if (!store || !(await wasRehearsed(store))) return undefined;
    }
    return startRehearsal(this.#parts.rehearsal);
  }

  async #engine(loaded: LoadedConfig, rehearsal: Rehearsal | undefined, beginning: Beginning): Promise<Engine> {
    const { log, environment, models } = this.#parts;
    let { config } = loaded;
    if (beginning.kind === 'new' && beginning.budgetUsd !== undefined) {
      config = mergeConfig(config, { budget: { sessionUsd: beginning.budgetUsd } });
    }
    if (rehearsal) config = mergeConfig({ ...config, providers: {}, routes: {} }, rehearsal.config);
    const engine = new Engine({
      clock,
      log,
      config,
      secrets: rehearsal?.secrets ?? this.#keys(config),
      userFolder: rehearsal ? undefined : userFolder(environment),
    });
    if (!rehearsal && models) for (const each of await models(engine.redactor)) engine.providers.add(each);
    await engine.load();
    return engine;
  }

  #keep(session: LiveSession, engine: Engine, rehearsal: Rehearsal | undefined): void {
    const running = {
      session,
      over: session.done.then(
        () => undefined,
        error => this.#parts.log.write('error', `session ${session.id} broke`, error),
      ),
    };
    running.over = running.over.then(async () => {
      await engine.close();
      await rehearsal?.close();
      this.#running.delete(running);
    });
    this.#running.add(running);
  }
}
