import { findBrowser } from '../browser/find.ts';
import type { RoleSpec } from '../core/agent/contract.ts';
import { loadRoles } from '../core/agent/roles/roles.ts';
import type { LoadedConfig } from '../core/config/load.ts';
import { configuredProviders } from '../core/config/providers.ts';
import type { WorkerDiagnosis } from '../core/doctor/doctor.ts';
import type { Trial } from '../core/doctor/tool-trial.ts';
import type { RouteEvent } from '../core/routing/contract.ts';
import { gitVersion } from '../node/git/version.ts';
import { userFolder } from '../node/places.ts';
import { NodeProjectTexts } from '../node/project-texts.ts';
import { keySources } from './accounts.ts';
import { BestModel } from './best-model.ts';
import { listModels, tryModel } from './connect.ts';
import type { Candidate, Diagnoses, Listed, Question, RuntimeHost } from './contract.ts';
import { diagnose, diagnoseWorkers } from './diagnose.ts';
import { diagnoseSandbox } from './holding.ts';
import { configOf, keysOf } from './host.ts';
import { openEngine } from './open-engine.ts';

/** Answers what is asked of a host's models and set-up outside of any session. */
export class Inquiries {
  readonly #host: RuntimeHost;
  #best: { key: string; model: Promise<BestModel> } | undefined;

  constructor(host: RuntimeHost) {
    this.#host = host;
  }

  async best(question: Question, signal: AbortSignal): Promise<AsyncIterable<RouteEvent>> {
    const loaded = await configOf(this.#host);
    const key = JSON.stringify(loaded.config);
    if (this.#best?.key !== key) {
      void this.#best?.model.then(model => model.close());
      this.#best = { key, model: this.#bestModel(loaded) };
      // The next question tries again.
      this.#best.model.catch(() => {
        this.#best = undefined;
      });
    }
    return (await this.#best.model).ask(question, signal);
  }

  async #bestModel(loaded: LoadedConfig): Promise<BestModel> {
    const { clock, log, environment } = this.#host;
    const model = new BestModel(await openEngine(this.#host, loaded), clock, log, userFolder(environment));
    await model.load();
    return model;
  }

  async roles(): Promise<RoleSpec[]> {
    const { roles } = await loadRoles(new NodeProjectTexts(this.#host.workspace));
    return [...roles.values()];
  }

  async workers(): Promise<WorkerDiagnosis[]> {
    const { config } = await configOf(this.#host);
    // Each is greeted for a few seconds at most.
    return diagnoseWorkers(config, this.#host, new AbortController().signal);
  }

  listModels(candidate: Candidate, signal: AbortSignal): Promise<Listed> {
    return listModels(candidate, this.#host.clock, signal);
  }

  tryModel(candidate: Candidate, model: string, signal: AbortSignal): Promise<Trial> {
    return tryModel(candidate, model, this.#host.clock, signal);
  }

  async diagnose(signal: AbortSignal, only?: string): Promise<Diagnoses> {
    const host = this.#host;
    const { config, problems } = await configOf(host);
    const from = await keySources(configuredProviders(config), host);
    const keys = keysOf(host, config);
    const git = await gitVersion(host.workspace, { ...host.environment });
    const browser = await findBrowser(host.environment);
    const diagnoses = await diagnose(config, keys, name => from.get(name), host.clock, signal, only);
    return {
      problems,
      diagnoses,
      workers: await diagnoseWorkers(config, host, signal),
      sandbox: await diagnoseSandbox(config, host),
      ...(git && { git }),
      ...(browser && { browser }),
    };
  }

  async close(): Promise<void> {
    await this.#best?.model.then(model => model.close()).catch(() => undefined);
  }
}
