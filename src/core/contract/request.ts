import type { HttpRequest } from '../ports.ts';
import type { Contract, Operation, Parameter } from './openapi.ts';
import { missingOf, sampleOf } from './sample.ts';
import { mistakes } from './schema.ts';
import type { Known } from './world.ts';

export type Made = { ok: true; request: HttpRequest; path: string } | { ok: false; why: string };

const JSON_TYPE = /^application\/([\w.+-]+\+)?json$/;

/** The media type of the body that can be sent, with what the contract says of it. */
export function jsonBody({ body }: Operation) {
  const type = Object.keys(body?.content ?? {}).find(name => JSON_TYPE.test(name));
  return type === undefined || !body ? undefined : { type, ...body.content[type] };
}

export interface MakeOptions {
  base: string;
  known: Known;
  /** Instead of the body that the contract wants. */
  body?: { value: unknown };
  /** Ask for something that is not there. */
  missing?: boolean;
}

/** A request as the contract has it, or with one thing wrong in it. */
export async function makeRequest(contract: Contract, operation: Operation, options: MakeOptions): Promise<Made> {
  const path = await fillPath(contract, operation, options);
  if (typeof path !== 'string') return path;
  const headers: Record<string, string> = { accept: 'application/json' };
  const query = new URLSearchParams();
  for (const parameter of operation.parameters) {
    if (!parameter.required || parameter.in === 'path') continue;
    const value = await sentValue(contract, parameter);
    if (value === undefined)
      return { ok: false, why: `no example for the ${parameter.in} parameter ${parameter.name}` };
    if (parameter.in === 'query') query.set(parameter.name, value);
    else if (parameter.in === 'header') headers[parameter.name.toLowerCase()] = value;
    else headers.cookie = `${parameter.name}=${value}`;
  }
  const body = await bodyOf(contract, operation, options);
  if ('why' in body) return { ok: false, why: body.why };
  if (body.type !== undefined) headers['content-type'] = body.type;
  const search = query.size > 0 ? `?${query}` : '';
  return {
    ok: true,
    path,
    request: {
      method: operation.method.toUpperCase(),
      url: `${options.base}${contract.basePath}${path}${search}`,
      headers,
      ...(body.text !== undefined && { body: body.text }),
    },
  };
}

async function bodyOf(
  contract: Contract,
  operation: Operation,
  { body }: MakeOptions,
): Promise<{ type?: string; text?: string } | { why: string }> {
  if (!operation.body) return {};
  const media = jsonBody(operation);
  if (!media) return operation.body.required ? { why: 'only JSON bodies are sent' } : {};
  const good = body ?? (await goodBody(contract, operation));
  if (!good) return { why: 'no example for the body, and none could be made of its schema' };
  return { type: media.type, text: JSON.stringify(good.value) };
}

/** What the contract gives as an example, else what its schema asks for. */
export async function goodBody(contract: Contract, operation: Operation): Promise<{ value: unknown } | undefined> {
  const media = jsonBody(operation);
  if (!media) return undefined;
  if (media.example !== undefined) return { value: media.example };
  return media.schema === undefined ? { value: {} } : sampleOf(media.schema, contract.whole);
}

async function sentValue(contract: Contract, { schema, example }: Parameter): Promise<string | undefined> {
  const value = example ?? (await sampleOf(schema, contract.whole))?.value;
  return value === undefined || value === null || typeof value === 'object' ? undefined : String(value);
}

/** From left to right: each parameter is filled with something that is there below what was filled before it. */
async function fillPath(
  contract: Contract,
  operation: Operation,
  { known, missing }: MakeOptions,
): Promise<string | { ok: false; why: string }> {
  const names = [...operation.path.matchAll(/\{([^}]+)\}/g)].map(([, name = '']) => name);
  let filled = '';
  let rest = operation.path;
  for (const [i, name] of names.entries()) {
    const at = rest.indexOf(`{${name}}`);
    filled += rest.slice(0, at);
    rest = rest.slice(at + name.length + 2);
    const parameter = operation.parameters.find(one => one.in === 'path' && one.name === name);
    const last = i === names.length - 1;
    const value =
      missing && last
        ? await missingOf(contract.whole(parameter?.schema ?? true))
        : await existing(contract, parameter, known.valueOf(filled, name));
    if (value === undefined) {
      const why =
        missing && last
          ? `no ${name} is known that cannot be there`
          : `no ${name} is known: nothing that was made or listed has one, and the contract gives no example`;
      return { ok: false, why };
    }
    filled += encodeURIComponent(value);
  }
  return filled + rest;
}

async function existing(
  contract: Contract,
  parameter: Parameter | undefined,
  found: string | undefined,
): Promise<string | undefined> {
  if (found !== undefined || !parameter) return found;
  if (parameter.example !== undefined) return String(parameter.example);
  // Of a few values each is there; of all others a made-up one would be missing.
  const { schema } = parameter;
  const listed =
    typeof schema === 'object' &&
    (Array.isArray(schema.enum) || schema.const !== undefined || schema.example !== undefined);
  if (!listed) return undefined;
  const value = (await sampleOf(schema, contract.whole))?.value;
  return value === undefined || (await mistakes(contract.whole(schema), value)).length > 0 ? undefined : String(value);
}
