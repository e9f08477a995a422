import { join } from 'node:path';
import type { RoleSpec } from '../core/agent/contract.ts';
import type { ConfiguredProvider } from '../core/config/providers.ts';
import type { Clock, Log, Secrets } from '../core/ports.ts';
import { Redactor } from '../core/redact/redactor.ts';
import type { Provider } from '../core/routing/contract.ts';
import { ProviderPool } from '../core/routing/pool.ts';
import { costOf, Prices } from '../core/routing/prices.ts';
import { providerKinds } from '../core/routing/provider-kinds.ts';
import { roleDefaults } from '../core/routing/route-table.ts';
import { type RoutableProvider, type RouteQuestion, routeFor, routeReason, vendorOf } from '../core/routing/routes.ts';
import type { Routes } from '../core/team/routes.ts';
import { FileDayLedger } from '../node/day-ledger.ts';
import type { Config } from '../protocol/config.ts';
import type { ModelRef, NanoUsd } from '../protocol/ids.ts';
import type { Usage } from '../protocol/message.ts';
import { modelOf, providerOf } from '../protocol/model-ref.ts';
import type { AgentTask } from '../protocol/plan.ts';
import type { Hindrance, Keyless } from './contract.ts';
import { ownKeyVariable } from './keys.ts';
import { ProviderSet } from './provider-set.ts';
import { type BudgetPlan, budgetPlan, modelFacts, priceOverrides, routingSettings } from './settings.ts';

export interface EngineOptions {
  config: Config;
  secrets: Secrets;
  clock: Clock;
  log: Log;
  /** Where the user's day of spending is kept; none: sessions of this engine do not count (they are rehearsed). */
  userFolder?: string | undefined;
  /** Models that are not asked over the network, such as the editor's own. */
  extra?: readonly Provider[];
}

/** A local server answers at once or is not there. */
const LOCAL_PATIENCE_MS = 1500;
/** A list that does not come by then is done without: the session begins. */
const HOSTED_PATIENCE_MS = 4000;

/** What all sessions of a process share under one configuration: providers, their health, prices, the day's budget. */
export class Engine {
  readonly config: Config;
  readonly redactor = new Redactor();
  readonly providers: ProviderSet;
  readonly pool: ProviderPool;
  readonly prices: Prices;
  readonly budget: BudgetPlan;
  readonly day: FileDayLedger | undefined;
  readonly #options: EngineOptions;
  #routable: RoutableProvider[] = [];
  /** Configured by the person, and not answering. */
  readonly down: { label: string; message: string }[] = [];

  constructor(options: EngineOptions) {
    const { config, secrets, clock, log, userFolder } = options;
    this.#options = options;
    this.config = config;
    this.providers = new ProviderSet(config, secrets, this.redactor);
    for (const provider of options.extra ?? []) this.providers.add(provider);
    this.pool = new ProviderPool({
      provider: name => this.providers.get(name),
      clock,
      settings: routingSettings(config),
      models: modelFacts(config),
    });
    this.budget = budgetPlan(config);
    this.prices = new Prices({
      overrides: priceOverrides(config),
      baseUrlOf: name => this.#configured(name)?.entry.baseUrl,
    });
    if (userFolder) {
      const { day: limit } = this.budget;
      this.day = new FileDayLedger({
        folder: join(userFolder, 'spending'),
        clock,
        log,
        ...(limit !== undefined && { limit }),
      });
    }
  }

  /** Reads keys and asks local servers for their models. To be awaited before a session starts. */
  async load(): Promise<void> {
    await Promise.all([this.providers.load(), this.day?.refresh()]);
    const found = await Promise.all(this.providers.all().map(provider => this.#look(provider)));
    this.#routable = found.filter(each => each !== undefined);
  }

  /** Whether anything can be asked at all. */
  get ready(): boolean {
    return this.#routable.length > 0;
  }

  routes(): Routes {
    const configured = splitRoutes(this.config);
    const providers = this.#routable;
    const of = (role: Pick<RoleSpec, 'name' | 'route' | 'member'>, task?: AgentTask): ModelRef[] => {
      const chosen = routeFor(this.#question(role.name, task?.complexity));
      if (role.member) return this.#memberRoute(role.route ?? [], role.member.provider, chosen);
      // A role file comes with the workspace: it chooses among those that the user's own routes lead to.
      const names = new Set(chosen.map(providerOf));
      const own = (role.route ?? []).filter(ref => names.has(providerOf(ref)));
      // The user's configuration goes before what a role file says.
      return configured.roles[role.name] ? chosen : [...new Set([...own, ...chosen])];
    };
    const why = (role: Pick<RoleSpec, 'name' | 'route' | 'member'>, task?: AgentTask): string => {
      const first = of(role, task)[0];
      if (!configured.roles[role.name] && first !== undefined && role.route?.includes(first))
        return role.member ? `${role.name} has it by the team` : 'the role’s file names it';
      return routeReason(this.#question(role.name, task?.complexity));
    };
    const all = () => of({ name: 'orchestrator' });
    const free = new Set(providers.filter(each => each.free).map(each => each.name));
    return {
      of,
      why,
      all,
      free: () => all().filter(ref => free.has(providerOf(ref))),
      vendorOf: model => vendorOf(model, providers),
    };
  }

  /** The user named a member's models themselves, and whose go before the others. */
  #memberRoute(named: readonly ModelRef[], provider: string | undefined, chosen: readonly ModelRef[]): ModelRef[] {
    const usable = new Set(this.#routable.map(({ name }) => name));
    const own = named.filter(ref => usable.has(providerOf(ref)));
    const first = chosen.filter(ref => providerOf(ref) === provider);
    return [...new Set([...own, ...first, ...chosen])];
  }

  #question(role: string, complexity?: AgentTask['complexity']): RouteQuestion {
    const configured = splitRoutes(this.config);
    // A local server that is not running says what the user wants all the same.
    const staysFree = configured.default?.every(ref => this.#configured(providerOf(ref))?.free) ?? false;
    return {
      role,
      providers: this.#routable,
      configured: { ...configured, staysFree },
      ...(complexity && { complexity }),
    };
  }

  /** Why no session can begin, or, where one has to be made, no plan; undefined: it can. */
  async hindrance(plans: boolean): Promise<Hindrance | undefined> {
    if (!this.ready) return { reason: 'no-provider', down: this.down, keyless: this.keyless() };
    if (!plans) return undefined;
    const route = this.routes().all();
    if (route.length === 0) return { reason: 'no-route', providers: this.#routable.map(({ name }) => name) };
    for (const model of route) if (await this.isPriced(model)) return undefined;
    return { reason: 'no-price', model: route[0] ?? '' };
  }

  /** Providers that the user has written down, or that a route names, and that have no key. */
  keyless(): Keyless[] {
    const routed = new Set(
      Object.values(this.config.routes ?? {})
        .flat()
        .map(providerOf),
    );
    return this.providers.configured
      .filter(({ name, explicit }) => (explicit || routed.has(name)) && !this.providers.get(name))
      .map(({ name, keyEnv }) => ({ name, variable: keyEnv[0] ?? ownKeyVariable(name) }));
  }

  /** The models of a provider that a session would ask, whatever the task, the planner's first. */
  modelsOf(name: string): string[] {
    const roles = ['orchestrator', ...Object.keys(roleDefaults), ...Object.keys(splitRoutes(this.config).roles)];
    const asked = roles.flatMap(role => COMPLEXITIES.flatMap(complexity => routeFor(this.#question(role, complexity))));
    return [...new Set(asked)].filter(model => providerOf(model) === name).map(modelOf);
  }

  /** Whether it is known what a model costs: a session asks no other. */
  async isPriced(model: ModelRef): Promise<boolean> {
    const provider = this.providers.get(providerOf(model));
    if (!provider) return false;
    return provider.free || (await this.prices.find(model, provider, this.#options.clock.now())) !== undefined;
  }

  /** What this usage costs on this model: 0 where it is free, undefined where the price is unknown. */
  async price(model: ModelRef, usage: Usage): Promise<NanoUsd | undefined> {
    const provider = this.providers.get(providerOf(model));
    if (!provider) return undefined;
    if (provider.free) return 0;
    const price = await this.prices.find(model, provider, this.#options.clock.now());
    return price && costOf(price, usage);
  }

  async close(): Promise<void> {
    this.pool.dispose();
    await this.day?.close();
  }

  #configured(name: string): ConfiguredProvider | undefined {
    return this.providers.configured.find(each => each.name === name);
  }

  async #look(provider: Provider): Promise<RoutableProvider | undefined> {
    const { name, kind, free } = provider;
    const configured = this.#configured(name);
    const named = configured?.entry.models?.map(model => model.id);
    const routable = { name, kind, free, ...(named && { models: named }) };
    const unknown = named === undefined && providerKinds[kind].modelsFromList === true;
    if (!unknown) return routable;
    const limit = configured?.keyless
      ? AbortSignal.timeout(LOCAL_PATIENCE_MS)
      : AbortSignal.timeout(HOSTED_PATIENCE_MS);
    const listed = await provider.listModels(limit);
    if (!listed.ok) {
      if (configured?.explicit) this.down.push({ label: configured.label, message: listed.error.message });
      return configured?.explicit && !configured.keyless ? routable : undefined;
    }
    this.pool.models.listed(name, listed.models);
    // A hosted catalogue of hundreds is no preference: only routes and `models` name what is used of it. One model is one.
    const only = configured?.explicit && listed.models.length === 1;
    return configured?.keyless || only || providerKinds[kind].listIsChoice
      ? { ...routable, models: listed.models.map(model => model.id) }
      : routable;
  }
}

const COMPLEXITIES = ['normal', 'complex', 'simple', 'ui-test'] as const;

/** Routes by role, and those whose names mean something else: a complexity, `default`, `fallback`. */
function splitRoutes(config: Config) {
  const roles = { ...config.routes };
  const complexity: Partial<Record<AgentTask['complexity'], ModelRef[]>> = {};
  for (const name of COMPLEXITIES) {
    const route = roles[name];
    if (!route) continue;
    complexity[name] = route;
    delete roles[name];
  }
  const { default: normal, fallback, ...named } = roles;
  return { roles: named, complexity, ...(normal && { default: normal }), ...(fallback && { fallback }) };
}
