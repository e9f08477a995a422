import * as z from 'zod';

/** What every object has by nature: as a name of something it would be found where nobody put it. */
const BY_NATURE = 'constructor|hasOwnProperty|isPrototypeOf|propertyIsEnumerable|toLocaleString|toString|valueOf';

/** Names people write in plans, config and role files. */
export const Name = z
  .string()
  .regex(
    new RegExp(`^(?!(${BY_NATURE})$)[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$`),
    'use letters, digits, "-", "_" or ".", at most 64, and no name that every object has, such as "constructor"',
  );
/** SHA-256 of some bytes, in lower-case hex. */
export const Hash = z.string().regex(/^[0-9a-f]{64}$/);
/** A path inside the workspace: relative, "/" between parts, never "..". */
export const RelPath = z.string().min(1);
/** Money: whole nano-dollars. */
export const NanoUsd = z.number().int().nonnegative();
/** `provider/model`, the provider being a name from the configuration. */
export const ModelRef = z
  .string()
  .regex(new RegExp(`^(?!(${BY_NATURE})/)[A-Za-z0-9][A-Za-z0-9_.-]*\\/\\S+$`), 'write "provider/model"');

export type Hash = z.infer<typeof Hash>;
export type RelPath = z.infer<typeof RelPath>;
export type NanoUsd = z.infer<typeof NanoUsd>;
export type ModelRef = z.infer<typeof ModelRef>;
