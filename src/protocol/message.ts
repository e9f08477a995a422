import * as z from 'zod';
import { Hash, ModelRef, NanoUsd } from './ids.ts';

/** Where a native block came from; it is replayed only to the very same place. */
export const Provenance = z.object({
  provider: z.string(),
  kind: z.string(),
  model: z.string(),
  /** Tells accounts and servers apart without naming a key: a hash over base URL and credential. */
  account: z.string(),
});

export const TextPart = z.object({ type: z.literal('text'), text: z.string() });
export const ImagePart = z.object({
  type: z.literal('image'),
  mediaType: z.string(),
  data: z.string().describe('base64'),
});
export const ReasoningPart = z.object({ type: z.literal('reasoning'), text: z.string() });
export const ToolCallPart = z.object({
  type: z.literal('tool-call'),
  /** Our own id, `^[A-Za-z0-9_-]{1,64}$`, fit for every vendor. */
  id: z.string(),
  name: z.string(),
  /** Parsed arguments; a string where the model's JSON could not be parsed. */
  args: z.unknown(),
  malformed: z.boolean().optional(),
  /** What could not be parsed was nested too deep; `args` is its beginning. */
  tooDeep: z.boolean().optional(),
});
export const ToolResultPart = z.object({
  type: z.literal('tool-result'),
  id: z.string(),
  name: z.string(),
  output: z.string(),
  isError: z.boolean().optional(),
  /** For models that see; what they show is said in `output`. */
  images: z.array(ImagePart).optional(),
});

export const UserMessage = z.object({ role: z.literal('user'), parts: z.array(z.union([TextPart, ImagePart])) });
export const AssistantMessage = z.object({
  role: z.literal('assistant'),
  parts: z.array(z.union([TextPart, ReasoningPart, ToolCallPart])),
  /** The vendor's own blocks of this turn, opaque to everyone but the provider that made them. */
  native: z.object({ provenance: Provenance, blocks: z.unknown() }).optional(),
});
export const ToolMessage = z.object({ role: z.literal('tool'), parts: z.array(ToolResultPart) });
export const Message = z.discriminatedUnion('role', [UserMessage, AssistantMessage, ToolMessage]);

/** Disjoint token buckets; `reasoning` is a part of `output`. Unknown is undefined, never 0. */
export const Usage = z.object({
  input: z.number().int().nonnegative().optional(),
  cacheRead: z.number().int().nonnegative().optional(),
  cacheWrite: z.number().int().nonnegative().optional(),
  /** The part of cacheWrite with the long (1 h) time to live. */
  cacheWriteLong: z.number().int().nonnegative().optional(),
  output: z.number().int().nonnegative().optional(),
  reasoning: z.number().int().nonnegative().optional(),
  /** Counted by us, not by the vendor. */
  estimated: z.boolean().optional(),
});

export const StopReason = z.enum(['end', 'tool-calls', 'max-tokens', 'stop-sequence', 'pause', 'refusal']);

/** What went wrong with a model call; decides what the router does next. */
export const ErrorClass = z.enum([
  'retryable',
  'rate-limit',
  'quota',
  'auth',
  'model-missing',
  'context-overflow',
  'content-filter',
  'replay-invalid',
  'malformed',
  'truncated',
  'fatal',
]);

/** Why one model of a route did not answer; `unfit`: it was not even asked. */
export const ModelProblem = z.object({
  model: ModelRef,
  error: z.union([ErrorClass, z.literal('unfit')]),
  message: z.string(),
  /** When it may be asked again, where that is known: milliseconds since 1970. */
  until: z.number().optional(),
});
/** Nobody answered: what was wrong with each model of the route, in its order. */
export const Outage = z.array(ModelProblem).min(1);

/** How one model call ended. */
export const CallResult = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), stop: StopReason }),
  z.object({
    ok: z.literal(false),
    error: z.union([ErrorClass, z.literal('aborted')]),
    message: z.string(),
    status: z.number().optional(),
  }),
]);

export const CallIntent = z.object({
  call: z.string(),
  agent: z.string(),
  task: z.string().optional(),
  turn: z.number().int(),
  /** 1 for the first try of this turn, counted over retries and failovers. */
  attempt: z.number().int().positive(),
  model: ModelRef,
  /** Upper bound held in every budget scope until the outcome; undefined where the provider is local or free. */
  reserved: NanoUsd.optional(),
  requestBlob: Hash.optional(),
});

export type Provenance = z.infer<typeof Provenance>;
export type TextPart = z.infer<typeof TextPart>;
export type ImagePart = z.infer<typeof ImagePart>;
export type ReasoningPart = z.infer<typeof ReasoningPart>;
export type ToolCallPart = z.infer<typeof ToolCallPart>;
export type ToolResultPart = z.infer<typeof ToolResultPart>;
export type UserMessage = z.infer<typeof UserMessage>;
export type AssistantMessage = z.infer<typeof AssistantMessage>;
export type ToolMessage = z.infer<typeof ToolMessage>;
export type Message = z.infer<typeof Message>;
export type Usage = z.infer<typeof Usage>;
export type StopReason = z.infer<typeof StopReason>;
export type ErrorClass = z.infer<typeof ErrorClass>;
export type ModelProblem = z.infer<typeof ModelProblem>;
export type Outage = z.infer<typeof Outage>;
export type CallResult = z.infer<typeof CallResult>;
