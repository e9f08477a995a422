import type { ForeignTool } from '../../../ports.ts';
import { INTERRUPTED_TOOL } from '../../prompts/corrections.ts';
import { reasonGiven } from '../../reason-given.ts';
import { cutLine, fence } from '../fence.ts';
import { keepPicture } from '../keep-picture.ts';
import { type Refusal, refuse, type Tool, type ToolContext } from '../tool.ts';
import { type PictureIn, picturesIn, resultText } from './result.ts';
import { argumentsCheck, parametersOf } from './schema.ts';

const LIMIT_MINUTES = 10;
const DESCRIPTION = 2000;
const SHOWN = 300;
const MOST_IMAGES = 4;
/** Of one tool in a session. */
const MOST_KEPT = 50;

type Args = Record<string, unknown>;

const gone = (name: string): Refusal =>
  refuse(
    'gone',
    `${name} is not there any more, so nothing was done. It will not come back by asking: go on without it.`,
  );

/** Asks whoever decides, each time unless an answer was given for longer. */
async function permission(tool: ForeignTool, args: Args, context: ToolContext): Promise<Refusal | undefined> {
  const { host, agent, signal } = context;
  const current = host.foreign?.list().find(({ name }) => name === tool.name);
  if (!current) return gone(tool.name);
  const what = `${tool.name} ${JSON.stringify(args)}`;
  const rule = tool.name;
  const verdict = host.judgeTool?.(current) ?? 'ask';
  if (verdict === 'allow') return undefined;
  const advice = 'Do not use it again; take another way, or report a blocker if there is none.';
  if (verdict === 'deny') {
    host.journal.append({ type: 'permission-denied', agent, kind: 'tool', what, rule, advice });
    return refuse('denied', `The user does not want this tool to be used, so it was not run. ${advice}`);
  }
  const why = current.from ?? tool.description.split('\n')[0] ?? '';
  const answer = await host.attention.permission(
    { agent, kind: 'tool', what, rule, ...(why !== '' && { why: cutLine(why, SHOWN) }) },
    signal,
  );
  if (answer.decision === 'allow') return undefined;
  return refuse(
    'denied',
    `Permission to use ${tool.name} was denied, so it was not run.${reasonGiven(answer)} ${advice}`,
  );
}

async function run(tool: ForeignTool, args: Args, context: ToolContext) {
  const { host, signal } = context;
  if (!host.foreign) return gone(tool.name);
  const late = new AbortController();
  const timer = host.clock.after(LIMIT_MINUTES * 60_000, () => late.abort());
  const result = await host.foreign
    .invoke(tool.name, args, AbortSignal.any([signal, late.signal]))
    .finally(() => timer.dispose());
  if (result.ok) {
    const { text, omitted } = resultText(result.parts);
    const pictures = picturesIn(result.parts).slice(0, MOST_IMAGES);
    const kept = await keepAll(tool.name, pictures, context);
    const images = pictures.map(({ image }) => image);
    const left = omitted > 0 ? `${omitted} characters are left out in the middle.\n` : '';
    return {
      ok: true as const,
      output: text === '' ? 'Done. It gave back nothing.' : `${left}${fence(context, text)}${kept}`,
      ...(images.length > 0 && { images }),
    };
  }
  if (signal.aborted) return refuse('interrupted', INTERRUPTED_TOOL);
  if (late.signal.aborted) {
    return refuse(
      'timeout',
      `It gave no answer within ${LIMIT_MINUTES} minutes and is not waited for any longer. Whether it took effect is unknown: look before you try again.`,
    );
  }
  switch (result.reason) {
    case 'gone':
      return gone(tool.name);
    case 'cancelled':
      return refuse(
        'cancelled',
        'It was called off before it was done, by the user or by the tool itself. Do not try it again as it is.',
      );
    case 'failed':
      return refuse('failed', `The tool reports an error:\n${fence(context, cutLine(result.message, DESCRIPTION))}`);
  }
}

/** As artifacts, each under a name of its own, up to what people look through; what is told of that. */
async function keepAll(tool: string, pictures: readonly PictureIn[], context: ToolContext): Promise<string> {
  const { artifacts } = context.host.journal.state;
  const stem = tool
    .replaceAll(/[^A-Za-z0-9_.-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 50);
  const own = () => [...artifacts.keys()].filter(name => name.startsWith(`${stem}-`)).length;
  const free = () => {
    let next = own() + 1;
    while (artifacts.has(`${stem}-${next}`)) next++;
    return `${stem}-${next}`;
  };
  const names: string[] = [];
  for (const { image, bytes } of pictures) {
    if (own() >= MOST_KEPT) return `\nThe pictures are not kept: ${MOST_KEPT} of ${tool} are kept already.`;
    names.push(`"${await keepPicture({ name: free, mediaType: image.mediaType, bytes }, context)}"`);
  }
  return names.length === 0 ? '' : `\nThe pictures are kept as ${names.join(', ')}.`;
}

/** One of the tools that others bring, as an agent has it under the given name. */
export function foreignTool(name: string, tool: ForeignTool): Tool {
  return {
    name,
    description: `${cutLine(tool.description, DESCRIPTION)}\n(Brought by ${tool.from ?? 'another extension'}. The user may be asked before it runs.)`,
    effect: 'foreign',
    args: argumentsCheck(tool.schema),
    parameters: parametersOf(tool.schema),
    doing: () => `uses ${tool.name}`,
    permit: (args, context) => permission(tool, args as Args, context),
    run: (args, context) => run(tool, args as Args, context),
  };
}
