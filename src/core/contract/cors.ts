import type { HttpAnswer } from '../ports.ts';
import type { Contract, Operation } from './openapi.ts';

/** A page that stands somewhere else. */
export const ORIGIN = 'http://elsewhere.example';
const ALLOW_ORIGIN = 'access-control-allow-origin';
const SIMPLE: ReadonlySet<string> = new Set(['get', 'head', 'post']);

/** Whether the contract lets pages of other origins in: a response has the header, or the path answers preflights. */
export function letsOthersIn({ operations }: Contract, { path, responses }: Operation): boolean {
  return (
    [...responses.values()].some(({ headers }) => headers.has(ALLOW_ORIGIN)) ||
    operations.some(one => one.path === path && one.method === 'options')
  );
}

const allowsOrigin = ({ headers }: HttpAnswer): string[] => {
  const value = headers[ALLOW_ORIGIN];
  if (value === '*' || value === ORIGIN) return [];
  return [`the header ${ALLOW_ORIGIN} is ${value === undefined ? 'missing' : `"${value}"`}, which keeps ${ORIGIN} out`];
};

/** What keeps a page of another origin from reading the answer. */
export const keepsFromReading = allowsOrigin;

/** What keeps a page of another origin from sending the request at all. */
export function keepsFromSending(
  answer: HttpAnswer,
  { method }: Pick<Operation, 'method'>,
  type: string | undefined,
): string[] {
  const listed = (name: string) =>
    (answer.headers[name] ?? '')
      .toLowerCase()
      .split(',')
      .map(one => one.trim());
  const has = (name: string, value: string) => listed(name).some(one => one === value || one === '*');
  const wrong = answer.status >= 200 && answer.status < 300 ? [] : [`the preflight is answered with ${answer.status}`];
  wrong.push(...allowsOrigin(answer));
  if (!SIMPLE.has(method) && !has('access-control-allow-methods', method))
    wrong.push(`the header access-control-allow-methods does not have ${method.toUpperCase()}`);
  if (type !== undefined && !has('access-control-allow-headers', 'content-type'))
    wrong.push('the header access-control-allow-headers does not have content-type');
  return wrong;
}
