import * as z from 'zod';
import { NextStep, OverviewView, type Row, SessionView, type TableName, tables } from './dashboard-rows.ts';
import { TeamView } from './dashboard-team.ts';
import { Hash, RelPath } from './ids.ts';
import { InboxRequest } from './inbox.ts';

const names = Object.keys(tables) as TableName[];
export type Upserts = { [T in TableName]?: Row<T>[] };

const Upsert = z.object(
  Object.fromEntries(names.map(name => [name, z.array(tables[name] as z.ZodType).optional()])),
) as unknown as z.ZodType<Upserts>;
const Remove = z.partialRecord(z.enum(names as [TableName, ...TableName[]]), z.array(z.string()));

/** A piece of what an agent says and does right now. */
export const LivePart = z.object({
  kind: z.enum(['text', 'reasoning', 'tool', 'arguments', 'output', 'result', 'failure', 'model', 'discarded']),
  text: z.string(),
});

/** What one agent adds to the view that watches it; with `reset`, the page forgets what it has. */
const Live = z.object({ agent: z.string(), reset: z.boolean(), parts: z.array(LivePart) });

/**
 * What has changed since the last update. With `reset`, the page forgets everything first: the beginning of a whole
 * snapshot, which comes in parts so that none is long to read; it stands when an update is `complete`.
 */
const Update = z.object({
  type: z.literal('update'),
  revision: z.number().int().positive(),
  /** The host's clock, which dated everything in it. */
  now: z.number(),
  reset: z
    .object({
      workspace: z.enum(['ready', 'untrusted', 'no-folder']),
      /** The session that is shown. */
      session: z.string().optional(),
    })
    .optional(),
  complete: z.boolean(),
  session: SessionView.optional(),
  overview: OverviewView.optional(),
  upsert: Upsert.optional(),
  remove: Remove.optional(),
  /** Tokens that agents have streamed in the call that runs, by our own estimate; 0 when the call has ended. */
  streaming: z.array(z.tuple([z.string(), z.number().int().nonnegative()])).optional(),
  live: Live.optional(),
  /** The standing team of the workspace; null: none stands here any more. */
  team: TeamView.nullable().optional(),
});

/** Translations of the page's texts, by the English text; told once, before anything is shown. */
const Texts = z.object({ type: z.literal('texts'), texts: z.record(z.string(), z.string()) });

/** How a request of the page ended. */
const Answer = z.object({
  type: z.literal('answer'),
  request: z.number().int(),
  ok: z.boolean(),
  message: z.string().optional(),
});

/** What the page has asked to see in full. */
const Fetched = z.object({
  type: z.literal('fetched'),
  request: z.number().int(),
  ok: z.boolean(),
  text: z.string(),
  /** Characters left out at the end. */
  omitted: z.number().int().nonnegative(),
});

/** The host could not go on telling. */
const Failed = z.object({ type: z.literal('failed'), message: z.string() });

export const ToDashboard = z.discriminatedUnion('type', [Update, Texts, Answer, Fetched, Failed]);

const Fetch = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('blob'), blob: Hash }),
  /** Answered with an address that holds it. */
  z.object({ kind: z.literal('picture'), blob: Hash }),
  z.object({ kind: z.literal('instructions'), task: z.string() }),
]);

export const FromDashboard = z.discriminatedUnion('type', [
  /** The page has loaded and listens; it had shown that session and watched that agent before. */
  z.object({ type: z.literal('ready'), session: z.string().optional(), watch: z.string().optional() }),
  /** The page has drawn that update. */
  z.object({ type: z.literal('drawn'), revision: z.number().int().positive() }),
  z.object({ type: z.literal('choose'), session: z.string() }),
  z.object({ type: z.literal('watch'), agent: z.string().optional() }),
  /** To be done by the owner of the session that is shown. */
  z.object({ type: z.literal('request'), request: z.number().int(), session: z.string(), body: InboxRequest }),
  z.object({ type: z.literal('fetch'), request: z.number().int(), session: z.string(), what: Fetch }),
  z.object({ type: z.literal('open-file'), path: RelPath, line: z.number().int().positive().optional() }),
  z.object({ type: z.literal('open-transcript'), session: z.string(), agent: z.string() }),
  /** The person has chosen a task of the plan. */
  z.object({ type: z.literal('reveal-task'), task: z.string() }),
  /** Nothing arrived for a while: tell everything again. */
  z.object({ type: z.literal('again') }),
  /** The person pressed a button. */
  z.object({
    type: z.literal('run'),
    command: z.enum(['start-session', 'start-demo', 'connect-model', 'manage-trust', 'open-folder', 'show-log']),
  }),
  /** A task that did not get done is to begin anew, also where nobody runs its session. */
  z.object({ type: z.literal('retry-task'), session: z.string(), task: z.string() }),
  z.object({ type: z.literal('step'), step: NextStep, session: z.string() }),
]);

export type Update = z.infer<typeof Update>;
export type LivePart = z.infer<typeof LivePart>;

export type ToDashboard = z.infer<typeof ToDashboard>;
export type FromDashboard = z.infer<typeof FromDashboard>;
export type Fetch = z.infer<typeof Fetch>;
export type DashboardCommand = Extract<FromDashboard, { type: 'run' }>['command'];
