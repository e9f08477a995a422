import { type FSWatcher, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Clock, Disposable } from '../../core/ports.ts';

/** Where the system tells of changes, this only catches what it missed; elsewhere (network drives) it is all there is. */
const POLL_MS = 1000;
/** Changes come in showers. */
const SETTLE_MS = 20;

/** Calls back soon after `path`, a file or folder that need not exist yet, may have changed. */
export function watchPath(path: string, clock: Clock, changed: () => void): Disposable {
  let watcher: FSWatcher | undefined;
  let soon: Disposable | undefined;
  let poll: Disposable | undefined;
  let disposed = false;
  let seen = '';

  const tell = () => {
    soon ??= clock.after(SETTLE_MS, () => {
      soon = undefined;
      changed();
    });
  };
  const attach = () => {
    try {
      watcher = watch(path, { persistent: false }, tell);
      watcher.on('error', detach);
    } catch {
      watcher = undefined;
    }
  };
  const detach = () => {
    watcher?.close();
    watcher = undefined;
  };
  const look = async () => {
    const now = await stat(path).then(
      s => `${s.ino} ${s.size} ${s.mtimeMs}`,
      () => '',
    );
    if (disposed) return;
    if (now !== seen) tell();
    // A file that was replaced or came into being needs a watcher of its own.
    if (now.split(' ')[0] !== seen.split(' ')[0]) detach();
    if (now && !watcher) attach();
    seen = now;
    poll = clock.after(POLL_MS, () => void look());
  };
  void look();

  return {
    dispose() {
      disposed = true;
      detach();
      soon?.dispose();
      poll?.dispose();
    },
  };
}
