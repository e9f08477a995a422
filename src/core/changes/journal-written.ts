import type { Author } from './contract.ts';
import type { Content } from './reviewed.ts';
import type { Ground, Tracked } from './tracked.ts';

/** Of the command that wrote a file; all of it stands where it was run. */
const COMMAND_SHOWN = 200;

/** What of a command stands with what it wrote. */
export const shownCommand = (command: string | undefined) =>
  command !== undefined && { command: command.slice(0, COMMAND_SHOWN) };

/** Puts down as an author's doing what stands in a file already. */
export async function journalWritten(
  { journal, newId }: Ground,
  file: Tracked,
  after: Content,
  { command, ...author }: Author,
): Promise<void> {
  const reviewed = await file.after(after, author);
  if (after.bytes) await journal.putBlob(after.bytes);
  const pending = await file.store(reviewed, after);
  const write = newId('write');
  const { path, content: before } = file;
  const written = { write, path, ...author, ...shownCommand(command), before, after: after.hash, pending };
  journal.append({ type: 'write-intent', ...written });
  journal.append({ type: 'write-outcome', write, ok: true, reason: 'applied' });
  file.become(reviewed, after.hash);
}
