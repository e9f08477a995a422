import * as z from 'zod';
import type { Hash } from '../../protocol/ids.ts';
import { counted } from '../../protocol/show.ts';
import type { ForeignTool } from '../ports.ts';
import type { Journal } from '../session/contract.ts';
import type { AgentJob } from './contract.ts';
import { chosenTools } from './tools/foreign/choose.ts';
import { namesForModels } from './tools/foreign/names.ts';
import type { ToolHost } from './tools/tool.ts';
import { type ForeignSet, TOOL_NAMES } from './tools/toolset.ts';

const Given = z.array(
  z.object({
    as: z.string(),
    name: z.string(),
    description: z.string(),
    schema: z.record(z.string(), z.unknown()).optional(),
    from: z.string().optional(),
  }),
);

const OURS: ReadonlySet<string> = new Set([...TOOL_NAMES, 'find_tool', 'use_tool', 'use_skill']);

/**
 * The tools of others that an agent has: chosen when it starts, and the same from then on, through every resume: what
 * stands before a conversation may not change in the middle of it.
 */
export async function foreignToolsFor(
  { foreign, journal, hashOf }: ToolHost,
  { agent, role, resumeFrom }: AgentJob,
): Promise<ForeignSet> {
  if (role.foreign) await foreign?.ready?.();
  if (resumeFrom) return resumeFrom.foreign ?? new Map();
  const { tools, left } = chosenTools(role.foreign, role.foreign && foreign ? foreign.list() : []);
  if (left > 0) {
    const text = `The role ${role.name} names ${counted(tools.length + left, 'tool')} of extensions and servers; the first ${tools.length} are used.`;
    journal.append({ type: 'notice', level: 'warning', code: 'too-many-tools', agent, text });
  }
  const named = namesForModels(tools, OURS, hashOf);
  if (named.size === 0) return named;
  const given = [...named].map(([as, { name, description, schema, from }]) => ({
    as,
    name,
    description,
    schema,
    from,
  }));
  const blob = await journal.putText(JSON.stringify(given));
  journal.append({ type: 'agent-tools', agent, names: [...named.keys()], blob });
  return named;
}

/** What an agent was given before it was interrupted. */
export async function readForeign(
  blob: Hash,
  blobs: Pick<Journal, 'getBlob'>,
): Promise<Map<string, ForeignTool> | undefined> {
  const bytes = await blobs.getBlob(blob);
  if (!bytes) return undefined;
  const given = Given.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
  if (!given.success) return undefined;
  return new Map(
    given.data.map(({ as, name, description, schema, from }) => [
      as,
      { name, description, ...(schema && { schema }), ...(from !== undefined && { from }) },
    ]),
  );
}
