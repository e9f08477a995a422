import assert from 'node:assert/strict';
import { Redactor } from '../../src/core/redact/redactor.ts';
import type { Provider, ProviderEvent, ProviderFinish, ProviderRequest } from '../../src/core/routing/contract.ts';
import type { LanguageModels } from '../../src/editor/lm/api.ts';
import { lmProvider } from '../../src/editor/lm/lm-provider.ts';
import type { AssistantMessage, Message } from '../../src/protocol/message.ts';
import { pixel } from './pixel.ts';
import { until } from './until.ts';

/** What a model of the editor is asked, flattened. */
export interface Seen {
  messages: { role: 'user' | 'assistant'; parts: SeenPart[] }[];
  tools: string[];
  required: boolean;
}
export type SeenPart =
  | { text: string }
  | { call: string; name: string; input: unknown }
  | { result: string; text: string }
  | { image: number };

/** What the model says; `throws` an error after that, `hangs` until it is told to stop. */
export interface Said {
  parts?: ({ text: string } | { name: string; input: object })[];
  throws?: Error & { code?: string };
  hangs?: boolean;
}

/** A place with language models: a real editor, or one made for tests. */
export interface LmPlace {
  api: LanguageModels;
  /** The model that answers. */
  model: string;
  answerWith(answer: (seen: Seen) => Said): void;
  seen: Seen[];
  /** Whether the model was told to stop. */
  stopped(): boolean;
}

const tools = ['read_file', 'list_files'].map(name => ({
  name,
  description: `Does ${name}.`,
  parameters: { type: 'object', properties: { path: { type: 'string' } } },
}));
const say = (text: string): Message => ({ role: 'user', parts: [{ type: 'text', text }] });
const never = () => new AbortController().signal;

async function listen(stream: AsyncIterable<ProviderEvent>): Promise<ProviderEvent[]> {
  const events: ProviderEvent[] = [];
  for await (const event of stream) events.push(event);
  assert.equal(events.filter(({ type }) => type === 'finish' || type === 'error').length, 1);
  return events;
}

/** The tests that every provider passes, for the models of an editor. */
export function lmSuite(open: () => Promise<LmPlace>): void {
  let place: LmPlace;
  let provider: Provider;
  let ids = 0;
  const request = (more: Partial<ProviderRequest> = {}): ProviderRequest => ({
    model: place.model,
    system: 'You are a careful engineer.',
    tools,
    messages: [say('Look at the files.')],
    conversation: 'c',
    ...more,
  });
  const answer = async (more: Partial<ProviderRequest> = {}): Promise<ProviderFinish & { events: ProviderEvent[] }> => {
    const events = await listen(provider.stream(request(more), never()));
    const end = events.at(-1);
    assert.ok(end?.type === 'finish', JSON.stringify(end));
    return { ...end, events };
  };
  const failure = async (said: Said, more: Partial<ProviderRequest> = {}) => {
    place.answerWith(() => said);
    const end = (await listen(provider.stream(request(more), never()))).at(-1);
    assert.ok(end?.type === 'error', JSON.stringify(end));
    return end;
  };
  const callsOf = ({ parts }: AssistantMessage) => parts.filter(part => part.type === 'tool-call');

  before(async () => {
    place = await open();
    const redactor = new Redactor('a-secret-of-somebody');
    provider = lmProvider(place.api, { name: 'editor', free: true, redactor, newId: prefix => `${prefix}_${++ids}` });
  });
  beforeEach(() => {
    place.seen.length = 0;
  });

  it('text', async () => {
    place.answerWith(() => ({ parts: [{ text: 'Two ' }, { text: 'things.' }] }));
    const { message, events, stop } = await answer();
    assert.deepEqual(message.parts, [{ type: 'text', text: 'Two things.' }]);
    assert.equal(stop, 'end');
    assert.equal(events[0]?.type, 'open');
    const [first, second] = place.seen[0]?.messages ?? [];
    assert.deepEqual(first?.parts, [{ text: 'You are a careful engineer.' }]);
    assert.deepEqual(second?.parts, [{ text: 'Look at the files.' }]);
  });

  it('unicode split inside a chunk', async () => {
    const text = 'Größe 😀👩‍👩‍👧 日本語';
    place.answerWith(() => ({ parts: [...text].map(text => ({ text })) }));
    const { message } = await answer();
    assert.deepEqual(message.parts, [{ type: 'text', text }]);
  });

  it('several tool calls at once', async () => {
    const parts = ['a.ts', 'b.ts'].map(path => ({ name: 'read_file', input: { path } }));
    place.answerWith(() => ({ parts: [{ text: 'Reading.' }, ...parts] }));
    const { message, stop } = await answer();
    const calls = callsOf(message);
    assert.deepEqual(
      calls.map(({ name, args }) => [name, args]),
      [
        ['read_file', { path: 'a.ts' }],
        ['read_file', { path: 'b.ts' }],
      ],
    );
    assert.equal(stop, 'tool-calls');
    assert.equal(new Set(calls.map(call => call.id)).size, 2);
    assert.deepEqual(place.seen[0]?.tools, ['read_file', 'list_files']);
  });

  it('tool call without arguments', async () => {
    place.answerWith(() => ({ parts: [{ name: 'list_files', input: {} }] }));
    const { message } = await answer();
    const [call] = callsOf(message);
    assert.deepEqual(call?.args, {});
    place.answerWith(() => ({ parts: [{ text: 'ok' }] }));
    const result = { type: 'tool-result', id: call?.id ?? '', name: 'list_files', output: 'a.ts' } as const;
    await answer({ messages: [say('Look.'), message, { role: 'tool', parts: [result] }] });
    const [, , asked, answered] = place.seen[1]?.messages ?? [];
    assert.deepEqual(asked?.parts, [{ call: call?.id, name: 'list_files', input: {} }]);
    assert.deepEqual(answered?.parts, [{ result: call?.id, text: 'a.ts' }]);
  });

  it('reasoning kept and replayed: there is none here, and that of others is not shown', async () => {
    place.answerWith(() => ({ parts: [{ text: 'ok' }] }));
    const other: Message = {
      role: 'assistant',
      parts: [
        { type: 'reasoning', text: 'A secret thought.' },
        { type: 'text', text: 'Hello.' },
      ],
      native: {
        provenance: { provider: 'x', kind: 'anthropic', model: 'm', account: 'a' },
        blocks: { content: ['A secret thought.'] },
      },
    };
    const { message } = await answer({ messages: [say('Hi.'), other, say('Go on.')] });
    assert.doesNotMatch(JSON.stringify(place.seen), /secret thought/);
    assert.deepEqual(place.seen[0]?.messages[2]?.parts, [{ text: 'Hello.' }]);
    assert.equal(message.native, undefined);
  });

  it('images', async () => {
    place.answerWith(() => ({ parts: [{ text: 'A dot.' }] }));
    const image = { type: 'image', mediaType: 'image/png', data: pixel } as const;
    await answer({ messages: [{ role: 'user', parts: [{ type: 'text', text: 'What is it?' }, image] }] });
    const parts = place.seen[0]?.messages[1]?.parts ?? [];
    // The editor may write it anew, smaller.
    if (place.api.LanguageModelDataPart) assert.ok('image' in (parts[1] ?? {}), JSON.stringify(parts));
    else assert.match(JSON.stringify(parts[1]), /an image that this editor cannot show/);
  });

  it('stop reasons', async () => {
    place.answerWith(() => ({ parts: [{ text: 'ok' }] }));
    assert.equal((await answer()).stop, 'end');
    await answer({ toolChoice: 'required' });
    await answer({ toolChoice: { name: 'list_files' } });
    await answer({ toolChoice: 'none' });
    assert.deepEqual(
      place.seen.map(({ tools, required }) => [tools.length, required]),
      [
        [2, false],
        [2, true],
        [1, true],
        [0, false],
      ],
    );
  });

  it('usage with cache hits: nothing is told, so it is counted by us and says so', async () => {
    place.answerWith(() => ({ parts: [{ text: 'some words of an answer' }] }));
    const { usage, raw } = await answer();
    assert.equal(usage.estimated, true);
    assert.ok((usage.input ?? 0) > 10 && (usage.output ?? 0) > 3, JSON.stringify(usage));
    assert.deepEqual([usage.cacheRead, usage.cacheWrite, usage.reasoning], [undefined, undefined, undefined]);
    assert.deepEqual(raw?.usage, { requests: 1 });
    assert.equal(await provider.countTokens?.(request(), never()), usage.input);
  });

  it('abort before sending', async () => {
    const events = await listen(provider.stream(request(), AbortSignal.abort()));
    assert.deepEqual(
      events.map(event => event.type === 'error' && event.class),
      ['aborted'],
    );
    assert.equal(place.seen.length, 0);
  });

  it('abort in mid-stream', async () => {
    place.answerWith(() => ({ parts: [{ text: 'begin' }], hangs: true }));
    const abort = new AbortController();
    const events: ProviderEvent[] = [];
    for await (const event of provider.stream(request(), abort.signal)) {
      events.push(event);
      if (event.type === 'text') abort.abort();
    }
    const end = events.at(-1);
    assert.equal(end?.type === 'error' && end.class, 'aborted');
    await until(() => place.stopped());
  });

  it('models are listed', async () => {
    const listed = await provider.listModels(never());
    assert.ok(listed.ok);
    const model = listed.models.find(({ id }) => id === place.model);
    assert.ok((model?.contextTokens ?? 0) > 0);
  });

  it('failures have classes', async () => {
    const coded = (code: string) => Object.assign(new Error(`failed with a-secret-of-somebody`), { code });
    const { class: cls, message } = await failure({ throws: new Error('The service is down.') });
    assert.deepEqual([cls, message.includes('down')], ['retryable', true]);
    assert.equal((await failure({}, { model: 'no-such-vendor/no-such-model' })).class, 'model-missing');
    const { message: redacted } = await failure({ throws: coded('Whatever') });
    assert.doesNotMatch(redacted, /a-secret/);
    const long = 'word '.repeat(200_000);
    assert.equal(
      (await failure({ throws: new Error('Too long.') }, { messages: [say(long)] })).class,
      'context-overflow',
    );
  });
}
