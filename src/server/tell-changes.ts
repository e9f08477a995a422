import type { Clock, Disposable } from '../core/ports.ts';
import type { Stream } from './event-stream.ts';
import type { Standing, Workspace } from './workspace.ts';

/** Events come in showers: a page reads anew once for those that come together. */
const GATHER_MS = 150;
/** How long until what can be followed no more is tried again. */
const AGAIN_MS = 5000;

/** Of the team and the deliveries a page is told only that they changed, at first too: it reads what it shows of them. */
export async function tellChanges(
  workspace: Pick<Workspace, 'standing'>,
  what: Standing,
  stream: Pick<Stream, 'write' | 'closed' | 'onClose'>,
  clock: Clock,
): Promise<void> {
  // A folder without git delivers nothing, and of a team from elsewhere nothing is told.
  const feed = await workspace.standing(what).catch(() => undefined);
  if (!feed || stream.closed) return;
  let next: Disposable | undefined;
  const tell = () => {
    next = undefined;
    stream.write(`event: ${what}\ndata: {"seq":${feed.state.seq}}\n\n`);
  };
  const telling = feed.onEvent(() => {
    next ??= clock.after(GATHER_MS, tell);
  });
  const ending = feed.onOver(() => {
    telling.dispose();
    next?.dispose();
    if (stream.closed) return;
    next = clock.after(AGAIN_MS, () => void tellChanges(workspace, what, stream, clock));
  });
  stream.onClose(() => {
    ending.dispose();
    telling.dispose();
    next?.dispose();
  });
  tell();
}
