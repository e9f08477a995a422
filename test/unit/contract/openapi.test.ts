import assert from 'node:assert/strict';
import { ContractError, readOpenApi } from '../../../src/core/contract/openapi.ts';
import { sampleOf, wrongOf } from '../../../src/core/contract/sample.ts';
import { mistakes } from '../../../src/core/contract/schema.ts';
import { tryContract } from '../../../src/core/contract/try-contract.ts';
import type { Http, HttpRequest } from '../../../src/core/ports.ts';

const info = { title: 't', version: '1' };
const ok = { 200: { description: 'ok' } };
const read = (more: object) => readOpenApi({ openapi: '3.1.0', info, ...more } as never);
type Answer = { status: number; headers?: Record<string, string>; body?: string };

/** Parts that answer as told, and what was asked of them. */
function parts(answer: (request: HttpRequest, path: string) => Answer) {
  const asked: string[] = [];
  const http: Http = {
    exchange: async request => {
      const { pathname, search } = new URL(request.url);
      asked.push(`${request.method} ${pathname}${search}`);
      const { status, headers = {}, body = '' } = answer(request, pathname);
      return { status, headers, body };
    },
    freePort: async () => 1,
  };
  return { asked, http };
}
const json = (status: number, value: unknown): Answer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
});
const attempt = async (document: object, answer: (request: HttpRequest, path: string) => Answer) => {
  const { asked, http } = parts(answer);
  const rows = await tryContract(await read(document), http, 'http://127.0.0.1:1', new AbortController().signal);
  return { asked, rows, results: rows.map(row => row.result) };
};
const content = (schema: object) => ({ 'application/json': { schema } });

describe('an OpenAPI document', () => {
  it('that cannot be read is refused with the place and what to write instead', async () => {
    const cases: [object, RegExp][] = [
      [{ openapi: '2.0', paths: { '/': { get: { responses: ok } } } }, /only OpenAPI 3\.0, 3\.1 and 3\.2/],
      [{}, /paths is missing or empty/],
      [{ paths: {} }, /paths is missing or empty/],
      [{ paths: { '/a': { summary: 'nothing' } } }, /no operation, such as get/],
      [{ paths: { a: { get: { responses: ok } } } }, /must begin with a slash/],
      [{ paths: { '/a': { get: {} } } }, /GET \/a has no responses/],
      [{ paths: { '/a': { $ref: 'other.yaml' } } }, /"other\.yaml" must lead to a place in this document/],
      [
        { paths: { '/a': { get: { responses: { 200: { $ref: '#/components/responses/X' } } } } } },
        /nothing stands at "#\/components\/responses\/X"/,
      ],
      [{ paths: { '/a': { get: { parameters: [{ name: 'x' }], responses: ok } } } }, /a parameter needs name and in/],
      [{ paths: { '/a': { $ref: '#/paths/~1a' } } }, /must lead to a place/],
    ];
    for (const [document, message] of cases)
      await assert.rejects(
        read(document),
        error => error instanceof ContractError && message.test(error.message),
        String(message),
      );
  });

  it('of 3.0 is understood as one of today: nullable, exclusive bounds', async () => {
    const schema = {
      type: 'object',
      properties: { a: { type: 'string', nullable: true }, n: { type: 'number', minimum: 0, exclusiveMinimum: true } },
    };
    const contract = await readOpenApi({
      openapi: '3.0.3',
      info,
      paths: { '/a': { get: { responses: { 200: { description: 'x', content: content(schema) } } } } },
    } as never);
    const found = contract.operations[0]?.responses.get('200')?.content?.['application/json'] ?? false;
    assert.deepEqual(await mistakes(contract.whole(found), { a: null, n: 1 }), []);
    assert.equal((await mistakes(contract.whole(found), { n: 0 })).length, 1);
  });

  it('is tried below the path of its first server', async () => {
    const { asked } = await attempt(
      { servers: [{ url: 'https://example.org/v1/' }], paths: { '/a': { get: { responses: ok } } } },
      () => ({ status: 200 }),
    );
    assert.deepEqual(asked, ['GET /v1/a', 'PATCH /v1/a']);
  });

  it('has things made before they are asked for, and taken away last', async () => {
    const Thing = { type: 'object', required: ['id'], properties: { id: { type: 'integer' } } };
    const things = { type: 'array', items: Thing };
    const responses = (status: number, schema: object) => ({
      [status]: { description: 'x', content: content(schema) },
    });
    const { asked, results } = await attempt(
      {
        paths: {
          '/things/{thingId}': {
            parameters: [{ name: 'thingId', in: 'path', required: true, schema: { type: 'integer' } }],
            delete: { responses: { 204: { description: 'gone' } } },
            get: { responses: responses(200, Thing) },
          },
          '/things': {
            get: { responses: responses(200, things) },
            post: {
              requestBody: { required: true, content: content({ type: 'object' }) },
              responses: responses(201, Thing),
            },
          },
        },
      },
      ({ method }, path) => {
        if (method === 'PATCH') return { status: 405 };
        if (method === 'DELETE') return { status: 204 };
        if (method === 'POST') return json(201, { id: 7 });
        return path === '/things' ? json(200, [{ id: 7 }]) : json(200, { id: 7 });
      },
    );
    assert.deepEqual(results, ['kept', 'kept', 'kept', 'kept']);
    assert.deepEqual(asked.slice(0, 4), ['POST /things', 'GET /things', 'GET /things/7', 'DELETE /things/7']);
  });

  it('says what was not tried and why: nothing is known that is there, it needs credentials, no example', async () => {
    const pattern = { type: 'string', pattern: '^[A-Z]{3}-\\d{4}$' };
    const { rows, asked } = await attempt(
      {
        components: { securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'x' } } },
        paths: {
          '/a/{id}': {
            get: {
              parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
              responses: ok,
            },
          },
          '/b': { get: { security: [{ key: [] }], responses: ok } },
          '/c': { get: { parameters: [{ name: 'q', in: 'query', required: true, schema: pattern }], responses: ok } },
          '/d': { post: { requestBody: { required: true, content: { 'text/xml': {} } }, responses: ok } },
        },
      },
      () => ({ status: 405 }),
    );
    assert.deepEqual(
      rows.map(row => row.result),
      ['not-tried', 'not-tried', 'not-tried', 'not-tried'],
    );
    const why = rows.map(row => row.cases[0]?.detail);
    assert.match(String(why[0]), /no id is known/);
    assert.match(String(why[1]), /needs credentials/);
    assert.match(String(why[2]), /no example for the query parameter q/);
    assert.match(String(why[3]), /only JSON bodies/);
    assert.ok(!asked.some(one => one.startsWith('GET')), 'nothing was guessed');
  });

  it('sees that what needs credentials is refused without them', async () => {
    const secured = { security: [{ key: [] }], responses: { ...ok, 401: { description: 'no' } } };
    const document = { paths: { '/b': { get: secured } } };
    assert.deepEqual((await attempt(document, () => ({ status: 401 }))).results, ['not-tried']);
    const { rows } = await attempt(document, () => ({ status: 200 }));
    assert.match(String(rows[0]?.cases[1]?.detail), /must be refused with 401 or 403/);
  });

  it('asks nothing of other origins unless it lets them in', async () => {
    const { rows, asked } = await attempt({ paths: { '/a': { get: { responses: ok } } } }, ({ method }) => ({
      status: method === 'GET' ? 200 : 405,
    }));
    assert.ok(!asked.some(one => one.startsWith('OPTIONS')));
    assert.ok(rows.every(row => row.cases.every(one => one.kind !== 'cors')));
  });

  it('takes the answer of a whole hundred, and of all others, for declared', async () => {
    const of = (status: string) => ({ paths: { '/a': { get: { responses: { [status]: { description: 'x' } } } } } });
    assert.deepEqual((await attempt(of('2XX'), ({ method }) => ({ status: method === 'GET' ? 206 : 404 }))).results, [
      'kept',
    ]);
    assert.deepEqual(
      (await attempt(of('default'), ({ method }) => ({ status: method === 'GET' ? 200 : 404 }))).results,
      ['kept'],
    );
    assert.deepEqual((await attempt(of('default'), () => ({ status: 500 }))).results, ['broken']);
  });

  it('is broken by an error of the server, a crash, and a method that it does not have', async () => {
    const document = { paths: { '/a': { get: { responses: ok } } } };
    assert.deepEqual((await attempt(document, () => ({ status: 200 }))).results, ['broken']);
    assert.deepEqual((await attempt(document, () => ({ status: 500 }))).results, ['broken']);
    const { rows } = await attempt(document, () => {
      throw new Error('socket hang up');
    });
    assert.match(String(rows[0]?.cases[0]?.detail), /no answer: socket hang up/);
  });
});

describe('a made-up value', () => {
  const whole = (schema: unknown) => schema as never;
  it('satisfies the schema, and a wrong one does not', async () => {
    for (const schema of [
      { type: 'string', format: 'email' },
      { type: 'string', minLength: 20 },
      { type: 'string', maxLength: 2 },
      { type: 'integer', minimum: 5, maximum: 6 },
      { type: 'number', exclusiveMinimum: 0 },
      { type: 'array', minItems: 2, items: { type: 'boolean' } },
      { enum: ['a', 'b'] },
      { const: 3 },
      { type: ['string', 'null'] },
      { oneOf: [{ type: 'integer' }, { type: 'string' }] },
      { allOf: [{ type: 'object', required: ['a'], properties: { a: { type: 'integer' } } }, { required: ['b'] }] },
      {
        type: 'object',
        required: ['a'],
        properties: { a: { type: 'object', required: ['b'], properties: { b: { type: 'string' } } } },
      },
    ]) {
      const made = await sampleOf(schema, whole);
      assert.ok(made, JSON.stringify(schema));
      const wrong = await wrongOf(schema, made.value);
      assert.ok(wrong && (await mistakes(schema, wrong.value)).length > 0, JSON.stringify(schema));
    }
  });

  it('is none where none was found', async () => {
    assert.equal(await sampleOf({ type: 'string', pattern: '^[A-Z]{3}$' }, whole), undefined);
    assert.equal(await sampleOf(false, whole), undefined);
    assert.equal(await wrongOf(true, 1), undefined);
  });

  it('of a schema that holds itself comes to an end', async () => {
    const components = {
      schemas: {
        Node: { type: 'object', required: ['next'], properties: { next: { $ref: '#/components/schemas/Node' } } },
      },
    };
    const endless = { $ref: '#/components/schemas/Node' };
    assert.equal(await sampleOf(endless, schema => ({ allOf: [schema], components }) as never), undefined);
  });
});
