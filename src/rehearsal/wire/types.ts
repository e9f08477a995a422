import type { IncomingHttpHeaders } from 'node:http';
import type { LimitInfo, ToolSpec } from '../../core/routing/contract.ts';
import type { Message, StopReason, Usage } from '../../protocol/message.ts';
import type { Fault } from './fault.ts';

/** The wire formats spoken here, under the names that kinds of providers have. */
export const VENDORS = ['anthropic', 'openai', 'openai-compatible', 'google', 'ollama'] as const;
export type Vendor = (typeof VENDORS)[number];

/** What a client may ask a server for. */
export type Endpoint = 'generate' | 'models' | 'count-tokens' | 'show';

/** A model the servers claim to have. */
export interface ModelCard {
  id: string;
  contextTokens: number;
  maxOutputTokens: number;
  /** The shortest prompt that the vendor caches, in tokens. */
  cacheMinTokens?: number;
  /** Cached prompts are billed in steps of this many tokens. */
  cacheStep?: number;
  /** OpenAI tells what it wrote to its cache, for models that bill it. */
  cacheWrites?: boolean;
  /** False: the server refuses tools for it, as Ollama does. */
  tools?: boolean;
  /** Where Chat Completions puts reasoning, if the dialect has a place for it. */
  reasoningField?: 'reasoning_content' | 'reasoning';
}

/** A request for an answer, checked and said in our own words. */
export interface CanonicalRequest {
  vendor: Vendor;
  model: string;
  system: string;
  messages: Message[];
  tools: ToolSpec[];
  toolChoice?: 'auto' | 'none' | 'required' | { name: string };
  maxOutputTokens?: number;
  stream: boolean;
  apiKey?: string;
  headers: IncomingHttpHeaders;
  /** Counted over all vendors, from 0. */
  requestIndex: number;
  /** Tokens of the whole prompt, as counted here. */
  promptTokens: number;
  /** The body as it was sent. */
  raw: unknown;
}

/** Any request a server got, before it is answered. */
export interface WireCall {
  vendor: Vendor;
  endpoint: Endpoint;
  requestIndex: number;
  apiKey?: string;
  /** Only where an answer is asked for and the request was in order. */
  request?: CanonicalRequest;
}

/** How an answer is cut up and spread over time. */
export interface Pacing {
  /** Characters of text in one event. */
  chunkChars?: number;
  firstByteMs?: number;
  betweenMs?: number;
}

export interface ScriptedCall {
  name: string;
  /** Undefined: a call without arguments. */
  args?: unknown;
  /** Ours if left out. */
  id?: string;
}

/** What the model says. */
export interface ScriptedAnswer {
  reasoning?: string;
  text?: string;
  toolCalls?: ScriptedCall[];
  /** Left out: `tool-calls` where there are any, else `end`. */
  stop?: StopReason;
  /** Buckets given here replace the counted ones. */
  usage?: Usage;
  pacing?: Pacing;
  /** Told in the vendor's limit headers. */
  limits?: LimitInfo;
  fault?: Fault;
  /** Payloads of a recorded stream, sent in the vendor's framing instead of the above. */
  replay?: string[];
}

/** How a request ended, seen from the server. */
export type Ended = 'complete' | 'client-closed' | 'fault' | 'server-closed';

/** One request in the log. */
export interface RequestRecord {
  requestIndex: number;
  vendor: Vendor | undefined;
  endpoint: Endpoint | undefined;
  path: string;
  model?: string;
  apiKey?: string;
  /** Undefined while nothing was answered. */
  status?: number;
  /** What was wrong with the request, in the vendor's words. */
  refused?: string;
  fault?: Fault['kind'];
  /** Billed, in our buckets. */
  usage?: Usage;
  /** Kept for the latest requests only, see `keepRequests`. */
  request?: CanonicalRequest;
  ended?: Ended;
  done: Promise<Ended>;
}

export interface WireOptions {
  answer: (request: CanonicalRequest) => ScriptedAnswer | Promise<ScriptedAnswer>;
  /** A fault for this request; wins over the one in the answer. */
  faults?: (call: WireCall) => Fault | undefined;
  /** Makes ids and signatures the same in every run. */
  seed?: number;
  /** Keys that are accepted; any if left out. Ollama asks for none. */
  keys?: readonly string[];
  /** Replaces the models of a vendor. */
  models?: Partial<Record<Vendor, readonly ModelCard[]>>;
  /** Milliseconds since 1970, for the life of cache entries and for retry dates. */
  now?: () => number;
  port?: number;
  /** How many of the latest requests keep their content in the log: 1,000 if left out. */
  keepRequests?: number;
}

/** Local servers for all vendors, on one port of 127.0.0.1. */
export interface WireServers {
  /** Base URLs as each vendor's own SDK takes them. */
  urls: Record<Vendor, string>;
  requests: readonly RequestRecord[];
  /** Open connections now, and all there ever were. */
  connections(): { open: number; total: number };
  /** Resolves when no request is being answered. */
  idle(): Promise<void>;
  close(): Promise<void>;
}
