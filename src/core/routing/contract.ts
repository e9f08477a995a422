import type { ProviderKind } from '../../protocol/config.ts';
import type { ModelRef, NanoUsd } from '../../protocol/ids.ts';
import type {
  AssistantMessage,
  ErrorClass,
  Message,
  Outage,
  Provenance,
  StopReason,
  Usage,
} from '../../protocol/message.ts';

/** A tool as the model is told of it. */
export interface ToolSpec {
  name: string;
  description: string;
  /** JSON Schema of the arguments: always an object. */
  parameters: Record<string, unknown>;
}

/** One request to one model, in our own words. */
export interface ProviderRequest {
  model: string;
  system: string;
  /** How many characters at its beginning are the same in other conversations: a vendor's cache may hold them. */
  sharedSystem?: number;
  tools: ToolSpec[];
  toolChoice?: 'auto' | 'none' | 'required' | { name: string };
  messages: Message[];
  maxOutputTokens?: number;
  effort?: 'none' | 'low' | 'medium' | 'high';
  /** The same for all turns of one conversation: keys the vendor's prompt cache. */
  conversation: string;
}

/** The code of an error that says that the model, or its server, takes no tools. */
export const NO_TOOLS = 'no-tools';

/** When a provider says to come back. */
export interface RetryHint {
  afterMs: number;
}

/** What a provider's limit headers told, per credential. */
export interface LimitInfo {
  requests?: { limit?: number; remaining?: number; resetMs?: number };
  tokens?: { limit?: number; remaining?: number; resetMs?: number };
}

export interface ProviderError {
  type: 'error';
  class: ErrorClass | 'aborted';
  /** For people; redacted. Nobody matches it. */
  message: string;
  status?: number;
  code?: string;
  retry?: RetryHint;
  /** What came was no answer of the API, as its status or type shows: a web page, nothing at all, another address. */
  unbilled?: true;
  /** What is known of the cut answer's tokens. */
  usage?: Usage;
}

export interface ProviderFinish {
  type: 'finish';
  stop: StopReason;
  message: AssistantMessage;
  /** Undefined buckets are unknown. */
  usage: Usage;
  /** The vendor's own words, beside ours. */
  raw?: { stop?: string; usage?: unknown; model?: string; id?: string };
}

/** Every stream is any number of the first kinds, then exactly one `finish` or `error`. */
export type ProviderEvent =
  /** The connection answered: headers are here. */
  | { type: 'open'; limits?: LimitInfo }
  /**
   * Something came, though nothing to show: keeps the watchdog calm. `part`: no more than so many bytes of something
   * longer. `thinking`: the model is at work and says nothing meanwhile.
   */
  | { type: 'alive'; part?: number; thinking?: true }
  | { type: 'text'; text: string }
  | { type: 'reasoning'; text: string }
  | { type: 'tool-call-start'; id: string; name: string }
  | { type: 'tool-call-delta'; id: string; json: string }
  | ProviderFinish
  | ProviderError;

export interface ModelInfo {
  id: string;
  contextTokens?: number;
  maxOutputTokens?: number;
  tools?: boolean;
  images?: boolean;
  reasoning?: boolean;
}

/** An account at a vendor, or a local server. Never throws: failure is the last event. */
export interface Provider {
  readonly name: string;
  /** `vscode-lm`: the models that the editor itself offers, which nobody configures. */
  readonly kind: ProviderKind | 'vscode-lm';
  /** Costs nothing: local, or said to be free. */
  readonly free: boolean;
  /** Whether this model may think for long without a single byte of it. */
  thinksInSilence?(model: string): boolean;
  /** Whether this model may think for long while nothing but keep-alives comes. */
  hidesThoughts?(model: string): boolean;
  /** Whose native blocks it may replay: the same for equal account, base URL and model. */
  provenance(model: string): Provenance;
  stream(request: ProviderRequest, signal: AbortSignal): AsyncIterable<ProviderEvent>;
  listModels(signal: AbortSignal): Promise<{ ok: true; models: ModelInfo[] } | { ok: false; error: ProviderError }>;
  /** The vendor's own count where it offers one. */
  countTokens?(request: ProviderRequest, signal: AbortSignal): Promise<number | undefined>;
}

/** What an agent asks of the router. */
export interface RouteRequest {
  agent: string;
  task?: string;
  turn: number;
  /** Models in order of preference; the router walks it. */
  route: ModelRef[];
  system: string;
  /** How many characters at its beginning are the same in other conversations: a vendor's cache may hold them. */
  sharedSystem?: number;
  tools: ToolSpec[];
  toolChoice?: ProviderRequest['toolChoice'];
  messages: Message[];
  maxOutputTokens?: number;
  effort?: ProviderRequest['effort'];
}

/** Why no model of the route answered. */
export type RouteFailure =
  | {
      reason: 'exhausted';
      last: { class: ErrorClass; message: string; model: ModelRef };
      retryAt?: number;
      outage?: Outage;
    }
  | { reason: 'budget'; scope: string; message: string }
  | { reason: 'context-overflow'; message: string }
  | { reason: 'content-filter'; message: string }
  | { reason: 'no-model'; message: string; outage?: Outage }
  | { reason: 'aborted' };

/** What flows beside the journal while a turn is answered; ends with exactly one `answer` or `failed`. */
export type RouteEvent =
  | { type: 'attempt'; call: string; model: ModelRef }
  | { type: 'text'; text: string }
  | { type: 'reasoning'; text: string }
  | { type: 'tool-call-start'; id: string; name: string }
  | { type: 'tool-call-delta'; id: string; json: string }
  /** What came of this call is void; the turn starts again. */
  | { type: 'discard'; call: string; error: ErrorClass }
  | {
      type: 'answer';
      call: string;
      model: ModelRef;
      stop: StopReason;
      message: AssistantMessage;
      usage: Usage;
      cost?: NanoUsd;
    }
  | { type: 'failed'; failure: RouteFailure };

/** Finds a model that answers, counts every token and cent, and journals each attempt. Never throws. */
export interface Router {
  complete(request: RouteRequest, signal: AbortSignal): AsyncIterable<RouteEvent>;
  /** The largest prompt this route can take, in tokens, as far as known. */
  contextTokens(route: ModelRef[]): number | undefined;
  /** Beyond so many tokens of prompt this model costs more for each of them, as far as known. */
  cheapTokens?(model: ModelRef | undefined): number | undefined;
  /** Finds out the windows and price steps of these models where that takes a question or two; to be waited for before one relies on them. */
  learnWindows?(route: ModelRef[]): Promise<void>;
}
