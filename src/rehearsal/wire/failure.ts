import type { Fault, RetryForm } from './fault.ts';

/** What went wrong, before a vendor puts it into words. */
export type FailureReason =
  | 'invalid'
  | 'replay-invalid'
  | 'context-overflow'
  | 'auth'
  | 'billing'
  | 'forbidden'
  | 'not-found'
  | 'model-missing'
  | 'timeout'
  | 'too-large'
  | 'rate-limit'
  | 'quota'
  | 'server'
  | 'unavailable'
  | 'overloaded';

export interface Failure {
  status: number;
  reason: FailureReason;
  message: string;
  /** The vendor's code where one reason has several. */
  code?: string;
  /** The field that was wrong, for vendors that name it. */
  param?: string;
  retry?: RetryForm;
}

/** An error answer as it goes over the wire. */
export interface ErrorAnswer {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

/** Thrown by readers on the first thing that the vendor would refuse. */
export class Refusal extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** Refuses a request that is not well formed. */
export function refuse(message: string, more: Partial<Failure> = {}): never {
  throw new Refusal({ status: 400, reason: 'invalid', message, ...more });
}

const canned: Partial<Record<Fault['kind'], Failure>> = {
  'context-overflow': { status: 400, reason: 'context-overflow', message: '' },
  'bad-request': { status: 400, reason: 'invalid', message: 'The request was refused as not valid.' },
  'replay-invalid': { status: 400, reason: 'replay-invalid', message: 'A replayed block could not be verified.' },
  unauthorized: { status: 401, reason: 'auth', message: 'The API key is not valid.' },
  'payment-required': { status: 402, reason: 'billing', message: 'The account has no means of payment.' },
  forbidden: { status: 403, reason: 'forbidden', message: 'The API key may not use this resource.' },
  'model-missing': { status: 404, reason: 'model-missing', message: '' },
  'request-timeout': { status: 408, reason: 'timeout', message: 'The request took too long to arrive.' },
  'too-large': { status: 413, reason: 'too-large', message: 'The request is larger than allowed.' },
  'rate-limit': { status: 429, reason: 'rate-limit', message: 'Too many requests at this rate.' },
  quota: { status: 429, reason: 'quota', message: 'The quota of this account is used up.' },
  'server-error': { status: 500, reason: 'server', message: 'Internal server error' },
  unavailable: { status: 503, reason: 'unavailable', message: 'The service is not available at the moment.' },
  overloaded: { status: 529, reason: 'overloaded', message: 'Overloaded' },
};

/** The failure behind a fault that is an HTTP error; undefined for all others. */
export function failureOf(fault: Fault, context: { apiKey?: string | undefined }): Failure | undefined {
  const base = canned[fault.kind];
  if (!base) return undefined;
  const failure = { ...base };
  if ('retry' in fault && fault.retry) failure.retry = fault.retry;
  if (fault.kind === 'unauthorized' && fault.echoKey) failure.message = `Incorrect API key provided: ${context.apiKey}`;
  return failure;
}

/** The failure told by an error event in a stream that had begun with 200. */
export function streamFailure(reason: 'overloaded' | 'server' | 'rate-limit' | 'quota' = 'overloaded'): Failure {
  if (reason === 'overloaded') return { status: 529, reason, message: 'Overloaded' };
  if (reason === 'server') return { status: 500, reason, message: 'Internal server error' };
  if (reason === 'quota') return { status: 429, reason, message: 'The quota of this account is used up.' };
  return { status: 429, reason, message: 'Too many requests at this rate.' };
}
