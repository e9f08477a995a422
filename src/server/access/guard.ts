import type { IncomingHttpHeaders } from 'node:http';
import { ProblemError } from '../problem.ts';
import { cookieName, KEY_HEADER, type SignIn } from './sign-in.ts';
import type { Holder, Tokens } from './tokens.ts';

/** Under which addresses the server is reached. */
export interface Addresses {
  scheme: 'http' | 'https';
  port: number;
  /** Values of Host that are ours, in lower case. */
  hosts: ReadonlySet<string>;
}

/**
 * Refuses what comes from another site or under another name: a page that rebinds its own name to this machine shows that
 * name in Host, and a page of another port or site shows itself in Origin and Sec-Fetch-Site.
 */
export function checkAddress(headers: IncomingHttpHeaders, addresses: Addresses, isPage: boolean): void {
  const host = headers.host?.toLowerCase();
  if (host === undefined || !addresses.hosts.has(host))
    throw new ProblemError('foreign-host', `"${host ?? ''}" is no name of this server.`);
  const { origin } = headers;
  if (origin !== undefined && !isOurs(origin, addresses))
    throw new ProblemError('foreign-origin', `A page of ${origin} asked.`);
  const site = headers['sec-fetch-site'];
  // Whoever follows a link or types an address gets the page, in which there is nothing yet.
  const navigates = isPage && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !navigates)
    throw new ProblemError('foreign-origin', 'A page of another origin asked.');
}

const isOurs = (origin: string, { scheme, hosts }: Addresses) =>
  origin.startsWith(`${scheme}://`) && hosts.has(origin.slice(scheme.length + 3).toLowerCase());

/** Whose token or cookie comes with a request. Never from the address: that is remembered and passed on. */
export async function authenticate(
  headers: IncomingHttpHeaders,
  port: number,
  tokens: Tokens,
  signIn: SignIn,
): Promise<Holder> {
  const { authorization } = headers;
  if (authorization !== undefined) {
    const token = /^Bearer ([\w-]{1,200})$/.exec(authorization)?.[1];
    const holder = token === undefined ? undefined : await tokens.holderOf(token);
    if (holder) return holder;
    throw new ProblemError('bad-token', 'It is none, or it was revoked. List them: orchestrate token list');
  }
  const cookie = cookieIn(headers.cookie, cookieName(port));
  const key = headers[KEY_HEADER];
  if (cookie !== undefined && typeof key === 'string') {
    const holder = await signIn.holderOf(cookie, key);
    if (holder) return holder;
    throw new ProblemError('bad-token', 'You are not signed in any more. Open the URL that the server printed.');
  }
  throw new ProblemError('no-token', 'Send it as "Authorization: Bearer TOKEN".');
}

function cookieIn(header: string | undefined, name: string): string | undefined {
  for (const part of header?.split(';') ?? []) {
    const [key, value] = part.trim().split('=', 2);
    if (key === name) return value;
  }
  return undefined;
}
