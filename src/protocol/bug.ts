import * as z from 'zod';

/** How bad a bug is: the first three are for now, whatever else is for within a day. */
const BugSeverity = z.enum(['production', 'security', 'performance', 'other']);

/** What somebody who tests or reviews has found wrong, so that others can see it for themselves. */
export const Bug = z.object({
  title: z.string(),
  severity: BugSeverity,
  steps: z.array(z.string()),
  expected: z.string(),
  seen: z.string(),
  evidence: z.string().optional(),
});

export type Bug = z.infer<typeof Bug>;
