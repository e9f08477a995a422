import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod';
import type { TokenAccess } from '../../protocol/api.ts';
import type { Holder } from '../access/tokens.ts';
import { ProblemError } from '../problem.ts';
import type { Served } from './served.ts';

/** What a handler is given: everything has been checked against the route's schemas. */
export interface Asking<P, Q, B> {
  params: P;
  query: Q;
  body: B;
  holder: Holder;
  served: Served;
  /** Under which id this is done once only, where the client named one. */
  request: string | undefined;
  /** Aborts when the client is gone. */
  signal: AbortSignal;
  raw: { request: IncomingMessage; response: ServerResponse };
}

export interface JsonAnswer<R> {
  status?: number;
  json: R;
  etag?: string;
  location?: string;
}
export interface TextAnswer {
  text: string | Uint8Array;
  mediaType: string;
  /** The name under which a browser would keep it, instead of showing it. */
  download?: string;
  headers?: Record<string, string>;
}
/** It has answered by itself, and goes on. */
export type Answer<R> = JsonAnswer<R> | TextAnswer | 'streams';

export interface Route {
  id: string;
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  summary: string;
  /** What a token must be for; `none`: it needs none. */
  access: TokenAccess | 'none';
  params: z.ZodObject;
  query: z.ZodObject;
  body?: z.ZodType;
  /** Of the answer that is no problem; absent: `mediaType` is answered. */
  answer?: z.ZodType;
  status: number;
  mediaType: string;
  handle(asking: Asking<never, never, never>): Promise<Answer<unknown>>;
}

type Definition<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType, R extends z.ZodType> = Pick<
  Route,
  'id' | 'path' | 'summary'
> & {
  method?: Route['method'];
  access?: Route['access'];
  params?: P;
  query?: Q;
  body?: B;
  answer?: R;
  status?: number;
  mediaType?: string;
  handle(asking: Asking<z.infer<P>, z.infer<Q>, z.infer<B>>): Promise<Answer<z.input<R>>>;
};

type None = z.ZodObject<Record<never, never>>;

/** A route: reading needs a token for reading, all else one for everything. */
export function route<
  P extends z.ZodObject = None,
  Q extends z.ZodObject = None,
  B extends z.ZodType = z.ZodUndefined,
  R extends z.ZodType = z.ZodUnknown,
>(definition: Definition<P, Q, B, R>): Route {
  const method = definition.method ?? (definition.body ? 'POST' : 'GET');
  return {
    params: z.object({}),
    query: z.object({}),
    access: method === 'GET' ? 'read' : 'full',
    status: 200,
    mediaType: 'application/json',
    ...definition,
    method,
  } as unknown as Route;
}

/** The route of an address, with the parts of it that are its parameters. */
export function findRoute(
  routes: readonly Route[],
  method: string,
  path: string,
): { route: Route; params: Record<string, string> } {
  const allowed = new Set<string>();
  for (const route of routes) {
    const params = match(route.path, path);
    if (!params) continue;
    if (route.method === method) return { route, params };
    allowed.add(route.method);
  }
  if (allowed.size > 0) throw new ProblemError('method-not-allowed', `It takes ${[...allowed].join(' and ')}.`);
  throw new ProblemError('not-found', 'No address of the API. All of them: /api/v1/openapi.json');
}

function match(pattern: string, path: string): Record<string, string> | undefined {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    const value = given[i] ?? '';
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name === undefined) {
      if (part !== value) return undefined;
      continue;
    }
    const decoded = decode(value);
    if (decoded === undefined) return undefined;
    params[name] = decoded;
  }
  return params;
}

function decode(text: string): string | undefined {
  try {
    const decoded = decodeURIComponent(text);
    return decoded === '' || decoded === '.' || decoded === '..' ? undefined : decoded;
  } catch {
    return undefined;
  }
}
