import { type Trial, tryToolCall } from '../core/doctor/tool-trial.ts';
import type { Clock } from '../core/ports.ts';
import type { Provider } from '../core/routing/contract.ts';
import type { Candidate, Listed } from './contract.ts';
import { Engine } from './engine.ts';

const PATIENCE_MS = 60_000;

/** Which models it has, and of which of them it is known what they cost. */
export function listModels(candidate: Candidate, clock: Clock, signal: AbortSignal): Promise<Listed> {
  return withProvider(candidate, clock, async (provider, engine) => {
    const listed = await provider.listModels(AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]));
    if (!listed.ok) return { ok: false, message: listed.error.message };
    const models = listed.models.map(async model => ({
      ...model,
      priced: await engine.isPriced(`${candidate.name}/${model.id}`),
    }));
    return { ok: true, models: await Promise.all(models) };
  });
}

/** Lets a model call a tool, for real. */
export function tryModel(candidate: Candidate, model: string, clock: Clock, signal: AbortSignal): Promise<Trial> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
  return withProvider(candidate, clock, (provider, engine) => tryToolCall(provider, model, engine.redactor, limit));
}

async function withProvider<T>(
  { name, entry, key }: Candidate,
  clock: Clock,
  use: (provider: Provider, engine: Engine) => Promise<T>,
): Promise<T> {
  const secrets = { get: async (wanted: string) => (wanted === name ? key : undefined) };
  const engine = new Engine({
    config: { providers: { [name]: entry } },
    secrets,
    clock,
    log: { write: () => undefined },
  });
  try {
    await engine.providers.load();
    const provider = engine.providers.get(name);
    if (!provider) throw new Error(`${name} has no key`);
    return await use(provider, engine);
  } finally {
    await engine.close();
  }
}
