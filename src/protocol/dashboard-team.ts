import * as z from 'zod';
import { Name, NanoUsd } from './ids.ts';
import { MemberStanding } from './member.ts';

const count = z.number().int().nonnegative();
const at = z.number();

/** What a member is at. */
const Doing = z.object({ item: z.string(), text: z.string(), since: at, session: z.string() });

/** Who stands in the workspace's team, and what its queue looks like; told whole, since it is short. */
export const TeamView = z.object({
  paused: z.boolean(),
  members: z.array(
    z.object({
      name: Name,
      /** What it is in: its pool, or else its role. */
      place: Name,
      standing: MemberStanding,
      /** It waits for the person's answer. */
      asks: z.boolean(),
      /** It takes nothing more after this. */
      pauses: z.boolean(),
      doing: Doing.optional(),
      /** Why it does not get on. */
      note: z.string().optional(),
      done: count,
      failed: count,
      cost: NanoUsd,
    }),
  ),
  waiting: count,
  held: count,
  /** What begins next, as things stand. */
  next: z.object({ item: z.string(), text: z.string(), begins: at }).optional(),
  /** When all that waits will be done, as things stand. */
  until: at.optional(),
});

export type TeamView = z.infer<typeof TeamView>;
