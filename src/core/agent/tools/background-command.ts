import * as z from 'zod';
import { counted } from '../../../protocol/show.ts';
import type { Awaited, BackgroundCommand, WaitEnd } from '../background/background-command.ts';
import type { ToolResult } from '../contract.ts';
import { fence } from './fence.ts';
import { defineTool, refuse, type ToolContext } from './tool.ts';

const DEFAULT_SECONDS = 30;
const MAX_SECONDS = 600;
/** How long one that is not waited for is given to say something or to fail. */
const FIRST_MS = 1500;

export const waitFor = z.string().min(1).max(300).optional().describe('A port it listens on, or words of its output.');

/** A number is a port, all else is text. */
const awaited = (text: string | undefined): Awaited | undefined => {
  if (text === undefined) return undefined;
  const port = /^(?:(?:port|https?:\/\/(?:localhost|127\.0\.0\.1))[\s:]*)?(\d{2,5})\/?$/i.exec(text.trim())?.[1];
  return port !== undefined && Number(port) < 65_536 ? { port: Number(port) } : { text };
};

const TAKEN =
  /EADDRINUSE|address already in use|Address in use|port \d+ is (already )?(in use|taken|allocated|being used)|Only one usage of each socket address/i;

type Command = BackgroundCommand<ToolResult>;

function hints(context: ToolContext, command: Command, said: string): string[] {
  const { host, agent } = context;
  const others = host.background.running(agent).filter(one => one !== command);
  return [
    TAKEN.test(said) &&
      `The port is taken${others.length > 0 ? `, perhaps by your own ${others.map(one => `${one.id} (${one.command.slice(0, 60)})`).join(', ')}` : ''}: stop what you have running there, or start it on another port.`,
  ].filter(hint => hint !== false);
}

const waitedText = (wanted: Awaited | undefined, end: WaitEnd, ports: readonly number[]): string[] => {
  const what = wanted && ('port' in wanted ? `port ${wanted.port}` : `"${wanted.text}"`);
  const listens = ports.length > 0 ? [`It listens on port ${ports.join(', ')}.`] : [];
  if (end === 'seen') return wanted && 'port' in wanted ? listens : [`It said ${what}.`, ...listens];
  if (end === 'too-long' && what) return [`It runs, but ${what} did not come in that time.`, ...listens];
  return listens;
};

/** Its output since it was last asked, and its status. */
async function standing(context: ToolContext, command: Command, wanted: Awaited | undefined, end: WaitEnd) {
  const { text, omitted } = command.output.take(Math.min(20_000, context.room));
  const said = text.trim() === '' ? 'No new output.' : fence(context, text);
  const left = omitted > 0 ? [`${omitted} characters before are left out.`] : [];
  if (command.ended === undefined) {
    return [`${command.id} is running.`, ...waitedText(wanted, end, await command.ports()), ...left, said].join('\n');
  }
  const { output } = command.ended;
  return [`${command.id} has ended: ${output.split('\n')[0]}`, ...left, said, ...hints(context, command, text)].join(
    '\n',
  );
}

/** Waits for it as the model asked, and reports its status. One that ended unasked has failed. */
export async function follow(
  context: ToolContext,
  command: Command,
  { waitFor: text, seconds = DEFAULT_SECONDS }: { waitFor?: string | undefined; seconds?: number | undefined },
  first: boolean,
): Promise<ToolResult> {
  const wanted = awaited(text);
  const end =
    wanted || first
      ? await command.wait(wanted, wanted ? seconds * 1000 : FIRST_MS, context.signal)
      : command.ended
        ? 'ended'
        : 'seen';
  const output = await standing(context, command, wanted, end);
  if (first && command.ended) return refuse('ended', output);
  if (end === 'too-long' && wanted) return refuse('timeout', output);
  return { ok: true, output };
}

export const backgroundCommand = defineTool({
  name: 'background_command',
  description: 'What a command in the background has said since you last looked; waits for it, or stops it.',
  effect: 'none',
  args: z.object({
    id: z.string().min(1),
    waitFor,
    seconds: z.number().int().min(1).max(MAX_SECONDS).optional().describe(`How long; ${DEFAULT_SECONDS} unless said.`),
    stop: z.boolean().optional(),
  }),
  aliases: { name: 'id', bash_id: 'id', wait_for: 'waitFor', timeoutSeconds: 'seconds', timeout: 'seconds' },
  doing: args => `${args.stop ? 'stops' : 'looks at'} ${args.id}`,
  async run(args, context) {
    const all = context.host.background.of(context.agent);
    const command = all.get(args.id);
    if (!command) {
      const running = context.host.background.running(context.agent);
      const mine = running.length > 0 ? `Running: ${running.map(one => one.id).join(', ')}.` : 'None is running.';
      return refuse(
        'not-found',
        `There is no background command "${args.id}". ${mine} They end with the work, and when it is interrupted: start it again with run_command and background: true.`,
      );
    }
    if (!args.stop) return follow(context, command, args, false);
    const was = command.ended === undefined;
    const { output } = await command.stop();
    const { text, omitted } = command.output.take(Math.min(20_000, context.room));
    const left = omitted > 0 ? `${counted(omitted, 'character')} before are left out.\n` : '';
    const notes = output.split('\n\n').slice(1).join('\n\n');
    const end = was ? `Stopped ${command.id}.` : `${command.id} had ended already: ${output.split('\n')[0]}`;
    return {
      ok: true,
      output: [end, left + (text.trim() ? fence(context, text) : 'No new output.'), notes].filter(Boolean).join('\n'),
    };
  },
});
