import * as z from 'zod';

/** What a check ran on. */
export const StoodOn = z.object({
  /** Absent: another one stood there when the check was over. */
  commit: z.string().optional(),
  /** Files that are not as in that commit: how many, and the first of them. */
  changed: z.object({ count: z.number().int().positive(), files: z.array(z.string()) }).optional(),
});

export type StoodOn = z.infer<typeof StoodOn>;
