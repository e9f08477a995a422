import { useCallback, useEffect, useState } from 'preact/hooks';
import type { Result } from './client.ts';

/** What others change is looked at again so often while it is shown. */
const LOOK_MS = 3000;

export interface Polled<T> {
  value: T | undefined;
  /** Why it could not be read; empty where it could. */
  wrong: string;
  again(): Promise<void>;
}

/** What the server says now, and again every few seconds; read anew when what it is about changes. */
export function usePolled<T>(read: () => Promise<Result<T>>, about: string): Polled<T> {
  const [value, setValue] = useState<T>();
  const [wrong, setWrong] = useState('');
  const again = useCallback(async () => {
    const done = await read();
    if (done.ok) setValue(done.value);
    setWrong(done.ok ? '' : done.message);
  }, [about]);
  useEffect(() => {
    void again();
    const timer = setInterval(() => void again(), LOOK_MS);
    return () => clearInterval(timer);
  }, [again]);
  return { value, wrong, again };
}
