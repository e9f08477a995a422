import type { IncomingHttpHeaders } from 'node:http';
import type { StopReason } from '../../protocol/message.ts';
import type { ErrorAnswer, Failure } from './failure.ts';
import type { Json } from './json.ts';
import type { Prefix } from './prefix.ts';
import type { PromptBill, PromptCache } from './prompt-cache.ts';
import type { Signer } from './signer.ts';
import type { CanonicalRequest, ModelCard } from './types.ts';

/** What a reader may use. */
export interface Context {
  signer: Signer;
  /** Tells API keys apart without holding one. */
  account: string;
  newId: (prefix: string) => string;
  /** The model of that name, or a refusal. */
  model(id: unknown): ModelCard;
}

/** A request as it came in, parsed but not yet checked. */
export interface Incoming {
  body: Json;
  headers: IncomingHttpHeaders;
  /** From the path, where the vendor has it there. */
  model?: string;
  /** Whether the path asks for a stream, where the vendor has it there. */
  stream?: boolean;
}

/** Tokens of one answer, each counted in one bucket only; `reasoning` is a part of `output`. */
export type Counted = PromptBill & { output: number; reasoning: number };

export interface ReplyCall {
  id: string | undefined;
  name: string;
  args: unknown;
  /** The arguments as text; not JSON where `malformed`. */
  json: string;
  malformed: boolean;
}

/** What is to be said, settled down to the last token. */
export interface Reply {
  id: string;
  createdSeconds: number;
  reasoning: string | undefined;
  text: string | undefined;
  calls: ReplyCall[];
  stop: StopReason;
  /** The prompt itself was blocked: nothing was generated at all. */
  blockedPrompt: boolean;
  /** Undefined: the vendor forgot to tell. */
  usage: Counted | undefined;
  chunkChars: number;
}

/** One event of a stream, without its framing. */
export interface Frame {
  event?: string;
  data: string;
}

/** A checked request and how to answer it. */
export interface Prompt {
  card: ModelCard;
  request: Pick<
    CanonicalRequest,
    'model' | 'system' | 'messages' | 'tools' | 'toolChoice' | 'maxOutputTokens' | 'stream'
  >;
  prefix: Prefix;
  bill(cache: PromptCache): PromptBill;
  frames(reply: Reply): Iterable<Frame>;
  whole(reply: Reply): unknown;
}

export type Framing = 'sse-named' | 'sse' | 'sse-crlf' | 'ndjson';

/** One wire format. */
export interface Wire {
  framing: Framing;
  /** Throws `Refusal` on what the vendor would refuse. */
  read(incoming: Incoming, context: Context): Prompt;
  error(failure: Failure, told: { requestId: string; nowMs: number }): ErrorAnswer;
  errorFrames(failure: Failure): Frame[];
  /** The answer to a request for the list of models. */
  models(cards: readonly ModelCard[]): unknown;
}
