import { oneLine } from '../core/plain.ts';
import { imagesOf } from '../node/handed-in.ts';
import type { Attached, HandedImage } from '../protocol/attached.ts';
import { workspaceOf } from './find-session.ts';
import { openRuntime } from './open-runtime.ts';
import { type Call, option, printError, type Terminal, UsageError } from './terminal.ts';

/** Images given with --attach, or named by `@path` in the text; and the text as the team reads it. */
export async function attachedTo(
  terminal: Terminal,
  call: Call,
  said: string,
): Promise<{ text: string; images: HandedImage[] }> {
  const given = option(call, 'attach')?.split('\n') ?? [];
  const read = await imagesOf(said, workspaceOf(terminal, call), { given });
  if (!read.ok) throw new UsageError(read.message);
  for (const path of read.passedOver)
    printError(
      terminal,
      oneLine(`${path} lies outside of the workspace and is not shown to anybody. Hand it in with --attach.`),
    );
  return read;
}

/** The same, put into the session that is asked for something. */
export async function keptWith(
  terminal: Terminal,
  call: Call,
  said: string,
  session: string,
): Promise<{ text: string; attached?: Attached[] }> {
  const { text, images } = await attachedTo(terminal, call, said);
  if (images.length === 0) return { text };
  return { text, attached: await (await openRuntime(terminal, call)).keep(session, images) };
}
