import * as z from 'zod';
import { RelPath } from './ids.ts';

const Part = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['text', 'thought']), text: z.string() }),
  /** A call of a tool, with what came of it, where that is known. */
  z.object({
    kind: z.literal('call'),
    tool: z.string(),
    /** Its arguments, as JSON. */
    args: z.string(),
    result: z.string().optional(),
    failed: z.boolean().optional(),
  }),
]);

/** Who said something: whoever gives the work, or the agent. */
export const TranscriptEntry = z.object({ by: z.enum(['others', 'agent']), parts: z.array(Part) });

export const ToTranscript = z.discriminatedUnion('type', [
  z.object({ type: z.literal('texts'), texts: z.record(z.string(), z.string()) }),
  z.object({
    type: z.literal('transcript'),
    title: z.string(),
    about: z.string(),
    entries: z.array(TranscriptEntry),
  }),
]);

export const FromTranscript = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('open-file'), path: RelPath }),
]);

export type TranscriptEntry = z.infer<typeof TranscriptEntry>;
export type ToTranscript = z.infer<typeof ToTranscript>;
export type FromTranscript = z.infer<typeof FromTranscript>;
