import * as z from 'zod';
import { NanoUsd } from './ids.ts';

/** What the dashboard shows of a session. */
export const SessionView = z.object({
  session: z.string(),
  goal: z.string(),
  status: z.enum(['new', 'planning', 'awaiting-approval', 'running', 'paused', 'ended']),
  agents: z.number().int().nonnegative(),
  cost: NanoUsd,
});

/** The whole picture; sent when the dashboard opens and when it is shown again. */
const Snapshot = z.object({
  type: z.literal('snapshot'),
  revision: z.number().int().positive(),
  workspace: z.enum(['ready', 'untrusted', 'no-folder']),
  session: SessionView.optional(),
});

export const ToDashboard = z.discriminatedUnion('type', [Snapshot]);

export const FromDashboard = z.discriminatedUnion('type', [
  /** The page has loaded and listens. */
  z.object({ type: z.literal('ready') }),
  /** The page has drawn that snapshot. */
  z.object({ type: z.literal('shown'), revision: z.number().int().positive() }),
  /** The person pressed a button. */
  z.object({
    type: z.literal('run'),
    command: z.enum(['start-session', 'start-demo', 'set-api-key', 'manage-trust', 'open-folder']),
  }),
]);

export type SessionView = z.infer<typeof SessionView>;
export type Snapshot = z.infer<typeof Snapshot>;
export type ToDashboard = z.infer<typeof ToDashboard>;
export type FromDashboard = z.infer<typeof FromDashboard>;
export type DashboardCommand = Extract<FromDashboard, { type: 'run' }>['command'];
