import { isObject, type JsonSchema } from './schema.ts';

export const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const;
export type Method = (typeof METHODS)[number];

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header' | 'cookie';
  required: boolean;
  schema: JsonSchema;
  example?: unknown;
}

export interface Declared {
  /** By media type; undefined: the contract says nothing of a body. */
  content?: Record<string, JsonSchema | undefined>;
  /** By name in small letters. */
  headers: Map<string, { required: boolean; schema?: JsonSchema }>;
}

export interface Operation {
  method: Method;
  path: string;
  parameters: Parameter[];
  /** By media type. */
  body?: { required: boolean; content: Record<string, { schema?: JsonSchema; example?: unknown }> };
  /** By status, `2XX` or `default`. */
  responses: Map<string, Declared>;
  /** It is for those only who show credentials. */
  secured: boolean;
}

export interface Contract {
  operations: Operation[];
  /** The path below which its operations stand, of the first server that it names. */
  basePath: string;
  /** A schema with all that it may refer to. */
  whole(schema: JsonSchema): JsonSchema;
}

/** An OpenAPI document that cannot be read: the message says where and what instead. */
export class ContractError extends Error {}

/** Reads OpenAPI 3.0, 3.1 and 3.2; older schemas are brought to today's JSON Schema. */
export async function readOpenApi(value: Record<string, unknown>): Promise<Contract> {
  const version = String(value.openapi);
  if (!/^3\.[0-2](\.|$)/.test(version))
    throw new ContractError(`openapi is "${version}"; only OpenAPI 3.0, 3.1 and 3.2 are understood`);
  const { upgrade } = await import('@scalar/openapi-upgrader');
  const document = upgrade(structuredClone(value), '3.1') as unknown as Record<string, unknown>;
  const { paths } = document;
  if (!isObject(paths) || Object.keys(paths).length === 0)
    throw new ContractError('paths is missing or empty; name at least one path with one operation');
  const find = resolver(document);
  const operations = Object.entries(paths).flatMap(([path, written]) => {
    if (!path.startsWith('/')) throw new ContractError(`paths: "${path}" must begin with a slash`);
    const item = find(written, `paths ${path}`);
    return METHODS.flatMap(method =>
      item[method] === undefined ? [] : [operation(document, item, method, path, find)],
    );
  });
  if (operations.length === 0) throw new ContractError('paths has no operation, such as get or post');
  const { components } = document;
  return {
    operations,
    basePath: basePath(document),
    // References lead to #/components; the schema stands beside them.
    whole: schema =>
      isObject(components) && !(typeof schema === 'boolean') ? { allOf: [schema], components } : schema,
  };
}

type Find = (value: unknown, where: string) => Record<string, unknown>;

/** Follows references inside of the document, and only there. */
function resolver(document: Record<string, unknown>): Find {
  return (value, where) => {
    let found = value;
    for (let step = 0; isObject(found) && typeof found.$ref === 'string'; step++) {
      const ref = found.$ref;
      if (!ref.startsWith('#/') || step > 20)
        throw new ContractError(`${where}: "${ref}" must lead to a place in this document, such as #/components/…`);
      found = ref
        .slice(2)
        .split('/')
        .map(part => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'))
        .reduce<unknown>((at, part) => (isObject(at) && Object.hasOwn(at, part) ? at[part] : undefined), document);
      if (found === undefined) throw new ContractError(`${where}: nothing stands at "${ref}"`);
    }
    if (!isObject(found)) throw new ContractError(`${where} must be an object`);
    return found;
  };
}

function basePath({ servers }: Record<string, unknown>): string {
  const [first] = Array.isArray(servers) ? servers : [];
  const url = isObject(first) && typeof first.url === 'string' ? first.url : '';
  const path = url.replace(/^[a-z]+:\/\/[^/]*/i, '').replace(/[{?#].*$/, '');
  return path.replace(/\/+$/, '');
}

const schemaOf = (value: unknown): JsonSchema | undefined =>
  isObject(value) || typeof value === 'boolean' ? value : undefined;

function operation(
  document: Record<string, unknown>,
  item: Record<string, unknown>,
  method: Method,
  path: string,
  find: Find,
): Operation {
  const where = `${method.toUpperCase()} ${path}`;
  const written = find(item[method], where);
  const responses = new Map(
    Object.entries(find(written.responses ?? {}, `${where} responses`)).map(([status, response]) => [
      status.toUpperCase() === 'DEFAULT' ? 'default' : status.toUpperCase(),
      declared(find(response, `${where} response ${status}`), where, find),
    ]),
  );
  if (responses.size === 0) throw new ContractError(`${where} has no responses: say what it answers`);
  const security = written.security ?? document.security;
  return {
    method,
    path,
    parameters: parameters([item.parameters, written.parameters], where, find),
    ...(written.requestBody !== undefined && { body: body(find(written.requestBody, `${where} requestBody`), find) }),
    responses,
    secured:
      Array.isArray(security) &&
      security.length > 0 &&
      !security.some(one => isObject(one) && Object.keys(one).length === 0),
  };
}

const example = (of: Record<string, unknown>, find: Find): { example?: unknown } => {
  if (of.example !== undefined) return { example: of.example };
  const [first] = isObject(of.examples) ? Object.values(of.examples) : [];
  return first === undefined ? {} : { example: find(first, 'examples').value };
};

/** Those of the path, and those of the operation, which take the place of the path's. */
function parameters(lists: unknown[], where: string, find: Find): Parameter[] {
  const all = new Map<string, Parameter>();
  for (const one of lists.flatMap(list => (Array.isArray(list) ? list : []))) {
    const found = find(one, `${where} parameters`);
    const { name, in: place } = found;
    if (typeof name !== 'string' || typeof place !== 'string')
      throw new ContractError(`${where}: a parameter needs name and in`);
    const required = found.required === true || place === 'path';
    const schema = schemaOf(found.schema) ?? true;
    all.set(`${place} ${name}`, { name, in: place as Parameter['in'], required, schema, ...example(found, find) });
  }
  return [...all.values()];
}

function body(written: Record<string, unknown>, find: Find): NonNullable<Operation['body']> {
  const content = Object.entries(isObject(written.content) ? written.content : {}).map(([type, media]) => {
    const found = find(media, `requestBody ${type}`);
    const schema = schemaOf(found.schema);
    return [type.toLowerCase(), { ...(schema !== undefined && { schema }), ...example(found, find) }];
  });
  return { required: written.required === true, content: Object.fromEntries(content) };
}

function declared(response: Record<string, unknown>, where: string, find: Find): Declared {
  const headers = Object.entries(isObject(response.headers) ? response.headers : {}).map(([name, value]) => {
    const found = find(value, `${where} header ${name}`);
    const schema = schemaOf(found.schema);
    return [
      name.toLowerCase(),
      { required: found.required === true, ...(schema !== undefined && { schema }) },
    ] as const;
  });
  const content = isObject(response.content)
    ? Object.entries(response.content).map(([type, media]) => [
        type.toLowerCase(),
        schemaOf(find(media, `${where} ${type}`).schema),
      ])
    : undefined;
  return { headers: new Map(headers), ...(content && { content: Object.fromEntries(content) }) };
}
