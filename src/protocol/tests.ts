import * as z from 'zod';

const count = z.number().int().nonnegative();
const counts = {
  passed: count,
  failed: count,
  /** Left out on purpose: skipped, pending, ignored, to be written, or expected to fail. */
  skipped: count.optional(),
};

/** How tests went, as their runner told. */
export const TestFigures = z.object({
  ...counts,
  /** Who told, where that was noted. */
  runners: z.array(z.string()).optional(),
  /** By file, package, crate or group; they add up to the whole, or there are none. */
  suites: z.array(z.object({ name: z.string(), ...counts })).optional(),
});

/** A part of a whole, in percent; with the counts behind it where they were told. */
const Share = z.object({ percent: z.number(), covered: count.optional(), total: count.optional() });

/** How much of the code the tests ran, as their runner or its report told. */
export const Coverage = z.object({
  /** Who told: a runner's name, or the path of its report. */
  from: z.string(),
  lines: Share.optional(),
  branches: Share.optional(),
  functions: Share.optional(),
  statements: Share.optional(),
  /** Of packages, where nobody told of the whole. */
  parts: z.array(z.object({ name: z.string(), percent: z.number() })).optional(),
});

export type TestFigures = z.infer<typeof TestFigures>;
export type Coverage = z.infer<typeof Coverage>;
export type Share = z.infer<typeof Share>;
