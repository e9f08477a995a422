import assert from 'node:assert/strict';
import { matchSchema } from '../../../src/core/team/schema-match.ts';

const TODO = JSON.stringify({
  type: 'object',
  required: ['id', 'title'],
  properties: { id: { type: 'integer' }, title: { type: 'string', minLength: 1 }, done: { type: 'boolean' } },
  additionalProperties: false,
});

const message = async (schema: string, text: string) => {
  const match = await matchSchema(schema, text);
  return match.ok ? 'ok' : match.message;
};

describe('a JSON text held against a published schema', () => {
  it('matches', async () => assert.equal(await message(TODO, '{"id": 1, "title": "milk"}'), 'ok'));

  it('is told what is missing and what is wrong, and where', async () => {
    assert.equal(
      await message(TODO, '{"id": "1", "title": ""}'),
      '#/id: Instance type "string" is invalid. Expected "integer".\n#/title: String is too short (0 < 1).',
    );
    assert.match(await message(TODO, '{"id": 1}'), /#: Instance does not have required property "title"/);
  });

  it('may be held against a schema written in YAML', async () => {
    assert.equal(await message('type: array\nitems: {type: integer}', '[1, 2]'), 'ok');
  });

  it('must be JSON', async () => assert.match(await message(TODO, 'id: 1'), /^not JSON: /));

  it('cannot be held against what is no schema', async () => {
    assert.match(await message('[1]', '1'), /no JSON Schema/);
    assert.match(await message('{"openapi": "3.1.0"}', '1'), /OpenAPI/);
    assert.match(await message('{"$ref": "#/nowhere"}', '1'), /no usable JSON Schema/);
  });
});
