import type { Provider } from './contract.ts';
import type { Tier } from './provider-kinds.ts';

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
  // It says at the end whether the whole holds.
  'qa-specialist': { tier: 'strong', vendors: ['openai', 'google', 'anthropic'], leads: true },
  reviewer: { tier: 'strong', vendors: ['anthropic', 'openai', 'google'], leads: true },
  // Reads much for others and says little.
  helper: { tier: 'light', vendors: ['anthropic', 'openai', 'google'] },
  documentation: { tier: 'light', vendors: ['google', 'openai', 'anthropic'] },
};

/** For roles of the user's own. */
export const otherRole: RoleDefaults = { tier: 'strong', vendors: ['anthropic', 'openai', 'google'] };
/** Tasks that drive a user interface: models that see screenshots well, whatever the role. */
export const uiTest: RoleDefaults = { tier: 'strong', vendors: ['google', 'openai', 'anthropic'] };
