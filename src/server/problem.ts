import type { Problem } from '../protocol/api.ts';

/** Each thing that can be wrong, with its status and what it is called. */
const KINDS = {
  'bad-request': [400, 'The request is not well-formed'],
  'no-token': [401, 'A token is needed'],
  'bad-token': [401, 'The token opens nothing'],
  'foreign-host': [421, 'The request is for another host'],
  'foreign-origin': [403, 'Pages of other origins are not served'],
  'read-only-token': [403, 'The token is for reading only'],
  'read-only-workspace': [403, 'The workspace is for reading only'],
  'bad-signature': [401, 'The signature is not the hook’s'],
  'not-found': [404, 'There is no such thing'],
  'method-not-allowed': [405, 'The method does not fit the address'],
  'not-acceptable': [406, 'It does not come in that form'],
  'too-slow': [408, 'The request took too long'],
  refused: [409, 'It was not done'],
  'not-running': [409, 'Nobody runs the session'],
  'not-startable': [409, 'The session does not begin'],
  'from-elsewhere': [409, 'The session is from elsewhere'],
  ambiguous: [409, 'It could be more than one thing'],
  'too-large': [413, 'The request is too large'],
  'wrong-type': [415, 'The request is of another type than is taken here'],
  'invalid-body': [422, 'The request does not fit its schema'],
  'key-reused': [422, 'The idempotency key belongs to another request'],
  'too-many': [503, 'Too many readers'],
  failed: [500, 'It failed'],
} as const;

export type ProblemCode = keyof typeof KINDS;

/** Thrown wherever a request cannot be served. */
export class ProblemError extends Error {
  readonly code: ProblemCode;
  readonly errors: Problem['errors'];
  constructor(code: ProblemCode, detail?: string, errors?: Problem['errors']) {
    super(detail ?? KINDS[code][1]);
    this.code = code;
    this.errors = errors;
  }
}

export function problemOf({ code, message, errors }: ProblemError): Problem {
  const [status, title] = KINDS[code];
  return {
    type: `urn:orchestrate:problem:${code}`,
    title,
    status,
    code,
    ...(message !== title && { detail: message }),
    ...(errors && { errors }),
  };
}
