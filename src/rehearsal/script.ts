import { parse } from 'yaml';
import * as z from 'zod';
import { ModelRef, Name } from '../protocol/ids.ts';
import { VENDORS } from './wire/types.ts';

/** Text as it stands, or the content of a file beside the script, below a line of its own. */
const Content = z.union([z.string(), z.strictObject({ file: z.string(), below: z.string().optional() })]);

const Fault = z.strictObject({
  /** A kind that the wire servers know, such as `reset` or `error-event`. */
  kind: z.string(),
  after: z.number().int().nonnegative().optional(),
  /** Only where this provider is asked; the one that takes over gets through. */
  provider: Name.optional(),
  /** How many times; every time if left out. */
  times: z.number().int().positive().optional(),
});

/** Characters in one chunk, and milliseconds between chunks and before the first. */
const Pacing = z.strictObject({
  chunkChars: z.number().int().positive(),
  firstByteMs: z.number(),
  betweenMs: z.number(),
});

const Turn = z.strictObject({
  reasoning: z.string().optional(),
  text: z.string().optional(),
  /**
   * Tools by name with their arguments, in order. `{file: …}` anywhere in them is replaced by that file's content, and
   * `<reason>` by why the work was rejected.
   */
  tools: z.array(z.record(z.string(), z.unknown())).optional(),
  fault: Fault.optional(),
  /** Instead of the script's own. */
  pacing: Pacing.optional(),
});

const Part = z.strictObject({
  role: Name,
  task: Name.optional(),
  kind: z.enum(['implement', 'review', 'fix', 'escalation', 'plan', 'lead']).optional(),
  /** Only where the prompt says this, for parts that come again under other circumstances. */
  says: z.string().optional(),
  turns: z.array(Turn).min(1),
});

/** A whole team's answers, in place of models: by role, task, kind of job, circumstance and turn. */
export const Script = z.strictObject({
  name: Name,
  goal: z.string().min(1),
  /** Providers and their wire format; each answers from this script. */
  providers: z.record(Name, z.strictObject({ kind: z.enum(VENDORS) })),
  routes: z.record(Name, z.array(ModelRef).min(1)),
  pacing: Pacing.optional(),
  /** When its lead is asked; as configured unless set. */
  lead: z.enum(['active', 'quiet', 'off']).optional(),
  parts: z.array(Part).min(1),
});

export type Script = z.infer<typeof Script>;
export type Part = z.infer<typeof Part>;
export type Turn = z.infer<typeof Turn>;

/** Reads a script and puts the files it names in place. */
export async function readScript(text: string, readFile: (path: string) => Promise<string>): Promise<Script> {
  const script = Script.parse(parse(text));
  for (const part of script.parts) {
    for (const turn of part.turns) {
      if (turn.tools) turn.tools = (await filled(turn.tools, readFile)) as NonNullable<Turn['tools']>;
    }
  }
  return script;
}

async function filled(value: unknown, readFile: (path: string) => Promise<string>): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map(each => filled(each, readFile)));
  if (typeof value !== 'object' || value === null) return value;
  const content = Content.safeParse(value);
  if (content.success && typeof content.data === 'object') {
    const { file, below } = content.data;
    const text = await readFile(file);
    return below === undefined ? text : `${below}\n${text}`;
  }
  const entries = Object.entries(value).map(async ([key, each]) => [key, await filled(each, readFile)] as const);
  return Object.fromEntries(await Promise.all(entries));
}
