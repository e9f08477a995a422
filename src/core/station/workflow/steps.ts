import * as z from 'zod';
import { Name } from '../../../protocol/ids.ts';
import type { KindOfWork } from './kind-of-work.ts';

/** One entry of a list of sessions, as people write it. */
export const WrittenStep = z.strictObject({
  session: Name,
  task: z.string().trim().min(1),
  output: z.string().optional(),
  triggers_on: z.union([z.string(), z.array(z.string()).min(1)]).optional(),
});

/** `workflow:` with a list of sessions. */
export const WrittenWorkflow = z.strictObject({
  name: z.string().optional(),
  phase: z.string().optional(),
  workflow: z.array(WrittenStep).min(1),
});

/** The same with what follows from where it stands. */
export interface Step {
  id: string;
  session: string;
  task: string;
  output?: string;
  triggers: string[];
  kind: KindOfWork;
  phase?: string;
  pool?: string;
}
