import * as z from 'zod';
import { ModelRef, Name } from './ids.ts';

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'write "HH:MM"');

/** What may be said of a member. */
export const MemberEntry = z.strictObject({
  role: Name.optional().describe('The role it works in; by its pool unless set'),
  models: z.array(ModelRef).min(1).optional().describe('Models in order of preference'),
  provider: Name.optional().describe('Whose models are asked first'),
  worker: Name.optional().describe('The CLI agent that does its work'),
  pool: Name.optional().describe('Members of a pool share what is meant for the pool'),
  goodAt: z.string().min(1).optional().describe('What it is good at, in a sentence it is told, too'),
  hours: z
    .strictObject({
      from: clock.describe('Hour and minute from which on it does'),
      to: clock.describe('Hour and minute until which it does'),
      zone: z.string().optional().describe('Time zone of the hours, such as Europe/Zurich; of the machine unless set'),
    })
    .optional()
    .describe('When it takes new work; always unless set'),
});

/** A named place in the standing team; what another version says beside it is passed over. */
export const Member = z.object({
  ...MemberEntry.shape,
  hours: z.object({ from: z.string(), to: z.string(), zone: z.string().optional() }).optional(),
  name: Name,
  role: Name,
});

/** How a member stands. */
export const MemberStanding = z.enum(['idle', 'at-work', 'stuck', 'parked', 'paused', 'out-of-money', 'off-hours']);

export type MemberStanding = z.infer<typeof MemberStanding>;
export type MemberEntry = z.infer<typeof MemberEntry>;
export type Member = z.infer<typeof Member>;
