import type { IncomingMessage, ServerResponse } from 'node:http';
import type * as z from 'zod';
import type { Holder } from './access/tokens.ts';
import { sendAnswer } from './answer.ts';
import { type Answer, findRoute, type Route } from './api/route.ts';
import { apiRoutes } from './api/routes.ts';
import type { Served } from './api/served.ts';
import { readJson } from './body.ts';
import { Once, requestId } from './once.ts';
import { ProblemError } from './problem.ts';

export const API = '/api/v1';

/** Answers requests to the API that come with a token. */
export class ApiHandler {
  readonly #served: Served;
  readonly #routes: readonly Route[];
  readonly #once: Once<Exclude<Answer<unknown>, 'streams'>>;

  constructor(served: Served) {
    this.#served = served;
    this.#routes = apiRoutes(served.version);
    this.#once = new Once(served.clock);
  }

  /** Throws a ProblemError for whatever cannot be answered. */
  async handle(request: IncomingMessage, response: ServerResponse, url: URL, holder: Holder): Promise<void> {
    const method = request.method === 'HEAD' ? 'GET' : (request.method ?? '');
    const { route, params } = findRoute(this.#routes, method, url.pathname.slice(API.length));
    if (route.access === 'full' && holder.access !== 'full')
      throw new ProblemError('read-only-token', `"${holder.name}" may read and nothing else.`);
    const body = method === 'POST' ? await readJson(request) : undefined;
    const over = new AbortController();
    response.on('close', () => over.abort());
    const key = keyOf(request);
    const asking = {
      params: parsed(route.params, params, 'not-found', ''),
      query: parsed(route.query, queryOf(url), 'bad-request', '?'),
      body: route.body ? parsed(route.body, body ?? {}, 'invalid-body', '') : undefined,
      holder,
      served: this.#served,
      request: key === undefined ? undefined : requestId(holder.name, key),
      signal: over.signal,
      raw: { request, response },
    };
    const handle = () => route.handle(asking as never);
    const known = request.headers['if-none-match'];
    if (asking.request === undefined || method !== 'POST') {
      const answer = await handle();
      if (answer !== 'streams') sendAnswer(response, route, answer, known);
      return;
    }
    // What was begun goes on although its client has gone: it may ask again under the same key.
    const patient = { ...asking, signal: new AbortController().signal };
    const asked = [url.pathname, url.search, body];
    const { answer, again } = await this.#once.answer(asking.request, asked, async () => {
      const made = await route.handle(patient as never);
      if (made === 'streams') throw new ProblemError('bad-request');
      return made;
    });
    if (again) response.setHeader('idempotency-replayed', 'true');
    sendAnswer(response, route, answer, known);
  }
}

function keyOf({ headers }: IncomingMessage): string | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key === 'string' && /^[\x21-\x7e]{1,200}$/.test(key)) return key;
  throw new ProblemError('bad-request', 'An Idempotency-Key has 1 to 200 visible characters.');
}

function queryOf(url: URL): Record<string, string> {
  const query: Record<string, string> = {};
  for (const [name, value] of url.searchParams) {
    if (Object.hasOwn(query, name)) throw new ProblemError('bad-request', `"${name.slice(0, 50)}" stands twice.`);
    Object.defineProperty(query, name, { value, enumerable: true });
  }
  return query;
}

function parsed(schema: z.ZodType, value: unknown, code: 'not-found' | 'bad-request' | 'invalid-body', at: string) {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const errors = result.error.issues.slice(0, 20).map(({ path, message }) => ({
    at: `${at}${path.map(part => (at === '' ? `/${String(part)}` : String(part))).join('')}`,
    message,
  }));
  throw new ProblemError(code, undefined, errors);
}
