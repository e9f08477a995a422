import { signal } from '@preact/signals';
import type { SignedIn } from '../../src/protocol/api.ts';

/** Beside the cookie: kept for this origin alone, which for browsers includes the port. */
const KEY = 'orchestrate-key';

/** Who looks, or why nobody does. */
export const visitor = signal<{ name: string; access: 'read' | 'full' } | 'nobody' | undefined>(undefined);

/** Whether whoever looks may decide anything. */
export const mayDecide = (): boolean => typeof visitor.value === 'object' && visitor.value.access === 'full';

export const keyHeader = (): Record<string, string> => ({ 'x-orchestrate-key': localStorage.getItem(KEY) ?? '' });

/** Signs in with the token of the address, which is taken out of it at once; else as whoever was signed in before. */
export async function signIn(): Promise<void> {
  // Who opens a browser may have written it for an address.
  const token = /^#token(?:=|%3D)([\w-]+)$/i.exec(location.hash)?.[1];
  if (token !== undefined) {
    history.replaceState(null, '', '/');
    if (await signInWith(token)) return;
  }
  const answer = await fetch('/api/v1/whoami', { headers: keyHeader() });
  if (!answer.ok) {
    visitor.value = 'nobody';
    return;
  }
  const { token: name, access } = (await answer.json()) as SignedIn;
  visitor.value = { name, access };
}

/** Whether the token opened. */
export async function signInWith(token: string): Promise<boolean> {
  const answer = await fetch('/api/v1/sign-in', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  });
  if (!answer.ok) return false;
  const { token: name, access, key } = (await answer.json()) as SignedIn;
  localStorage.setItem(KEY, key);
  visitor.value = { name, access };
  return true;
}

export async function signOut(): Promise<void> {
  await fetch('/api/v1/sign-out', { method: 'POST', headers: keyHeader() });
  localStorage.removeItem(KEY);
  visitor.value = 'nobody';
}
