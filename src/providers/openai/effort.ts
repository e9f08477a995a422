import type { ProviderRequest } from '../../core/routing/contract.ts';

type Effort = NonNullable<ProviderRequest['effort']>;

/** Models that do not reason answer 400 to everything that is about it. */
export function reasons(model: string): boolean {
  return !/^(?:ft:)?(?:gpt-3|gpt-4|chatgpt-)|-chat(?:-|$)/.test(model);
}

/** The first reasoning models cannot be kept from it altogether: they get the least they take. */
export function effortOf(model: string, effort: Effort): Effort | 'minimal' {
  if (effort !== 'none') return effort;
  if (/^o\d/.test(model) || /codex/.test(model)) return 'low';
  return /^gpt-5(?:-|$)/.test(model) ? 'minimal' : 'none';
}
