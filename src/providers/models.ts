import type { ModelInfo, Provider } from '../core/routing/contract.ts';
import type { ProviderConfig } from './config.ts';
import { errorEvent, type Failed } from './errors/failed.ts';
import { Exchange, type HttpFailure } from './http/exchange.ts';
import { sendFailure } from './http/http-call.ts';
import { ownSignal } from './own-signal.ts';

interface Listing {
  config: ProviderConfig;
  baseUrl: string;
  classify(failure: HttpFailure): Failed;
  redact(text: string): string;
}

type Ask<T> = (exchange: Exchange, signal: AbortSignal) => Promise<T>;

/** Lists models the way a provider does it; what the configuration knows of a model goes before what the server says. */
export async function listWith(
  listing: Listing,
  signal: AbortSignal,
  list: Ask<ModelInfo[]>,
): ReturnType<Provider['listModels']> {
  const { config, redact } = listing;
  const asked = await ask(listing.baseUrl, signal, list);
  if ('answer' in asked) return { ok: true, models: merge(asked.answer, config.models ?? []) };
  if (signal.aborted) return { ok: false, error: errorEvent({ class: 'aborted', message: 'Aborted.' }, redact) };
  const failed = sendFailure(asked.exchange, asked.thrown, listing.classify);
  return { ok: false, error: errorEvent(failed, redact) };
}

/** Counts tokens where the vendor can; undefined if it would not say. */
export async function countWith(
  baseUrl: string,
  signal: AbortSignal,
  count: Ask<number | undefined>,
): Promise<number | undefined> {
  const asked = await ask(baseUrl, signal, count);
  return 'answer' in asked && typeof asked.answer === 'number' ? asked.answer : undefined;
}

async function ask<T>(
  baseUrl: string,
  signal: AbortSignal,
  run: Ask<T>,
): Promise<{ answer: T } | { exchange: Exchange | undefined; thrown: unknown }> {
  const own = ownSignal(signal);
  let exchange: Exchange | undefined;
  try {
    signal.throwIfAborted();
    exchange = new Exchange(baseUrl, own.signal, false);
    return { answer: await run(exchange, own.signal) };
  } catch (thrown) {
    return { exchange, thrown };
  } finally {
    own.release();
  }
}

function merge(listed: ModelInfo[], known: ModelInfo[]): ModelInfo[] {
  const byId = new Map(listed.map(model => [model.id, model]));
  for (const model of known) byId.set(model.id, { ...byId.get(model.id), ...model });
  return [...byId.values()];
}

/** The longest answer of a model, where the configuration knows. */
export function maxOutputOf(config: ProviderConfig, model: string): number | undefined {
  return config.models?.find(({ id }) => id === model)?.maxOutputTokens;
}
