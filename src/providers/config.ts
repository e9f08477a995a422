import type { ModelInfo } from '../core/routing/contract.ts';
import type { ProviderKind } from '../protocol/config.ts';

/** How a server of the Chat Completions kind differs from the others; guessed from the base URL where not said. */
export type ChatDialect = 'openai' | 'openrouter' | 'groq' | 'deepseek' | 'mistral' | 'xai' | 'plain';

/** An account at a vendor, or a local server, as a provider needs to know it. */
export interface ProviderConfig {
  /** Unique; the part before the slash in `provider/model`. */
  name: string;
  kind: ProviderKind;
  /** The vendor's own if left out; needed for `openai-compatible`. */
  baseUrl?: string | undefined;
  /** Sent along with every request. */
  headers?: Record<string, string> | undefined;
  /** Costs nothing: local, or said to be free. */
  free: boolean;
  /** What is known of its models; goes before what the server lists. */
  models?: ModelInfo[] | undefined;
  /** openai-compatible only. */
  dialect?: ChatDialect | undefined;
  /** anthropic only: for proxies that know neither bearer keys nor the newest API version. */
  legacyAuth?: boolean | undefined;
  /** anthropic only: `long` keeps cached prompts for an hour, at a higher price for writing them. */
  cache?: 'short' | 'long' | undefined;
  /** ollama only: tokens of context that the server makes room for. */
  numCtx?: number | undefined;
}
