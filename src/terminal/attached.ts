import { type HandedImage, imagesOf } from '../node/handed-in.ts';
import type { Attached } from '../protocol/attached.ts';
import { workspaceOf } from './find-session.ts';
import { openRuntime } from './open-runtime.ts';
import { type Call, option, type Terminal, UsageError } from './terminal.ts';

/** Images given with --attach, or named by `@path` in the text. */
export async function attachedTo(terminal: Terminal, call: Call, text: string): Promise<HandedImage[]> {
  const given = option(call, 'attach')?.split('\n') ?? [];
  const read = await imagesOf(text, given, workspaceOf(terminal, call));
  if (!read.ok) throw new UsageError(read.message);
  return read.images;
}

/** The same, put into the session that is asked for something. */
export async function keptWith(
  terminal: Terminal,
  call: Call,
  text: string,
  session: string,
): Promise<{ attached?: Attached[] }> {
  const images = await attachedTo(terminal, call, text);
  if (images.length === 0) return {};
  return { attached: await (await openRuntime(terminal, call)).keep(session, images) };
}
