import * as z from 'zod';

/** Names people write in plans, config and role files. */
export const Name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, 'use letters, digits, "-", "_" or ".", at most 64');
/** SHA-256 of some bytes, in lower-case hex. */
export const Hash = z.string().regex(/^[0-9a-f]{64}$/);
/** A path inside the workspace: relative, "/" between parts, never "..". */
export const RelPath = z.string().min(1);
/** Money: whole nano-dollars. */
export const NanoUsd = z.number().int().nonnegative();
/** `provider/model`, the provider being a name from the configuration. */
export const ModelRef = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*\/\S+$/, 'write "provider/model"');

export type Hash = z.infer<typeof Hash>;
export type RelPath = z.infer<typeof RelPath>;
export type NanoUsd = z.infer<typeof NanoUsd>;
export type ModelRef = z.infer<typeof ModelRef>;
