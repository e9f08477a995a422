import type { ModelInfo as LibraryModel, MatchLogic, ModelPrice } from '@pydantic/genai-prices';
import type { DollarPrice, DollarRates } from './price-table.ts';

/** What the library knows of one model. */
export interface LibraryEntry {
  prices: DollarPrice[];
  contextTokens?: number;
}

/** The maintained price list, read from its package alone: nothing is fetched. */
export interface PriceLibrary {
  /** The vendor behind a base URL, or with a name. */
  vendor(hint: { name?: string; baseUrl?: string }): string | undefined;
  find(vendor: string, model: string): LibraryEntry | undefined;
}

/** Loads the library: half a megabyte of data that nobody pays for before the first model without a price of our own. */
export async function loadPriceLibrary(): Promise<PriceLibrary> {
  const { waitForUpdate } = await import('@pydantic/genai-prices');
  // Nobody has asked for updates, so these are the prices in the package; the bundle holds them as JSON.
  const vendors = (await waitForUpdate()) ?? [];
  return {
    vendor({ name, baseUrl }) {
      const there = baseUrl && vendors.find(({ api_pattern }) => new RegExp(api_pattern).test(baseUrl));
      return (there || vendors.find(({ id }) => id === name))?.id;
    },
    find(vendor, model) {
      const id = model.toLowerCase();
      const found = vendors.find(one => one.id === vendor)?.models.find(one => names(one.match, id));
      if (!found) return undefined;
      const prices = pricesOf(found);
      return {
        prices,
        ...(found.context_window !== undefined && { contextTokens: found.context_window }),
      };
    },
  };
}

/** What may follow a model's name without making it another model: a date, a revision, a channel. */
const revision = /^(?:[-@:]?(?:latest|preview|exp|thinking|\d{2,}))*$/;

/**
 * The library matches by prefix, so that `claude-sonnet-5-5` finds the older `claude-sonnet-5`. A wrong price is worse
 * than none: what a prefix leaves over must be a revision of the same model.
 */
function names(match: MatchLogic, id: string): boolean {
  if ('or' in match) return match.or.some(one => names(one, id));
  if ('and' in match) return match.and.every(one => names(one, id));
  if ('equals' in match) return id === match.equals.toLowerCase();
  if ('regex' in match) return new RegExp(match.regex).test(id);
  if ('starts_with' in match)
    return id.startsWith(match.starts_with) && revision.test(id.slice(match.starts_with.length));
  if ('ends_with' in match) return id.endsWith(match.ends_with);
  const at = id.indexOf(match.contains);
  return at >= 0 && revision.test(id.slice(at + match.contains.length));
}

function pricesOf(model: LibraryModel): DollarPrice[] {
  if (!Array.isArray(model.prices)) return list(priceOf(model.prices));
  const always: DollarPrice[] = [];
  const dated: DollarPrice[] = [];
  for (const { constraint, prices } of model.prices) {
    const price = priceOf(prices);
    if (!price) continue;
    if (constraint?.type === 'start_date') dated.push({ ...price, from: constraint.start_date.slice(0, 10) });
    else always.push(price);
  }
  // Prices by the hour of the day: the dearest, so that what is booked is never too little.
  return [...list(always.sort((a, b) => b.input + b.output - a.input - a.output)[0]), ...dated];
}

const list = <T>(one: T | undefined): T[] => (one === undefined ? [] : [one]);

function priceOf(price: ModelPrice): DollarPrice | undefined {
  const base = rates(price, 0);
  if (!base) return undefined;
  const starts = new Set(
    Object.values(price).flatMap(rate => (typeof rate === 'object' ? rate.tiers.map(t => t.start) : [])),
  );
  const tiers = [...starts]
    .sort((a, b) => a - b)
    .flatMap(start => list(rates(price, start)).map(one => ({ ...one, above: start })));
  return tiers.length > 0 ? { ...base, tiers } : base;
}

function rates(price: ModelPrice, prompt: number): DollarRates | undefined {
  const at = (key: string): number | undefined => {
    const rate = price[key];
    if (typeof rate !== 'object') return rate;
    return rate.tiers.filter(tier => tier.start <= prompt).at(-1)?.price ?? rate.base;
  };
  const [input, output] = [at('input_mtok'), at('output_mtok')];
  if (input === undefined || output === undefined) return undefined;
  const [cacheRead, cacheWrite, cacheWriteLong] = [
    at('cache_read_mtok'),
    at('cache_write_mtok'),
    at('cache_write_1h_mtok'),
  ];
  return {
    input,
    output,
    ...(cacheRead !== undefined && { cacheRead }),
    ...(cacheWrite !== undefined && { cacheWrite }),
    ...(cacheWriteLong !== undefined && { cacheWriteLong }),
  };
}
