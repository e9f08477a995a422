import { isObject, type JsonObject } from '../../core/routing/tool-args.ts';
import { sentWebPage, webPageText } from './web-page.ts';

/** The fields of an error body that vendors agree on, wherever they put them. */
export interface ErrorBody {
  message: string | undefined;
  type: string | undefined;
  code: string | undefined;
  param: string | undefined;
  /** The error object itself, for what only one vendor has. */
  raw: JsonObject;
}

/** Reads `{error:{…}}`, `{error:"…"}`, a bare error object, a list of one, or `{detail:…}`; undefined if it is no JSON. */
export function errorBody(text: string): ErrorBody | undefined {
  try {
    return errorFields(JSON.parse(text));
  } catch {
    return undefined;
  }
}

export function errorFields(value: unknown): ErrorBody | undefined {
  const body = Array.isArray(value) ? value[0] : value;
  if (!isObject(body)) return undefined;
  if (typeof body.error === 'string') return { ...fields(body), message: body.error };
  return fields(isObject(body.error) ? body.error : body);
}

function fields(raw: JsonObject): ErrorBody {
  const detail = raw.detail === undefined ? undefined : JSON.stringify(raw.detail);
  return {
    message: text(raw.message) ?? text(raw.detail) ?? detail,
    type: text(raw.type),
    code: text(raw.code),
    param: text(raw.param),
    raw,
  };
}

function text(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** What a person is told of an HTTP failure. */
export function failureText(status: number, body: string, parsed: ErrorBody | undefined): string {
  if (parsed?.message) return parsed.message;
  const page = webPageText(body);
  if (page !== undefined) return sentWebPage(page);
  const plain = body.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  return plain ? `HTTP ${status}: ${plain.slice(0, 300)}` : `HTTP ${status} without a body`;
}
