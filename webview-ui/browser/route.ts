import { signal } from '@preact/signals';
import type { SessionPlace } from './client.ts';

export type Route =
  | { page: 'sessions' }
  | { page: 'team'; workspace: string }
  | ({ page: 'dashboard' | 'plan' | 'review' | 'report' } & SessionPlace)
  | ({ page: 'transcript'; agent: string } & SessionPlace);

const PAGES: ReadonlySet<string> = new Set(['plan', 'review', 'report']);

function read(): Route {
  // A token stands there without a slash.
  if (!location.hash.startsWith('#/')) return { page: 'sessions' };
  const [workspace, session, page, agent] = location.hash.slice(2).split('/').map(decode);
  if (!workspace) return { page: 'sessions' };
  if (!session) return { page: 'team', workspace };
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

export const teamAddress = (workspace: string): string => `#/${encodeURIComponent(workspace)}`;

export function goTo(address: string): void {
  location.hash = address;
}
