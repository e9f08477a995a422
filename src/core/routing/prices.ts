import type { ModelRef, NanoUsd } from '../../protocol/ids.ts';
import type { Usage } from '../../protocol/message.ts';
import { modelOf } from '../../protocol/model-ref.ts';
import type { Provider } from './contract.ts';
import { type LibraryEntry, loadPriceLibrary, type PriceLibrary } from './price-library.ts';
import { type DollarPrice, type DollarRates, priceTable } from './price-table.ts';
import { providerKinds } from './provider-kinds.ts';

/** What one model costs now: rates by prompt size, the smallest first. */
export interface Price {
  steps: (DollarRates & { above: number })[];
}

export interface PriceOptions {
  /** The user's own prices, over everything else. */
  overrides?: Record<ModelRef, DollarPrice | DollarPrice[]>;
  /** Where a provider's requests go, so that a compatible server is known by its address. */
  baseUrlOf?: (provider: string) => string | undefined;
  load?: () => Promise<PriceLibrary>;
}

const vendorOf = ({ kind }: Provider) => providerKinds[kind].vendor?.inPriceLists;

/** Looks prices up: the user's, then our table, then the library. What none of them knows is unknown. */
export class Prices {
  #options: PriceOptions;
  #library: Promise<PriceLibrary | undefined> | undefined;
  #entries = new Map<ModelRef, LibraryEntry | undefined>();

  constructor(options: PriceOptions = {}) {
    this.#options = options;
  }

  /** Undefined: unknown, which is never zero. */
  async find(ref: ModelRef, provider: Provider, now: number): Promise<Price | undefined> {
    const known = this.#options.overrides?.[ref] ?? tableRows(vendorOf(provider), modelOf(ref));
    const rows = known ?? (await this.#entry(ref, provider))?.prices;
    return rows && priceAt(Array.isArray(rows) ? rows : [rows], now);
  }

  /** How much the model takes in, where the library says so. */
  async contextTokens(ref: ModelRef, provider: Provider): Promise<number | undefined> {
    return (await this.#entry(ref, provider))?.contextTokens;
  }

  async #entry(ref: ModelRef, provider: Provider): Promise<LibraryEntry | undefined> {
    if (this.#entries.has(ref)) return this.#entries.get(ref);
    if (providerKinds[provider.kind].unpriced) return undefined;
    this.#library ??= (this.#options.load ?? loadPriceLibrary)().catch(() => undefined);
    const library = await this.#library;
    const baseUrl = this.#options.baseUrlOf?.(provider.name);
    const vendor =
      vendorOf(provider) ?? library?.vendor({ name: provider.name, ...(baseUrl !== undefined && { baseUrl }) });
    const entry = vendor === undefined ? undefined : library?.find(vendor, modelOf(ref));
    this.#entries.set(ref, entry);
    return entry;
  }
}

/** Our table knows a model by its name, with or without a date behind it. */
function tableRows(vendor: string | undefined, model: string): DollarPrice[] | undefined {
  const rows = vendor === undefined ? undefined : priceTable[vendor];
  return rows?.[model] ?? rows?.[model.replace(/-(?:\d{8}|\d{4}-\d{2}-\d{2}|latest)$/, '')];
}

function priceAt(rows: DollarPrice[], now: number): Price | undefined {
  const today = new Date(now).toISOString().slice(0, 10);
  let current: DollarPrice | undefined;
  for (const row of rows) {
    if (row.from !== undefined && row.from > today) continue;
    if (!current || (row.from ?? '') >= (current.from ?? '')) current = row;
  }
  if (!current) return undefined;
  const { tiers = [], ...base } = current;
  return { steps: [{ ...base, above: -1 }, ...[...tiers].sort((a, b) => a.above - b.above)] };
}

/** Nano-dollars per token are dollars per million tokens times a thousand. */
const NANO = 1000;
/** Rounded up, after taking away what binary fractions leave over. */
const whole = (nano: number): NanoUsd => Math.ceil(nano - 1e-6);

/** What an answer cost; undefined where input or output are unknown. */
export function costOf(price: Price, usage: Usage): NanoUsd | undefined {
  const { input, output } = usage;
  if (input === undefined || output === undefined) return undefined;
  const { cacheRead = 0, cacheWrite = 0, cacheWriteLong = 0 } = usage;
  const prompt = input + cacheRead + cacheWrite;
  const rates = price.steps.findLast(step => prompt > step.above);
  if (!rates) return undefined;
  const short = Math.max(0, cacheWrite - cacheWriteLong);
  const shortRate = rates.cacheWrite ?? rates.input;
  const dollars =
    input * rates.input +
    cacheRead * (rates.cacheRead ?? rates.input) +
    short * shortRate +
    cacheWriteLong * (rates.cacheWriteLong ?? shortRate) +
    output * rates.output;
  return whole(dollars * NANO);
}

/** The highest rates that could apply to a prompt of at most so many tokens. */
function highestRates(price: Price, promptTokens: number): { input: number; output: number } {
  let [input, output] = [0, 0];
  for (const step of price.steps) {
    if (promptTokens <= step.above) break;
    input = Math.max(input, step.input, step.cacheRead ?? 0, step.cacheWrite ?? 0, step.cacheWriteLong ?? 0);
    output = Math.max(output, step.output);
  }
  return { input, output };
}

/** The most that a request can cost: every token at the highest rate that could apply to it. */
export function mostItCosts(price: Price, promptTokens: number, outputTokens: number): NanoUsd {
  const { input, output } = highestRates(price, promptTokens);
  return whole((promptTokens * input + outputTokens * output) * NANO);
}

/** The longest answer that a request may be given so that it costs no more than `amount`. */
export function longestAnswerFor(price: Price, promptTokens: number, amount: NanoUsd): number {
  const { input, output } = highestRates(price, promptTokens);
  if (output === 0) return Number.POSITIVE_INFINITY;
  return Math.floor((amount / NANO - promptTokens * input) / output + 1e-9);
}
