import assert from 'node:assert/strict';
import type { Vendor } from '../../src/rehearsal/wire/types.ts';
import { endServers, plainRequest, post, serve } from '../support/wire.ts';

type Change = Record<string, unknown>;
type Case = [title: string, change: Change, says: RegExp, status?: number];

const user = (content: unknown) => ({ role: 'user', content });
const said = (content: unknown) => ({ role: 'assistant', content });
const use = (id: string, more = {}) => ({ type: 'tool_use', id, name: 'read_file', input: {}, ...more });
const result = (id: string, more = {}) => ({ type: 'tool_result', tool_use_id: id, content: 'x', ...more });
const cached = (text: string, ttl?: string) => ({
  type: 'text',
  text,
  cache_control: { type: 'ephemeral', ...(ttl ? { ttl } : {}) },
});
const png = { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' };

const anthropic: Case[] = [
  ['no max_tokens', { max_tokens: undefined }, /max_tokens: Field required/],
  ['too many max_tokens', { max_tokens: 1e9 }, /maximum allowed number of output tokens/],
  ['an unknown field', { presence_penalty: 1 }, /Extra inputs are not permitted/],
  ['temperature with the newest version', { temperature: 0.5 }, /temperature/],
  ['no messages', { messages: [] }, /at least one message/],
  ['an assistant first', { messages: [said('a'), user('b')] }, /first message must use the/],
  ['an unknown role', { messages: [user('a'), { role: 'tool', content: 'b' }] }, /role/],
  ['prefill', { messages: [user('a'), said('b')] }, /does not support assistant message prefill/],
  ['empty content', { messages: [user([])] }, /non-empty content/],
  ['an empty text', { messages: [user('')] }, /text content blocks must be non-empty/],
  ['a blank text', { messages: [user([{ type: 'text', text: ' \n' }])] }, /non-whitespace/],
  [
    'a call without result',
    { messages: [user('a'), said([use('t1')]), user('b')] },
    /without `tool_result` blocks.*t1/,
  ],
  [
    'a result after text',
    { messages: [user('a'), said([use('t1')]), user([{ type: 'text', text: 'b' }, result('t1')])] },
    /without `tool_result`/,
  ],
  ['a result without call', { messages: [user([result('t9')])] }, /unexpected `tool_use_id`.*t9/],
  [
    'an id of wrong letters',
    { messages: [user('a'), said([use('a.b')]), user([result('a.b')])] },
    /should match pattern/i,
  ],
  [
    'the same id twice',
    { messages: [user('a'), said([use('t'), use('t')]), user([result('t')])] },
    /ids must be unique/,
  ],
  [
    'input that is no object',
    { messages: [user('a'), said([use('t', { input: '{}' })]), user([result('t')])] },
    /valid dictionary/,
  ],
  [
    'unsigned thinking',
    { messages: [user('a'), said([{ type: 'thinking', thinking: 'b' }]), user('c')] },
    /thinking\.signature: Field required/,
  ],
  [
    'thinking with a signature of someone else',
    { messages: [user('a'), said([{ type: 'thinking', thinking: 'b', signature: 'abc' }]), user('c')] },
    /Invalid `signature` in `thinking` block/,
  ],
  [
    'forced tools while thinking',
    { thinking: { type: 'enabled', budget_tokens: 1024 }, max_tokens: 2000, tool_choice: { type: 'any' } },
    /forces tool use/,
  ],
  [
    'a thinking budget over max_tokens',
    { thinking: { type: 'enabled', budget_tokens: 5000 } },
    /must be greater than `thinking.budget_tokens`/,
  ],
  ['five cache breakpoints', { messages: [user([1, 2, 3, 4, 5].map(n => cached(`p${n}`)))] }, /maximum of 4 blocks/],
  [
    'a long cache entry after a short one',
    { messages: [user([cached('a'), cached('b', '1h')])] },
    /must not come after/,
  ],
  [
    'an image of another kind',
    { messages: [user([{ type: 'image', source: { ...png, media_type: 'image/bmp' } }])] },
    /media_type/,
  ],
  [
    'an image that is no base64',
    { messages: [user([{ type: 'image', source: { ...png, data: '%%' } }])] },
    /invalid base64/,
  ],
  ['a tool without schema', { tools: [{ name: 'a' }] }, /input_schema: Field required/],
  [
    'two tools of one name',
    { tools: [1, 2].map(() => ({ name: 'a', input_schema: { type: 'object' } })) },
    /names must be unique/,
  ],
];

const item = (type: string, more = {}) => ({ type, ...more });
const call = (id: string, more = {}) =>
  item('function_call', { call_id: id, name: 'read_file', arguments: '{}', ...more });
const output = (id: string) => item('function_call_output', { call_id: id, output: 'x' });

const openai: Case[] = [
  ['no input', { input: undefined }, /Missing required parameter: 'input'/],
  ['an unknown parameter', { messages: [] }, /Unknown parameter: 'messages'/],
  [
    'an output without call',
    { input: [user('a'), output('c1')] },
    /No tool call found for function call output with call_id c1/,
  ],
  ['a call without output', { input: [user('a'), call('c1'), user('b')] }, /No tool output found for function call c1/],
  ['an id of another kind', { input: [user('a'), call('c1', { id: 'toolu_1' }), output('c1')] }, /begins with 'fc'/],
  [
    'a call id that is too long',
    { input: [user('a'), call('c'.repeat(65)), output('c'.repeat(65))] },
    /string_above_max_length/,
  ],
  [
    'reasoning that is not stored',
    { input: [user('a'), item('reasoning', { id: 'rs_1', summary: [] }), said('b')] },
    /not found/,
    404,
  ],
  [
    'reasoning of another account',
    {
      input: [
        user('a'),
        item('reasoning', { id: 'rs_1', summary: [], encrypted_content: 'gAAAAAother.n.mac' }),
        said('b'),
      ],
    },
    /invalid_encrypted_content/,
  ],
  ['a response that is not stored', { previous_response_id: 'resp_1' }, /previous_response_not_found/],
  ['too few output tokens', { max_output_tokens: 1 }, /integer_below_min_value/],
  [
    'what an assistant said as input_text',
    { input: [user('a'), said([{ type: 'input_text', text: 'b' }]), user('c')] },
    /Supported values are: 'output_text'/,
  ],
  [
    'a strict schema that is open',
    { tools: [{ type: 'function', name: 'a', strict: true, parameters: { type: 'object', properties: {} } }] },
    /additionalProperties/,
  ],
  [
    'a picture that is no data URL',
    { input: [user([{ type: 'input_image', image_url: 'file:///a.png' }])] },
    /base64-encoded data URL/,
  ],
];

const chatCall = (id: string, args = '{}') => ({
  id,
  type: 'function',
  function: { name: 'read_file', arguments: args },
});
const answer = (id: string) => ({ role: 'tool', tool_call_id: id, content: 'x' });
const calling = (...calls: unknown[]) => ({ role: 'assistant', content: null, tool_calls: calls });

const chat: Case[] = [
  ['no messages', { messages: [] }, /empty array/],
  ['an unknown argument', { foo: 1 }, /Unrecognized request argument/],
  ['a tool message without call', { messages: [user('a'), answer('c1')] }, /must be a response to a preceding message/],
  [
    'a call without answer',
    { messages: [user('a'), calling(chatCall('c1')), user('b')] },
    /did not have response messages: c1/,
  ],
  [
    'a call without answer at the end',
    { messages: [user('a'), calling(chatCall('c1'))] },
    /did not have response messages: c1/,
  ],
  [
    'an assistant that says nothing',
    { messages: [user('a'), { role: 'assistant', content: null }] },
    /expected a string, got null/,
  ],
  ['no calls in tool_calls', { messages: [user('a'), calling()] }, /empty_array/],
  [
    'arguments that are no JSON',
    { messages: [user('a'), calling(chatCall('c1', '{"a')), answer('c1')] },
    /not a JSON object/,
  ],
  [
    'usage of a stream that is none',
    { stream: false, stream_options: { include_usage: true } },
    /only allowed when 'stream'/,
  ],
  ['an unknown role', { messages: [{ role: 'model', content: 'a' }] }, /Invalid value: 'model'/],
];

const turn = (role: string, ...parts: unknown[]) => ({ role, parts });
const text = (value: string) => ({ text: value });
const sentinel = 'skip_thought_signature_validator';
const fn = (name = 'read_file', more = {}) => ({ functionCall: { name, args: {} }, ...more });
const response = (name = 'read_file') => ({ functionResponse: { name, response: { output: 'x' } } });

const google: Case[] = [
  ['no contents', { contents: [] }, /contents is not specified/],
  ['an unknown field', { max_tokens: 1 }, /Unknown name/],
  ['an unknown role', { contents: [turn('assistant', text('a'))] }, /valid role: user, model/],
  ['no parts', { contents: [turn('user')] }, /must not be empty/],
  ['a model at the end', { contents: [turn('user', text('a')), turn('model', text('b'))] }, /end with a user role/],
  [
    'a call right at the start',
    { contents: [turn('model', fn('read_file', { thoughtSignature: sentinel }))] },
    /immediately after a user turn/,
  ],
  [
    'an unsigned call',
    { contents: [turn('user', text('a')), turn('model', fn()), turn('user', response())] },
    /missing a thought_signature/,
  ],
  [
    'a signature of someone else',
    {
      contents: [
        turn('user', text('a')),
        turn('model', fn('read_file', { thoughtSignature: 'abc' })),
        turn('user', response()),
      ],
    },
    /Corrupted thought signature/,
  ],
  [
    'fewer responses than calls',
    {
      contents: [
        turn('user', text('a')),
        turn('model', fn('read_file', { thoughtSignature: sentinel }), fn()),
        turn('user', response()),
      ],
    },
    /number of function response parts is equal/,
  ],
  ['a response without call', { contents: [turn('user', response())] }, /function call turn/],
  [
    'JSON Schema in parameters',
    { tools: [{ functionDeclarations: [{ name: 'a', parameters: { type: 'object', additionalProperties: false } }] }] },
    /Unknown name .*additionalProperties/,
  ],
  ['a name that starts with a digit', { tools: [{ functionDeclarations: [{ name: '1a' }] }] }, /Invalid function name/],
];

const ollama: Case[] = [
  ['no model', { model: '' }, /model is required/],
  ['an unknown role', { messages: [{ role: 'model', content: 'a' }] }, /invalid role/],
  ['content in parts', { messages: [user([{ type: 'text', text: 'a' }])] }, /cannot unmarshal array/],
  [
    'arguments as text',
    { messages: [user('a'), { ...said(''), tool_calls: [chatCall('c1')] }] },
    /cannot unmarshal string/,
  ],
  [
    'an image with a data URL',
    { messages: [{ ...user('a'), images: ['data:image/png;base64,aa'] }] },
    /illegal base64/,
  ],
];

const refused: Record<Vendor, Case[]> = { anthropic, openai, 'openai-compatible': chat, google, ollama };

for (const [vendor, cases] of Object.entries(refused) as [Vendor, Case[]][])
  describe(`${vendor} refuses`, () => {
    afterEach(endServers);
    for (const [title, change, says, status = 400] of cases)
      it(title, async () => {
        const servers = await serve();
        const reply = await post(plainRequest(servers, vendor), change);
        const body = await reply.text();
        assert.match(body, says);
        assert.equal(reply.status, status);
        assert.match(body, /"error"/);
      });
    it('what is no JSON', async () => {
      const servers = await serve();
      const { url, headers } = plainRequest(servers, vendor);
      const reply = await fetch(url, { method: 'POST', headers, body: '{"a":' });
      assert.equal(reply.status, 400);
      await reply.text();
    });
    it('a prompt longer than the model can take', async () => {
      if (vendor === 'ollama') return;
      const id = {
        anthropic: 'claude-opus-5-5',
        openai: 'gpt-6-astra',
        'openai-compatible': 'deepseek-chat',
        google: 'gemini-4-argon',
      };
      const servers = await serve({
        models: { [vendor]: [{ id: id[vendor], contextTokens: 1000, maxOutputTokens: 8000 }] },
      });
      const reply = await post(plainRequest(servers, vendor, 'word '.repeat(2000)));
      assert.equal(reply.status, 400);
      assert.match(await reply.text(), /too long|context|exceeds/);
    });
  });
