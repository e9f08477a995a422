import type * as vscode from 'vscode';

/** Turns a signal into the editor's token, and ends every wait at once: an extension need not heed the token. */
export function cutting(api: Pick<typeof vscode, 'CancellationTokenSource'>, signal: AbortSignal) {
  const source = new api.CancellationTokenSource();
  let stop = () => {};
  const stopped = new Promise<never>((_, reject) => {
    stop = () => {
      source.cancel();
      reject(new Error('aborted'));
    };
  });
  stopped.catch(() => {});
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  return {
    token: source.token,
    race: <T>(work: PromiseLike<T>): Promise<T> => Promise.race([work, stopped]),
    /** Whoever leaves early wants no more of the answer. */
    dispose: () => {
      signal.removeEventListener('abort', stop);
      source.cancel();
      source.dispose();
    },
  };
}
