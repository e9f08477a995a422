import assert from 'node:assert/strict';
import type { ScriptedAnswer, Vendor, WireServers } from '../../src/rehearsal/wire/types.ts';
import { endServers, plainRequest, post, serve } from '../support/wire.ts';

const thoughtful: ScriptedAnswer = {
  reasoning: 'First look at the file.',
  text: 'Looking.',
  toolCalls: [{ name: 'read_file', args: { path: 'a.ts' } }],
};

type Body = Record<string, unknown>;
interface Block {
  type: string;
  [key: string]: unknown;
}

describe('Signed reasoning', () => {
  afterEach(endServers);

  async function first(servers: WireServers, vendor: Vendor, change: Body = {}): Promise<Body> {
    const request = plainRequest(servers, vendor);
    if (vendor === 'google') request.url = request.url.replace(':streamGenerateContent?alt=sse', ':generateContent');
    const reply = await post(request, { ...(vendor === 'google' ? {} : { stream: false }), ...change });
    assert.equal(reply.status, 200);
    return (await reply.json()) as Body;
  }

  const anthropicTurns = (content: unknown, question = 'Hello') => [
    { role: 'user', content: question },
    { role: 'assistant', content },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: (content as Block[]).at(-1)?.id, content: 'x' }] },
  ];

  it('of Anthropic is taken back as long as nothing before it changed', async () => {
    const servers = await serve({ answer: () => thoughtful });
    const { content } = await first(servers, 'anthropic');
    const again = (change: Body, key?: string) => post(plainRequest(servers, 'anthropic', 'Hello', key), change);
    const messages = anthropicTurns(content);
    assert.equal((await again({ messages })).status, 200);
    // Where the cache is asked to break, and what may be called, is no part of what was signed.
    const marked = messages.map((message, i) =>
      i === 0
        ? { ...message, content: [{ type: 'text', text: 'Hello', cache_control: { type: 'ephemeral' } }] }
        : message,
    );
    assert.equal((await again({ messages: marked, tool_choice: { type: 'none' } })).status, 200);
    const [thinking, ...rest] = content as Block[];
    assert.equal((await again({ messages: anthropicTurns(rest) })).status, 200);

    const changes: [Body, string?][] = [
      [{ messages: anthropicTurns(content, 'Hallo') }],
      [{ messages, system: 'Be brief.' }],
      [{ messages, tools: [] }],
      [{ messages, model: 'claude-fable-5-2' }],
      [{ messages: anthropicTurns([{ ...thinking, thinking: 'Something else.' }, ...rest]) }],
      [{ messages }, 'key-b'],
    ];
    for (const [change, key] of changes) {
      const reply = await again(change, key);
      assert.match(await reply.text(), /Invalid `signature` in `thinking` block/);
      assert.equal(reply.status, 400);
    }
  });

  it('of Anthropic is signed even where its text is left out', async () => {
    const servers = await serve({ answer: () => thoughtful });
    const { content } = await first(servers, 'anthropic', { thinking: { type: 'adaptive', display: 'omitted' } });
    assert.equal((content as Block[])[0]?.thinking, '');
    const reply = await post(plainRequest(servers, 'anthropic'), { messages: anthropicTurns(content) });
    assert.equal(reply.status, 200);
  });

  it('of OpenAI is taken back by the same account only, with the item it belongs to', async () => {
    const servers = await serve({ answer: () => thoughtful });
    const { output } = await first(servers, 'openai', { include: ['reasoning.encrypted_content'] });
    const items = output as Block[];
    const reasoning = items[0];
    const input = [
      { role: 'user', content: 'Hello' },
      ...items,
      { type: 'function_call_output', call_id: items.at(-1)?.call_id, output: 'x' },
    ];
    assert.equal((await post(plainRequest(servers, 'openai'), { input })).status, 200);
    const other = await post(plainRequest(servers, 'openai', 'Hello', 'key-b'), { input });
    const error = ((await other.json()) as { error: Body }).error;
    assert.equal(error.code, 'invalid_encrypted_content');
    const alone = await post(plainRequest(servers, 'openai'), {
      input: [input[0], reasoning, { role: 'user', content: 'b' }],
    });
    assert.match(await alone.text(), /without its required following item/);
  });

  it('of Gemini is taken back on the call it was made for', async () => {
    const servers = await serve({ answer: () => thoughtful });
    const { candidates } = await first(servers, 'google');
    const { content } = (candidates as { content: { parts: { functionCall?: Body }[] } }[])[0] ?? assert.fail();
    const name = 'read_file';
    const id = content.parts.at(-1)?.functionCall?.id;
    const contents = (model: unknown) => [
      { role: 'user', parts: [{ text: 'Hello' }] },
      model,
      { role: 'user', parts: [{ functionResponse: { name, id, response: { output: 'x' } } }] },
    ];
    assert.equal((await post(plainRequest(servers, 'google'), { contents: contents(content) })).status, 200);
    const changed = structuredClone(content);
    const call = changed.parts.at(-1)?.functionCall ?? assert.fail();
    call.args = { path: 'b.ts' };
    const reply = await post(plainRequest(servers, 'google'), { contents: contents(changed) });
    assert.match(await reply.text(), /Corrupted thought signature/);
  });
});
