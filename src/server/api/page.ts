import * as z from 'zod';
import { ProblemError } from '../problem.ts';

const MOST = 500;

export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(MOST).default(100),
  /** The `next` of the page before. */
  cursor: z.string().max(300).optional(),
});

/** A page of a list, by the key of its last item: what is added or gone in between moves nothing. */
export function page<T>(
  all: readonly T[],
  keyOf: (item: T) => string,
  { limit, cursor }: z.infer<typeof PageQuery>,
): { items: T[]; next?: string } {
  const at = cursor === undefined ? 0 : all.findIndex(item => encode(keyOf(item)) === cursor) + 1;
  if (cursor !== undefined && at === 0)
    throw new ProblemError('bad-request', 'The cursor is of no page of this list any more.');
  const items = all.slice(at, at + limit);
  const last = items.at(-1);
  return { items, ...(last !== undefined && at + limit < all.length && { next: encode(keyOf(last)) }) };
}

const encode = (key: string) => Buffer.from(key).toString('base64url').slice(0, 300);
