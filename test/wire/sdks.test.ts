import assert from 'node:assert/strict';
import Anthropic, { APIError as AnthropicError } from '@anthropic-ai/sdk';
import { GoogleGenerativeAI, GoogleGenerativeAIFetchError } from '@google/generative-ai';
import OpenAI, { APIError as OpenAIError } from 'openai';
import type { ScriptedAnswer, WireServers } from '../../src/rehearsal/wire/types.ts';
import { endServers, serve } from '../support/wire.ts';

const said: ScriptedAnswer = {
  reasoning: 'Two files, so two calls.',
  text: 'Größe 😀 and more text than fits into one event of the stream',
  toolCalls: [{ name: 'read_file', args: { path: 'a.ts' } }, { name: 'list_files' }],
};
const schema = { type: 'object' as const, properties: { path: { type: 'string' } } };

describe('The real SDKs against the wire servers', () => {
  afterEach(endServers);

  const anthropic = (servers: WireServers, apiKey = 'key-a') =>
    new Anthropic({ baseURL: servers.urls.anthropic, apiKey, maxRetries: 0 });
  const openai = (baseURL: string, apiKey = 'key-a') => new OpenAI({ baseURL, apiKey, maxRetries: 0 });

  it('Anthropic streams thinking, text and tool calls', async () => {
    const servers = await serve({ answer: () => said });
    const message = await anthropic(servers)
      .messages.stream({
        model: 'claude-opus-5-5',
        max_tokens: 2000,
        tools: [{ name: 'read_file', input_schema: schema }],
        messages: [{ role: 'user', content: 'Read' }],
      })
      .finalMessage();
    assert.deepEqual(
      message.content.map(block => block.type),
      ['thinking', 'text', 'tool_use', 'tool_use'],
    );
    assert.equal(message.content.find(block => block.type === 'text')?.text, said.text);
    assert.deepEqual(
      message.content.flatMap(block => (block.type === 'tool_use' ? [block.input] : [])),
      [{ path: 'a.ts' }, {}],
    );
    assert.equal(message.stop_reason, 'tool_use');
    assert.equal(message.usage.input_tokens, servers.requests[0]?.request?.promptTokens);
  });

  it('Anthropic answers without a stream, counts tokens and lists models', async () => {
    const servers = await serve({ answer: () => said });
    const client = anthropic(servers);
    const request = { model: 'claude-haiku-5-5', messages: [{ role: 'user' as const, content: 'Read' }] };
    const message = await client.messages.create({ ...request, max_tokens: 100 });
    assert.equal(message.content.length, 4);
    assert.equal((await client.messages.countTokens(request)).input_tokens, message.usage.input_tokens);
    const models = await client.models.list();
    assert.ok(models.data.some(model => model.id === 'claude-haiku-5-5'));
  });

  it('Responses streams reasoning, text and function calls', async () => {
    const servers = await serve({ answer: () => said });
    const stream = await openai(servers.urls.openai).responses.create({
      model: 'gpt-6-astra',
      stream: true,
      store: false,
      input: 'Read',
      include: ['reasoning.encrypted_content'],
      reasoning: { summary: 'auto' },
    });
    let text = '';
    let sequence = -1;
    let types: string[] = [];
    for await (const event of stream) {
      assert.equal(event.sequence_number, ++sequence);
      if (event.type === 'response.output_text.delta') text += event.delta;
      if (event.type === 'response.completed') types = event.response.output.map(item => item.type);
    }
    assert.equal(text, said.text);
    assert.deepEqual(types, ['reasoning', 'message', 'function_call', 'function_call']);
  });

  it('Responses answers without a stream', async () => {
    const servers = await serve({ answer: () => said });
    const response = await openai(servers.urls.openai).responses.create({ model: 'gpt-6-luna', input: 'Read' });
    assert.equal(response.output_text, said.text);
    assert.equal(response.usage?.output_tokens_details.reasoning_tokens, 6);
  });

  it('Chat Completions streams text, calls and usage', async () => {
    const servers = await serve({ answer: () => said });
    const stream = openai(servers.urls['openai-compatible']).chat.completions.stream({
      model: 'mistral-large',
      messages: [{ role: 'user', content: 'Read' }],
      stream_options: { include_usage: true },
    });
    const completion = await stream.finalChatCompletion();
    const [choice] = completion.choices;
    assert.equal(choice?.message.content, said.text);
    assert.equal(choice?.finish_reason, 'tool_calls');
    assert.deepEqual(
      choice?.message.tool_calls?.map(call => call.type === 'function' && call.function.arguments),
      ['{"path":"a.ts"}', '{}'],
    );
    assert.equal(completion.usage?.prompt_tokens, servers.requests[0]?.request?.promptTokens);
  });

  it('Gemini streams text, thoughts and signed function calls', async () => {
    const servers = await serve({ answer: () => said });
    const model = new GoogleGenerativeAI('key-a').getGenerativeModel(
      { model: 'gemini-4-argon', generationConfig: { thinkingConfig: { includeThoughts: true } } as object },
      { baseUrl: servers.urls.google },
    );
    const { stream, response } = await model.generateContentStream('Read');
    const parts: Record<string, unknown>[] = [];
    for await (const chunk of stream)
      for (const part of chunk.candidates?.[0]?.content?.parts ?? [])
        parts.push(part as unknown as Record<string, unknown>);
    await response;
    assert.equal(parts.map(part => (part.thought ? '' : (part.text ?? ''))).join(''), said.text);
    assert.ok(parts.some(part => part.thought === true));
    const calls = parts.filter(part => part.functionCall);
    assert.equal(calls.length, 2);
    assert.ok(calls[0]?.thoughtSignature);
  });

  it('Gemini answers without a stream and counts tokens', async () => {
    const servers = await serve({ answer: () => said });
    const model = new GoogleGenerativeAI('key-a').getGenerativeModel(
      { model: 'gemini-3.8-flash' },
      { baseUrl: servers.urls.google },
    );
    const { response } = await model.generateContent('Read');
    const { totalTokens } = await model.countTokens('Read');
    assert.equal(response.usageMetadata?.promptTokenCount, totalTokens);
    assert.equal(response.functionCalls()?.length, 2);
  });

  it('hand over the vendors own errors: an unknown model, a wrong key', async () => {
    const servers = await serve({ keys: ['key-a'] });
    const ask = (client: Anthropic, model: string) =>
      client.messages.create({ model, max_tokens: 10, messages: [{ role: 'user', content: 'x' }] });
    await assert.rejects(ask(anthropic(servers), 'claude-none'), { status: 404, type: 'not_found_error' });
    await assert.rejects(ask(anthropic(servers, 'other'), 'claude-opus-5-5'), (error: unknown) => {
      assert.ok(error instanceof AnthropicError);
      return error.status === 401 && error.type === 'authentication_error';
    });
    await assert.rejects(openai(servers.urls.openai).responses.create({ model: 'gpt-none', input: 'x' }), {
      status: 404,
      code: 'model_not_found',
    });
    await assert.rejects(
      openai(servers.urls.openai, 'other').responses.create({ model: 'gpt-6-luna', input: 'x' }),
      (e: unknown) => {
        assert.ok(e instanceof OpenAIError);
        return e.status === 401 && e.code === 'invalid_api_key';
      },
    );
    const gemini = (key: string, model: string) =>
      new GoogleGenerativeAI(key).getGenerativeModel({ model }, { baseUrl: servers.urls.google }).generateContent('x');
    await assert.rejects(gemini('key-a', 'gemini-none'), { status: 404 });
    await assert.rejects(gemini('other', 'gemini-4-argon'), (error: unknown) => {
      assert.ok(error instanceof GoogleGenerativeAIFetchError);
      return error.status === 400 && JSON.stringify(error.errorDetails).includes('API_KEY_INVALID');
    });
  });
});
