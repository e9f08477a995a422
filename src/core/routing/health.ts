import type { EventOf } from '../../protocol/events.ts';
import type { Clock, Disposable } from '../ports.ts';
import type { Provider, ProviderError } from './contract.ts';
import type { Models } from './models.ts';
import type { RoutingSettings } from './settings.ts';

interface HealthParts {
  clock: Clock;
  settings: Pick<RoutingSettings, 'probeEveryMs' | 'probeTimeoutMs'>;
  models: Models;
  emit: (event: EventOf<'provider-health'>) => void;
  /** A probe was refused: not the network's fault but the key's. */
  refused: (provider: Provider, error: ProviderError) => void;
}

/** Asks providers for their models: every few minutes while they are used, and when somebody must know. */
export class Health implements Disposable {
  #parts: HealthParts;
  #timers = new Map<string, Disposable>();
  #used = new Set<string>();
  #running = new Map<string, Promise<boolean>>();
  #ended = new AbortController();

  constructor(parts: HealthParts) {
    this.#parts = parts;
  }

  /** A call goes to this provider: keep an eye on it for a while. */
  used(provider: Provider): void {
    if (this.#ended.signal.aborted) return;
    this.#used.add(provider.name);
    if (this.#timers.has(provider.name)) return;
    const timer = this.#parts.clock.after(this.#parts.settings.probeEveryMs, () => {
      this.#timers.delete(provider.name);
      // Nobody used it since: it is left in peace.
      if (!this.#used.delete(provider.name)) return;
      void this.probe(provider).then(() => this.#rearm(provider));
    });
    this.#timers.set(provider.name, timer);
  }

  /** True when the provider answers; one question at a time, however many ask. */
  probe(provider: Provider): Promise<boolean> {
    const running = this.#running.get(provider.name);
    if (running) return running;
    const probe = this.#ask(provider).finally(() => this.#running.delete(provider.name));
    this.#running.set(provider.name, probe);
    return probe;
  }

  dispose(): void {
    this.#ended.abort();
    for (const timer of this.#timers.values()) timer.dispose();
    this.#timers.clear();
  }

  #rearm(provider: Provider): void {
    const used = this.#used.has(provider.name);
    this.used(provider);
    if (!used) this.#used.delete(provider.name);
  }

  async #ask(provider: Provider): Promise<boolean> {
    const { clock, settings, models, emit, refused } = this.#parts;
    if (this.#ended.signal.aborted) return false;
    const started = clock.monotonic();
    const limit = new AbortController();
    const stop = () => limit.abort();
    this.#ended.signal.addEventListener('abort', stop, { once: true });
    let timer: Disposable | undefined;
    const late = new Promise<undefined>(resolve => {
      timer = clock.after(settings.probeTimeoutMs, () => {
        limit.abort();
        resolve(undefined);
      });
    });
    const list = await Promise.race([provider.listModels(limit.signal).catch(() => undefined), late]);
    timer?.dispose();
    this.#ended.signal.removeEventListener('abort', stop);
    if (this.#ended.signal.aborted) return false;
    const ms = clock.monotonic() - started;
    const health = { type: 'provider-health', provider: provider.name, ms } as const;
    if (list?.ok) {
      models.listed(provider.name, list.models);
      emit({ ...health, ok: true });
      return true;
    }
    const message = list ? list.error.message : `no list of models within ${settings.probeTimeoutMs} ms`;
    emit({ ...health, ok: false, message });
    if (list) refused(provider, list.error);
    return false;
  }
}
