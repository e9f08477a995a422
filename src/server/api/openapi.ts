import * as z from 'zod';
import * as api from '../../protocol/api.ts';
import * as team from '../../protocol/api-team.ts';
import type { Route } from './route.ts';

type Json = Record<string, unknown>;

/** Schemas that stand in the document under a name of their own. */
const NAMED: Record<string, z.ZodType> = Object.fromEntries(
  Object.entries<unknown>({ ...api, ...team }).filter(
    (entry): entry is [string, z.ZodType] => entry[1] instanceof z.ZodType,
  ),
);

/** The OpenAPI document of the routes, made from the schemas by which they check. */
export function openApi(routes: readonly Route[], version: string): Json {
  const schemas = Object.fromEntries(Object.entries(NAMED).map(([name, schema]) => [name, jsonSchema(schema)]));
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = `/api/v1${route.path}`;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Orchestrate',
      version,
      summary: 'Teams of AI agents on workspaces: their sessions, plans, changes and events.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    paths,
    components: {
      schemas,
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'A token of `orchestrate token`.' } },
      responses: {
        Problem: {
          description: 'It was not done; `code` says why, `detail` what to do.',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
    },
  };
}

function operation({ id, summary, access, params, query, body, answer, status, mediaType, method }: Route): Json {
  const parameters = [...parametersOf(params, 'path'), ...parametersOf(query, 'query')];
  if (method === 'POST' && access !== 'none')
    parameters.push({
      name: 'Idempotency-Key',
      in: 'header',
      required: false,
      description: 'What was asked under it is done once only, and answered again.',
      schema: { type: 'string', maxLength: 200 },
    });
  const schema = answer ? schemaOf(answer) : { type: 'string' };
  return {
    operationId: id,
    summary,
    ...(access === 'none' && { security: [] }),
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body, 'input') } } },
    }),
    responses: {
      [status]: { description: 'Done.', content: { [mediaType]: { schema } } },
      default: { $ref: '#/components/responses/Problem' },
    },
  };
}

function parametersOf(shape: z.ZodObject, place: 'path' | 'query'): Json[] {
  const { properties = {}, required = [] } = jsonSchema(shape, 'input') as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema,
  }));
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output' = 'output'): Json {
  const name = Object.keys(NAMED).find(each => NAMED[each] === schema);
  return name === undefined ? jsonSchema(schema, io) : { $ref: `#/components/schemas/${name}` };
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output' = 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, target: 'draft-2020-12', unrepresentable: 'any' });
  return rest;
}
