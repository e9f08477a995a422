import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Fault } from '../../src/rehearsal/wire/fault.ts';
import { startWireServers } from '../../src/rehearsal/wire/server.ts';
import type { CanonicalRequest, ScriptedAnswer, WireCall, WireServers } from '../../src/rehearsal/wire/types.ts';
import { until } from '../support/until.ts';

const { User, Assistant } = vscode.LanguageModelChatMessage;
const key = 'sk-best-0123456789abcdef';
const keys = ['ORCHESTRATE_API_KEY_FIRST', 'ORCHESTRATE_API_KEY_SECOND'];

describe('"Orchestrate: best available", asked as any extension asks it', () => {
  let servers: WireServers;
  let answer: (request: CanonicalRequest) => ScriptedAnswer = () => ({ text: 'Hello' });
  let fault: (call: WireCall) => Fault | undefined = () => undefined;
  let model: vscode.LanguageModelChat;
  const asked: CanonicalRequest[] = [];

  before(async () => {
    servers = await startWireServers({
      answer: request => {
        asked.push(request);
        return answer(request);
      },
      faults: call => (call.endpoint === 'generate' ? fault(call) : undefined),
      keys: [key],
    });
    await vscode.extensions.getExtension('orchestrate.orchestrate')?.activate();
    let found: vscode.LanguageModelChat[] = [];
    await until(async () => {
      found = await vscode.lm.selectChatModels({ vendor: 'orchestrate' });
      return found.length;
    });
    model = found[0] as vscode.LanguageModelChat;
    for (const name of keys) process.env[name] = key;
    await configure({
      providers: {
        first: { kind: 'openai', baseUrl: servers.urls.openai, free: true },
        second: { kind: 'anthropic', baseUrl: servers.urls.anthropic, free: true },
      },
      routes: { orchestrator: ['first/gpt-6-astra', 'second/claude-opus-5-5'] },
      'routing.retries': 0,
    });
  });
  beforeEach(() => {
    asked.length = 0;
    answer = () => ({ text: 'Hello' });
    fault = () => undefined;
  });
  after(async () => {
    for (const name of keys) delete process.env[name];
    await configure({ providers: undefined, routes: undefined, 'routing.retries': undefined });
    await servers?.close();
  });

  async function ask(
    messages: vscode.LanguageModelChatMessage[],
    options: vscode.LanguageModelChatRequestOptions = {},
  ): Promise<unknown[]> {
    const response = await model.sendRequest(messages, options, new vscode.CancellationTokenSource().token);
    const parts: unknown[] = [];
    for await (const part of response.stream) parts.push(part);
    return parts;
  }
  const textOf = (parts: unknown[]) =>
    parts.map(part => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('');

  it('is the one model of its vendor, with a name that says what it is', () => {
    assert.deepEqual(
      [model.vendor, model.id, model.name],
      ['orchestrate', 'best-available', 'Orchestrate: best available'],
    );
    assert.ok(model.maxInputTokens > 0);
  });

  it('answers through the router, from the first provider of the route', async () => {
    assert.equal(textOf(await ask([User('Say hello')])), 'Hello');
    assert.deepEqual([asked[0]?.vendor, asked[0]?.model], ['openai', 'gpt-6-astra']);
  });

  it('goes on with the next provider when the first one fails', async () => {
    fault = ({ vendor }) => (vendor === 'openai' ? { kind: 'server-error' } : undefined);
    answer = ({ vendor }) => ({ text: `from ${vendor}` });
    assert.equal(textOf(await ask([User('Say hello')])), 'from anthropic');
  });

  it('passes tools on, the calls back, and their results to the model', async () => {
    const input = { city: 'Oslo' };
    answer = ({ messages }) =>
      messages.some(({ role }) => role === 'tool')
        ? { text: 'It rains.' }
        : { text: 'I look.', toolCalls: [{ name: 'weather', args: input }] };
    const tools = [
      {
        name: 'weather',
        description: 'The weather',
        inputSchema: { type: 'object', properties: { city: { type: 'string' } } },
      },
    ];
    const question = User('How is the weather in Oslo?');
    const parts = await ask([question], { tools });
    const call = parts.find(part => part instanceof vscode.LanguageModelToolCallPart);
    assert.deepEqual([call?.name, call?.input], ['weather', input]);
    assert.deepEqual(
      asked[0]?.tools.map(({ name }) => name),
      ['weather'],
    );
    const result = new vscode.LanguageModelToolResultPart(call?.callId ?? '', [
      new vscode.LanguageModelTextPart('rain'),
    ]);
    assert.equal(
      textOf(await ask([question, Assistant([call as vscode.LanguageModelToolCallPart]), User([result])], { tools })),
      'It rains.',
    );
    const told = asked.at(-1)?.messages.find(({ role }) => role === 'tool');
    assert.match(JSON.stringify(told), /rain/);
  });

  it('lets go of the provider when the asking is cancelled', async () => {
    fault = () => ({ kind: 'stall', after: 8 });
    answer = () => ({ text: 'A very long answer that never comes to its end', pacing: { chunkChars: 5 } });
    const source = new vscode.CancellationTokenSource();
    const before = servers.requests.length;
    const response = await model.sendRequest([User('Write a book')], {}, source.token);
    const reading = (async () => {
      for await (const part of response.stream) if (textOf([part]) !== '') source.cancel();
    })();
    await reading.catch(() => undefined);
    await until(() => servers.requests.length > before);
    const sent = servers.requests.slice(before).filter(({ endpoint }) => endpoint === 'generate');
    assert.deepEqual(await Promise.all(sent.map(({ done }) => done)), ['client-closed']);
  });

  it('counts tokens of texts and of messages', async () => {
    assert.ok((await model.countTokens('Count the words of this sentence')) >= 5);
    assert.ok((await model.countTokens(User('Count the words of this sentence'))) >= 5);
    assert.equal(await model.countTokens(''), 0);
  });

  it('says in a sentence that a key is refused, without the key', async () => {
    fault = () => ({ kind: 'unauthorized', echoKey: true });
    await assert.rejects(ask([User('Say hello')]), ({ message }: Error) => {
      assert.match(message, /No model answered/);
      assert.ok(!message.includes(key));
      return true;
    });
  });

  it('says in a sentence what to do where no provider has a key', async () => {
    for (const name of keys) delete process.env[name];
    await configure({ providers: undefined, routes: undefined });
    await assert.rejects(ask([User('Say hello')]), /No provider is ready.*Set API Key/);
  });
});

async function configure(values: Record<string, unknown>): Promise<void> {
  const settings = vscode.workspace.getConfiguration('orchestrate');
  for (const [name, value] of Object.entries(values)) {
    await settings.update(name, value, vscode.ConfigurationTarget.Global);
  }
}
