import type { ModelRef } from '../../protocol/ids.ts';
import { modelOf, providerOf } from '../../protocol/model-ref.ts';
import type { Clock, Disposable } from '../ports.ts';
import { concurrencyOf } from './call-limits.ts';
import type { Provider } from './contract.ts';
import { Health } from './health.ts';
import { Models } from './models.ts';
import { Parking } from './parking.ts';
import { type PoolEvent, RouteTarget } from './route-target.ts';
import type { RoutingSettings } from './settings.ts';
import { Slots } from './slots.ts';

export interface PoolOptions {
  /** The provider with a name as it is now: a changed key is a new provider with another account. */
  provider: (name: string) => Provider | undefined;
  clock: Clock;
  settings: RoutingSettings;
  models?: Models;
}

/** What all sessions of one process share: how each provider, credential and model does, and who may call it now. */
export class ProviderPool implements Disposable {
  readonly models: Models;
  readonly settings: RoutingSettings;
  readonly clock: Clock;
  readonly health: Health;
  #provider: PoolOptions['provider'];
  #parking: Parking;
  #targets = new Map<string, RouteTarget>();
  #slots = new Map<string, Slots>();
  #listed = new Set<string>();
  #listeners = new Set<(event: PoolEvent, provider: string) => void>();

  constructor({ provider, clock, settings, models = new Models() }: PoolOptions) {
    this.#provider = provider;
    this.clock = clock;
    this.settings = settings;
    this.models = models;
    this.#parking = new Parking(clock);
    this.health = new Health({
      clock,
      settings,
      models,
      emit: event => this.#emit(event, event.provider),
      refused: (provider, error) => {
        if (error.class === 'auth' || error.class === 'quota')
          this.#targetOf(`${provider.name}/*`, provider).refused(error.class, error.retry?.afterMs, error.message);
      },
    });
  }

  /** Undefined where no provider of that name is configured. */
  target(ref: ModelRef): RouteTarget | undefined {
    const provider = this.#provider(providerOf(ref));
    return provider && this.#targetOf(ref, provider);
  }

  /** Breakers, parking, health and what the user must know, as it happens. */
  subscribe(listener: (event: PoolEvent, provider: string) => void): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => void this.#listeners.delete(listener) };
  }

  /** Asks a provider for its models unless it was asked before: some tell only so what a model can do. */
  async listOnce(provider: Provider): Promise<void> {
    if (this.#listed.has(provider.name)) return;
    if (await this.health.probe(provider)) this.#listed.add(provider.name);
  }

  /** Forgets what was held against a provider's key: it was changed, tested or paid. */
  release(name: string): void {
    const provider = this.#provider(name);
    if (provider) this.#parking.release(accountOf(provider, ''));
    for (const target of this.#targets.values()) if (target.provider.name === name) target.release();
  }

  /** How many models behind this credential keep us waiting. */
  suspected(account: string): number {
    let count = 0;
    for (const target of this.#targets.values()) if (target.account === account && target.suspected) count++;
    return count;
  }

  dispose(): void {
    this.health.dispose();
    this.#listeners.clear();
  }

  #targetOf(ref: ModelRef, provider: Provider): RouteTarget {
    const account = accountOf(provider, modelOf(ref));
    const key = `${account}\n${ref}`;
    const known = this.#targets.get(key);
    if (known && known.provider === provider) return known;
    const target = new RouteTarget(ref, provider, account, {
      clock: this.clock,
      settings: this.settings,
      parking: this.#parking,
      slots: this.#slotsOf(account, provider),
      emit: event => this.#emit(event, provider.name),
      probe: () => this.health.probe(provider),
    });
    this.#targets.set(key, target);
    return target;
  }

  #slotsOf(account: string, provider: Provider): Slots {
    const known = this.#slots.get(account);
    if (known) return known;
    const slots = new Slots(this.clock, concurrencyOf(provider, this.settings));
    this.#slots.set(account, slots);
    return slots;
  }

  #emit(event: PoolEvent, provider: string): void {
    for (const listener of [...this.#listeners]) listener(event, provider);
  }
}

/** One credential at one place. */
function accountOf(provider: Provider, model: string): string {
  return `${provider.name} ${provider.provenance(model).account}`;
}
