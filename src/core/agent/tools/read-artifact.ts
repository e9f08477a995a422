import * as z from 'zod';
import { fence } from './fence.ts';
import { showImage } from './show-image.ts';
import { defineTool, refuse } from './tool.ts';

const MAX_OUTPUT = 60_000;

export const readArtifact = defineTool({
  name: 'read_artifact',
  description: 'Reads what another task published, the newest version unless one is named. Without a name: lists all.',
  effect: 'read',
  args: z.object({
    name: z.string().min(1).optional(),
    version: z.number().int().min(1).optional(),
    offset: z.number().int().min(0).optional().describe('Character to begin at, for a long one.'),
  }),
  aliases: { artifact: 'name' },
  doing: args => (args.name ? `reads artifact ${args.name}` : 'lists artifacts'),
  async run(args, context) {
    const { artifacts } = context.host.journal.state;
    const all = [...artifacts.values()].flatMap(versions => versions.at(-1) ?? []);
    const listed = all.map(one => `${one.artifact} (version ${one.version}, ${one.mediaType}, ${one.bytes} bytes)`);
    if (args.name === undefined) {
      return {
        ok: true,
        output: listed.length ? fence(context, listed.join('\n')) : 'Nothing has been published yet.',
      };
    }
    const versions = artifacts.get(args.name);
    const found = args.version ? versions?.find(one => one.version === args.version) : versions?.at(-1);
    if (!found) {
      const known = listed.length ? `Published are: ${listed.join('; ')}.` : 'Nothing has been published yet.';
      return refuse(
        'not-found',
        `There is no artifact "${args.name}"${args.version ? ` in version ${args.version}` : ''}. ${known}`,
      );
    }
    const bytes = await context.host.journal.getBlob(found.blob);
    if (!bytes)
      return refuse('not-found', `The content of "${args.name}" is no longer there. Ask for it with report_blocker.`);
    if (found.mediaType.startsWith('image/')) {
      const shown = showImage(`Artifact ${found.artifact}, version ${found.version}, by ${found.agent}`, bytes);
      if (shown) return shown;
    }
    const text = new TextDecoder().decode(bytes);
    const offset = args.offset ?? 0;
    const part = text.slice(offset, offset + Math.min(MAX_OUTPUT, context.room));
    const rest = text.length - offset - part.length;
    const more = rest > 0 ? ` ${rest} more characters: read on with offset ${offset + part.length}.` : '';
    const head = `${found.artifact}, version ${found.version}, ${found.mediaType}, by ${found.agent}.${more}`;
    return { ok: true, output: `${head}\n${fence(context, part)}` };
  },
});
