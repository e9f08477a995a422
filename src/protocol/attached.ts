import * as z from 'zod';
import { Hash, Name } from './ids.ts';

/** An image that a person handed in: an artifact of theirs, with its content in a blob of the session. */
export const Attached = z.object({
  artifact: Name,
  mediaType: z.string(),
  blob: Hash,
  bytes: z.number().int().positive(),
});

/** More at once is a heap that no model looks through. */
export const MOST_ATTACHED = 8;
export const AttachedImages = z.array(Attached).max(MOST_ATTACHED);

export type Attached = z.infer<typeof Attached>;

/** An image that a person hands in, whole. */
export interface HandedImage {
  /** As an artifact is called. */
  name: string;
  mediaType: string;
  bytes: Uint8Array;
}
