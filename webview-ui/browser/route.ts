import { signal } from '@preact/signals';
import type { SessionPlace } from './client.ts';

export type Route =
  | { page: 'sessions' }
  | ({ page: 'dashboard' | 'plan' | 'review' | 'report' } & SessionPlace)
  | ({ page: 'transcript'; agent: string } & SessionPlace);

const PAGES: ReadonlySet<string> = new Set(['plan', 'review', 'report']);

function read(): Route {
  const [workspace, session, page, agent] = location.hash.replace(/^#\/?/, '').split('/').map(decode);
  if (!workspace || !session) return { page: 'sessions' };
  if (page === 'agents' && agent) return { page: 'transcript', workspace, session, agent };
  if (page !== undefined && PAGES.has(page)) return { page: page as 'plan', workspace, session };
  return { page: 'dashboard', workspace, session };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

export const route = signal<Route>(read());
window.addEventListener('hashchange', () => {
  route.value = read();
});

export function addressOf({ workspace, session }: SessionPlace, ...more: string[]): string {
  return `#/${[workspace, session, ...more].map(encodeURIComponent).join('/')}`;
}

export function goTo(address: string): void {
  location.hash = address;
}
