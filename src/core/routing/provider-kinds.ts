import type { Provider } from './contract.ts';
import { localWatchdogs, type ProviderSettings } from './settings.ts';

/** How much a model should be able to do, and so what it may cost. */
export type Tier = 'best' | 'strong' | 'light';

/** All that sessions have to know of one kind of provider; how it is asked is said in its folder of src/providers. */
export interface ProviderTraits {
  /** It serves one vendor's own models: those in each tier, the first choice first, and the vendor's name in price lists. */
  vendor?: { inPriceLists: string; models: Record<Tier, string[]> };
  /** No price list knows its models. */
  unpriced?: boolean;
  /** Paid by a plan that shows no prices: what is free there has still no known cost. */
  paidByPlan?: boolean;
  /** It answers without a key. */
  keyless?: boolean;
  /** Which models it has only its own list can say. */
  modelsFromList?: boolean;
  /** Its models differ in what they can do, and the list tells. */
  listsAbilities?: boolean;
  /** Its models see images where nobody says that they do not. */
  sees?: boolean;
  /** All that it lists was chosen by the person, and may be asked without being named. */
  listIsChoice?: boolean;
  /** What differs from how other providers are called. */
  calls?: ProviderSettings;
  /** What to do when no server answers, and when it has no model. */
  advice?: { unreachable: string; noModels: string };
}

export const providerKinds: Readonly<Record<Provider['kind'], ProviderTraits>> = {
  anthropic: {
    sees: true,
    vendor: {
      inPriceLists: 'anthropic',
      models: {
        best: ['claude-opus-5-5', 'claude-sonnet-5-5'],
        strong: ['claude-sonnet-5-5'],
        light: ['claude-haiku-5-5'],
      },
    },
  },
  openai: {
    sees: true,
    vendor: {
      inPriceLists: 'openai',
      models: { best: ['gpt-6-astra', 'gpt-6.1-sol'], strong: ['gpt-6.1-sol'], light: ['gpt-6-luna'] },
    },
  },
  google: {
    sees: true,
    vendor: {
      inPriceLists: 'google',
      models: { best: ['gemini-4-argon'], strong: ['gemini-4-argon'], light: ['gemini-3.8-flash'] },
    },
  },
  'openai-compatible': { modelsFromList: true },
  ollama: {
    unpriced: true,
    keyless: true,
    modelsFromList: true,
    listsAbilities: true,
    calls: { concurrency: 2, watchdogs: localWatchdogs },
    advice: {
      unreachable: 'No server answered. Start Ollama, or disable it in the configuration.',
      noModels: 'Pull one first, for example: ollama pull qwen3-coder',
    },
  },
  'vscode-lm': {
    unpriced: true,
    paidByPlan: true,
    modelsFromList: true,
    listsAbilities: true,
    listIsChoice: true,
    // It shows nothing of what goes on before the first word, and thinking models think long.
    calls: {
      watchdogs: {
        connectMs: 60_000,
        firstByteMs: 120_000,
        silenceMs: 90_000,
        patienceMs: Number.POSITIVE_INFINITY,
        leastTokensPerMinute: 0,
      },
    },
  },
};

/** The models that a vendor's own API offers in each tier; none for servers that serve anybody's. */
export const vendorModels = (kind: Provider['kind']): Record<Tier, string[]> | undefined =>
  providerKinds[kind].vendor?.models;
