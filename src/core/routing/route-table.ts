import type { Provider } from './contract.ts';

/** How much a model should be able to do, and so what it may cost. */
export type Tier = 'best' | 'strong' | 'light';

/** What each vendor offers in each tier, the first choice first. */
export const vendorModels: Partial<Record<Provider['kind'], Record<Tier, string[]>>> = {
  anthropic: {
    best: ['claude-opus-5-5', 'claude-sonnet-5-5'],
    strong: ['claude-sonnet-5-5'],
    light: ['claude-haiku-5-5'],
  },
  openai: {
    best: ['gpt-6-astra', 'gpt-6.1-sol'],
    strong: ['gpt-6.1-sol'],
    light: ['gpt-6-luna'],
  },
  google: {
    best: ['gemini-4-argon'],
    strong: ['gemini-4-argon'],
    light: ['gemini-3.8-flash'],
  },
};

/** What a role needs, and whom it asks first: no two specialists begin at the same vendor, so that their limits add up. */
export interface RoleDefaults {
  tier: Tier;
  vendors: Provider['kind'][];
  /** Too much depends on it: never sent to a local model first, however simple the task is said to be. */
  leads?: boolean;
}

export const roleDefaults: Record<string, RoleDefaults> = {
  orchestrator: { tier: 'best', vendors: ['anthropic', 'openai', 'google'], leads: true },
  planner: { tier: 'best', vendors: ['anthropic', 'openai', 'google'], leads: true },
  architect: { tier: 'best', vendors: ['anthropic', 'openai', 'google'], leads: true },
  implementer: { tier: 'strong', vendors: ['anthropic', 'openai', 'google'] },
  'frontend-specialist': { tier: 'strong', vendors: ['openai', 'anthropic', 'google'] },
  'backend-specialist': { tier: 'strong', vendors: ['google', 'anthropic', 'openai'] },
  'qa-specialist': { tier: 'light', vendors: ['openai', 'google', 'anthropic'] },
  reviewer: { tier: 'strong', vendors: ['anthropic', 'openai', 'google'], leads: true },
  documentation: { tier: 'light', vendors: ['google', 'openai', 'anthropic'] },
};

/** For roles of the user's own. */
export const otherRole: RoleDefaults = { tier: 'strong', vendors: ['anthropic', 'openai', 'google'] };
/** Tasks that drive a user interface: models that see screenshots well, whatever the role. */
export const uiTest: RoleDefaults = { tier: 'strong', vendors: ['google', 'openai', 'anthropic'] };
