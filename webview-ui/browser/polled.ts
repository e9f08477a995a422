import { type ReadonlySignal, signal } from '@preact/signals';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Result } from './client.ts';

/** What others change is looked at again so often while it is shown: where nobody tells of it, and where time alone changes it. */
const LOOK_MS = { untold: 3000, told: 30_000 };

/** How often the server has told of a change in what stands in the workspace. */
export const told = { team: signal(0), deliveries: signal(0) };

export interface Polled<T> {
  value: T | undefined;
  /** Why it could not be read; empty where it could. */
  wrong: string;
  again(): Promise<void>;
}

/** What the server says now, and again whenever it tells that it changed, or every few seconds; read anew when what it is about changes. */
export function usePolled<T>(
  read: () => Promise<Result<T>>,
  about: string,
  changes?: ReadonlySignal<number>,
): Polled<T> {
  const [value, setValue] = useState<T>();
  const [wrong, setWrong] = useState('');
  const last = useRef(0);
  const again = useCallback(async () => {
    const number = ++last.current;
    const done = await read();
    // Of answers that overtake each other the one to the latest question counts.
    if (number !== last.current) return;
    if (done.ok) setValue(done.value);
    setWrong(done.ok ? '' : done.message);
  }, [about]);
  useEffect(() => {
    void again();
    const timer = setInterval(() => void again(), changes ? LOOK_MS.told : LOOK_MS.untold);
    return () => clearInterval(timer);
  }, [again]);
  const changed = changes?.value;
  useEffect(() => {
    if (changed) void again();
  }, [changed, again]);
  return { value, wrong, again };
}
