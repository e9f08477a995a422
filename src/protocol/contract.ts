import * as z from 'zod';

export const ContractResult = z.enum(['kept', 'broken', 'not-tried']);

/** One request to the parts at work, and whether the answer was as the contract says. */
export const ContractCase = z.object({
  /** `data`: what it is for; `errors`: what was wrong on purpose; `cors`: from another origin; `methods`: one it does not have. */
  kind: z.enum(['data', 'errors', 'cors', 'methods']),
  name: z.string(),
  result: ContractResult,
  /** What differs, or why it was not tried. */
  detail: z.string().optional(),
});

/** One operation of a contract: broken as soon as one case is, kept when something was tried and nothing is broken. */
export const ContractRow = z.object({ operation: z.string(), result: ContractResult, cases: z.array(ContractCase) });

/** What came of a contract, operation by operation. */
export const ContractOutcome = z.object({
  artifact: z.string(),
  version: z.number().int().positive(),
  kind: z.enum(['json-schema', 'openapi']),
  rows: z.array(ContractRow),
});

export type ContractResult = z.infer<typeof ContractResult>;
export type ContractCase = z.infer<typeof ContractCase>;
export type ContractRow = z.infer<typeof ContractRow>;
export type ContractOutcome = z.infer<typeof ContractOutcome>;
