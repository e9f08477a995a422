import * as z from 'zod';
import { Name } from '../../../protocol/ids.ts';
import { notFound, resolvePath } from './paths.ts';
import { defineTool, refuse, type ToolContext } from './tool.ts';

const MAX_BYTES = 1_000_000;

const kindOf = (content: string): string => {
  try {
    return typeof JSON.parse(content) === 'object' ? 'application/json' : 'text/plain';
  } catch {
    return 'text/markdown';
  }
};

const notJson = (content: string): string | undefined => {
  try {
    JSON.parse(content);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

/** Another task's artifact is not ours to replace. */
const owner = (name: string, context: ToolContext): string | undefined => {
  const latest = context.host.journal.state.artifacts.get(name)?.at(-1);
  if (!latest || latest.agent === context.agent || context.task?.publishes.includes(name)) return undefined;
  return latest.task === context.task?.id ? undefined : (latest.task ?? latest.agent);
};

export const publishArtifact = defineTool({
  name: 'publish_artifact',
  description:
    'Hands something to other tasks under a name: a contract such as an OpenAPI document or a JSON Schema, a note. Give its content, or the path of a file that holds it. The same name again makes a new version.',
  effect: 'none',
  args: z.object({
    name: Name,
    content: z.string().min(1).optional(),
    path: z.string().min(1).optional().describe('A file of the workspace, instead of content.'),
    mediaType: z
      .string()
      .regex(/^[\w.+-]+\/[\w.+-]+$/, 'write it as "application/json"')
      .optional(),
  }),
  aliases: { artifact: 'name', text: 'content', media_type: 'mediaType', type: 'mediaType', file: 'path' },
  doing: args => `publishes ${args.name}`,
  async run(args, context) {
    const { host, agent, task } = context;
    if ((args.content === undefined) === (args.path === undefined)) {
      return refuse('bad-arguments', 'Give either "content" or "path", not both. Nothing was published.');
    }
    const other = owner(args.name, context);
    if (other) {
      return refuse('outside-claim', `"${args.name}" belongs to ${other}. Publish yours under another name.`);
    }
    let content = args.content;
    if (args.path !== undefined) {
      const resolved = await resolvePath(context, args.path, 'read');
      if (!resolved.ok) return resolved;
      const file = await host.agentFiles.read(resolved.path, context.signal);
      if (!file) return notFound(context, resolved.path);
      if (file.text === undefined) return refuse('binary', `"${resolved.path}" is not text and cannot be published.`);
      content = file.text;
    }
    const text = content ?? '';
    const mediaType = args.mediaType ?? kindOf(text);
    const problem = /[/+]json$/.test(mediaType) ? notJson(text) : undefined;
    if (problem) return refuse('bad-arguments', `The content is not valid JSON: ${problem}. Nothing was published.`);
    const bytes = new TextEncoder().encode(text);
    if (bytes.length > MAX_BYTES) {
      return refuse('too-large', `It has ${bytes.length} bytes, more than ${MAX_BYTES}. Publish the part others need.`);
    }
    const latest = host.journal.state.artifacts.get(args.name)?.at(-1);
    const blob = await host.journal.putText(text);
    if (latest?.blob === blob) {
      return { ok: true, output: `"${args.name}" is published as version ${latest.version}.` };
    }
    const version = (host.journal.state.artifacts.get(args.name)?.at(-1)?.version ?? 0) + 1;
    host.journal.append({
      type: 'artifact-published',
      artifact: args.name,
      version,
      agent,
      ...(task && { task: task.id }),
      mediaType,
      blob,
      bytes: bytes.length,
    });
    return { ok: true, output: `Published "${args.name}" as version ${version}.` };
  },
});
