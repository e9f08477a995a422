/** Dollars per million tokens. */
export interface DollarRates {
  input: number;
  output: number;
  cacheRead?: number;
  cacheWrite?: number;
  /** Cache writes with the long (1 h) time to live. */
  cacheWriteLong?: number;
}

/** What a model costs from a day on. */
export interface DollarPrice extends DollarRates {
  /** First day (UTC, `YYYY-MM-DD`) of this price; absent: always. */
  from?: string;
  /** Rates of the whole request once its prompt is longer than `above` tokens. */
  tiers?: (DollarRates & { above: number })[];
}

/** Where a tier names no cache rates, they keep their ratio to the input rate. */
function above(tokens: number, input: number, output: number, base: DollarRates): DollarRates & { above: number } {
  const ratio = input / base.input;
  return {
    above: tokens,
    input,
    output,
    ...(base.cacheRead !== undefined && { cacheRead: base.cacheRead * ratio }),
    ...(base.cacheWrite !== undefined && { cacheWrite: base.cacheWrite * ratio }),
    ...(base.cacheWriteLong !== undefined && { cacheWriteLong: base.cacheWriteLong * ratio }),
  };
}

/** A 1 h cache write costs twice the input. */
function claude(input: number, output: number, cacheRead: number, cacheWrite: number): DollarRates {
  return { input, output, cacheRead, cacheWrite, cacheWriteLong: 2 * input };
}

/** Everything twice as dear from a day on. */
function doubling(base: DollarRates, from: string): DollarPrice[] {
  const twice = Object.fromEntries(Object.entries(base).map(([key, rate]) => [key, 2 * rate]));
  return [base, { ...(twice as unknown as DollarRates), from }];
}

const haiku = claude(0.1, 0.5, 0.01, 0.125);
const astra: DollarRates = { input: 10, output: 50, cacheRead: 1, cacheWrite: 12.5 };
const terra: DollarRates = { input: 1, output: 5, cacheRead: 0.05, cacheWrite: 1.25 };
const gemini31: DollarRates = { input: 2, output: 12, cacheRead: 0.2 };

/** Prices newer than the library's, as the vendors published them by 2026-11-21. */
export const priceTable: Record<string, Record<string, DollarPrice[]>> = {
  anthropic: {
    'claude-fable-5-2': [claude(8, 40, 0.2, 10)],
    'claude-opus-5-5': [claude(4, 20, 0.2, 5)],
    'claude-sonnet-5-5': [claude(2, 10, 0.1, 2.5)],
    'claude-haiku-5-5': [{ ...haiku, tiers: [above(100_000, 0.5, 2.5, haiku)] }],
  },
  openai: {
    'gpt-6-astra': [{ ...astra, tiers: [above(272_000, 20, 75, astra)] }],
    'gpt-6.1-sol': [{ input: 2, output: 10, cacheRead: 0.1 }],
    'gpt-6.1-terra': [{ ...terra, tiers: [above(272_000, 2, 7.5, terra)] }],
    'gpt-6-luna': [{ input: 0.1, output: 0.5, cacheRead: 0.01, cacheWrite: 0.125 }],
  },
  google: {
    'gemini-4-argon': doubling({ input: 2, output: 10, cacheRead: 0.1 }, '2026-12-01'),
    'gemini-3.8-flash': doubling({ input: 0.75, output: 3.75, cacheRead: 0.075 }, '2027-01-01'),
    'gemini-3.1-pro-preview': [{ ...gemini31, tiers: [above(200_000, 4, 18, gemini31)] }],
  },
};
