import type { MessageCreateParamsBase } from '@anthropic-ai/sdk/resources/messages';
import type { ProviderRequest } from '../../core/routing/contract.ts';

type Thinking = Pick<MessageCreateParamsBase, 'thinking' | 'output_config'>;
type Effort = NonNullable<ProviderRequest['effort']>;

/** The smallest budget that is accepted, and what we ask for at each level. */
const budgets: Record<Exclude<Effort, 'none'>, number> = { low: 1024, medium: 8192, high: 24_576 };

/**
 * How a Claude model is told how hard to think. Since 4.6 it decides itself and takes an effort; before, it takes a
 * budget of tokens, and since 5 it refuses that. Some of the newer ones cannot be kept from thinking at all.
 */
export function thinkingOf(request: ProviderRequest, maxTokens: number): Thinking {
  const { effort, model, toolChoice } = request;
  if (effort === undefined) return {};
  const forced = toolChoice === 'required' || typeof toolChoice === 'object';
  if (adaptive(model)) {
    if (effort === 'none') {
      return alwaysThinks(model) ? { output_config: { effort: 'low' } } : { thinking: { type: 'disabled' } };
    }
    return { ...(!forced && { thinking: { type: 'adaptive' } }), output_config: { effort } };
  }
  // Thinking to a budget and a forced tool exclude each other.
  const budget = effort === 'none' || forced ? 0 : Math.min(budgets[effort], maxTokens - 1024);
  return budget < budgets.low || !thinksAtAll(model) ? {} : { thinking: { type: 'enabled', budget_tokens: budget } };
}

function adaptive(model: string): boolean {
  const version = versionOf(model);
  return version === undefined ? /claude/.test(model) && /mythos|fable/.test(model) : version >= 4.6;
}

function alwaysThinks(model: string): boolean {
  return /mythos|fable/.test(model);
}

function thinksAtAll(model: string): boolean {
  const version = versionOf(model);
  return version === undefined || version >= 3.7;
}

/** 4.5 of "claude-haiku-4-5-20251001", 3.7 of "claude-3-7-sonnet-latest"; a date is no version. */
function versionOf(model: string): number | undefined {
  const numbers = model.match(/(?<=-)\d{1,2}(?=-|$|@|:)/g);
  if (!numbers) return undefined;
  const [major, minor = '0'] = numbers;
  return Number(`${major}.${minor}`);
}

/** What a turn may write where the caller sets no limit. */
export function defaultMaxTokens(model: string): number {
  return (versionOf(model) ?? 5) < 4 ? 8192 : 32_000;
}
