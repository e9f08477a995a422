import type { ServerResponse } from 'node:http';
import type { Answer, Route } from './api/route.ts';
import { type ProblemError, problemOf } from './problem.ts';

/** On everything: nothing is guessed, framed, kept, or told to other sites. */
export const SAFE_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

export function sendAnswer(
  response: ServerResponse,
  route: Route,
  answer: Exclude<Answer<unknown>, 'streams'>,
  known: string | undefined,
): void {
  if ('text' in answer) {
    const { text, mediaType, download, headers = {} } = answer;
    response.writeHead(200, {
      'content-type': `${mediaType}; charset=utf-8`,
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'",
      ...(download !== undefined && { 'content-disposition': `attachment; filename="${download}"` }),
      ...headers,
    });
    response.end(text);
    return;
  }
  const { json, status = route.status, etag, location } = answer;
  const headers = {
    'cache-control': etag === undefined ? 'no-store' : 'private, no-cache',
    ...(etag !== undefined && { etag }),
    ...(location !== undefined && { location }),
  };
  if (etag !== undefined && known?.split(/ *, */).includes(etag)) {
    response.writeHead(304, headers).end();
    return;
  }
  // What is sent is what the document says is sent.
  const body = JSON.stringify(route.answer ? route.answer.parse(json) : json);
  response.writeHead(status, { ...headers, 'content-type': 'application/json; charset=utf-8' }).end(body);
}

export function sendProblem(response: ServerResponse, error: ProblemError): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const problem = problemOf(error);
  response
    .writeHead(problem.status, {
      'content-type': 'application/problem+json; charset=utf-8',
      'cache-control': 'no-store',
      ...(problem.status === 401 && { 'www-authenticate': 'Bearer realm="orchestrate"' }),
      // What has not been read of a request is not taken for the next one.
      ...([408, 413].includes(problem.status) && { connection: 'close' }),
    })
    .end(JSON.stringify(problem));
}
