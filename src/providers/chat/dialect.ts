import { createHash } from 'node:crypto';
import type { ProviderRequest } from '../../core/routing/contract.ts';
import type { ChatDialect, ProviderConfig } from '../config.ts';
import { effortOf, reasons } from '../openai/effort.ts';

type Fields = Record<string, unknown>;
type Effort = NonNullable<ProviderRequest['effort']>;

/** Where servers of one format part ways. */
export interface Dialect {
  name: ChatDialect;
  maxTokens: 'max_tokens' | 'max_completion_tokens';
  /** Whether usage has to be asked for; some refuse the question and tell it anyway. */
  asksForUsage: boolean;
  /** Whether the conversation's cache key is understood. */
  cacheKey: boolean;
  required: 'required' | 'any';
  effort(effort: Effort, model: string): Fields;
  /** A call id as the server accepts it. */
  callId(id: string): string;
  /** A user message may follow tool results. */
  userAfterTool: boolean;
  /** Reasoning has to be there in every answer that called tools, if only empty. */
  reasoningWithCalls: boolean;
  /** Whether this model thinks for long and sends nothing meanwhile, not even keep-alives. */
  thinksInSilence(model: string): boolean;
  /** Whether this model thinks for long and shows nothing of it, though its server may send keep-alives. */
  hidesThoughts(model: string): boolean;
  /** Anthropic models behind it cache only up to where they are told. */
  breakpoints(model: string): boolean;
}

const plain: Dialect = {
  name: 'plain',
  maxTokens: 'max_tokens',
  asksForUsage: true,
  cacheKey: false,
  required: 'required',
  effort: () => ({}),
  callId: id => id,
  userAfterTool: true,
  reasoningWithCalls: false,
  thinksInSilence: () => false,
  hidesThoughts: isHiddenThinker,
  breakpoints: () => false,
};

/** Each family of models behind Groq has its own words, and most have none. */
function groqEffort(effort: Effort, model: string): Fields {
  if (model.includes('gpt-oss')) return { reasoning_effort: effort === 'none' ? 'low' : effort };
  return model.includes('qwen') ? { reasoning_effort: effort === 'none' ? 'none' : 'default' } : {};
}

/** Only the small Grok can be told; the others refuse the question. */
function grokEffort(effort: Effort, model: string): Fields {
  return model.includes('mini') ? { reasoning_effort: effort === 'high' ? 'high' : 'low' } : {};
}

const dialects: Record<ChatDialect, Dialect> = {
  plain,
  openai: {
    ...plain,
    name: 'openai',
    thinksInSilence: reasons,
    maxTokens: 'max_completion_tokens',
    cacheKey: true,
    effort: (effort, model) => (reasons(model) ? { reasoning_effort: effortOf(model, effort) } : {}),
  },
  openrouter: {
    ...plain,
    name: 'openrouter',
    effort: effort => ({ reasoning: effort === 'none' ? { enabled: false } : { effort } }),
    breakpoints: model => model.startsWith('anthropic/'),
  },
  groq: { ...plain, name: 'groq', maxTokens: 'max_completion_tokens', effort: groqEffort },
  deepseek: {
    ...plain,
    name: 'deepseek',
    effort: effort =>
      effort === 'none'
        ? { thinking: { type: 'disabled' } }
        : { thinking: { type: 'enabled' }, reasoning_effort: effort },
    reasoningWithCalls: true,
  },
  mistral: {
    ...plain,
    name: 'mistral',
    asksForUsage: false,
    required: 'any',
    callId: nineCharacters,
    userAfterTool: false,
  },
  xai: { ...plain, name: 'xai', effort: grokEffort },
};

const hosts: [RegExp, ChatDialect][] = [
  [/(?:^|\.)openai\.com$/, 'openai'],
  [/(?:^|\.)openai\.azure\.com$/, 'openai'],
  [/(?:^|\.)openrouter\.ai$/, 'openrouter'],
  [/(?:^|\.)groq\.com$/, 'groq'],
  [/(?:^|\.)deepseek\.com$/, 'deepseek'],
  [/(?:^|\.)mistral\.ai$/, 'mistral'],
  [/(?:^|\.)x\.ai$/, 'xai'],
];

/** The dialect that was configured, or the one spoken at that address. */
export function dialectOf(config: ProviderConfig): Dialect {
  return dialects[config.dialect ?? guess(config.baseUrl)];
}

function guess(baseUrl: string | undefined): ChatDialect {
  if (baseUrl === undefined || !URL.canParse(baseUrl)) return 'plain';
  const { hostname } = new URL(baseUrl);
  return hosts.find(([host]) => host.test(hostname))?.[1] ?? 'plain';
}

/** Models of OpenAI, Google and xAI may keep what they think to themselves, whoever passes them on. */
function isHiddenThinker(model: string): boolean {
  const name = model.slice(model.lastIndexOf('/') + 1);
  if (/^gemini-/.test(name)) return !/^gemini-(?:1|2\.0)|lite|image|tts/.test(name);
  if (/^grok-/.test(name)) return /^grok-[4-9]/.test(name) && !/non-reasoning/.test(name);
  return /^(?:o\d|gpt-\d)/.test(name) && reasons(name);
}

/** Mistral takes ids of exactly nine letters and digits. */
function nineCharacters(id: string): string {
  if (/^[A-Za-z0-9]{9}$/.test(id)) return id;
  return BigInt(`0x${createHash('sha256').update(id).digest('hex').slice(0, 16)}`)
    .toString(36)
    .padStart(9, '0')
    .slice(-9);
}
