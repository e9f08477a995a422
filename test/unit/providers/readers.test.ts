import assert from 'node:assert/strict';
import type { ProviderEvent } from '../../../src/core/routing/contract.ts';
import { AnthropicReader } from '../../../src/providers/anthropic/reader.ts';
import { ChatReader } from '../../../src/providers/chat/reader.ts';
import { GeminiReader } from '../../../src/providers/google/reader.ts';
import { ResponsesReader } from '../../../src/providers/openai/reader.ts';
import type { StreamReader } from '../../../src/providers/stream-call.ts';

const provenance = { provider: 'p', kind: 'k', model: 'm', account: 'a' };
let ids = 0;
const newId = (prefix: string) => `${prefix}_${++ids}`;

/** All payloads through a reader; the finished message with what was told on the way. */
function readAll<P>(reader: StreamReader<P>, payloads: P[]) {
  const out: ProviderEvent[] = [];
  let ending: ReturnType<typeof reader.take>;
  for (const payload of payloads) ending ??= reader.take(payload, out);
  ending ??= reader.end(out);
  assert.ok(ending && 'finish' in ending, JSON.stringify(ending));
  const { message, usage, stop } = ending.finish;
  const calls = message.parts.flatMap(part => (part.type === 'tool-call' ? [[part.name, part.args]] : []));
  const say = (type: string) =>
    message.parts.flatMap(part => (part.type === type && 'text' in part ? [part.text] : []));
  return {
    out,
    message,
    usage,
    stop,
    calls,
    text: say('text'),
    reasoning: say('reasoning'),
    native: message.native?.blocks,
  };
}

const chat = (...chunks: object[]) =>
  readAll(
    new ChatReader(provenance, newId),
    chunks.map(chunk => JSON.stringify(chunk)),
  );
const delta = (delta: object, finish_reason: string | null = null) => ({
  choices: [{ index: 0, delta, finish_reason }],
});
const stop = (reason = 'stop') => delta({}, reason);
const piece = (index: number | undefined, id?: string, name?: string, json?: unknown) =>
  delta({
    tool_calls: [{ ...(index !== undefined && { index }), ...(id && { id }), function: { name, arguments: json } }],
  });

describe('Tool calls of Chat Completions', () => {
  const twice = [
    ['read', { a: 1 }],
    ['list', {}],
  ];

  it('are numbered with gaps', () => {
    const { calls } = chat(
      piece(2, 'x', 'read', '{"a"'),
      piece(5, 'y', 'list', ''),
      piece(2, undefined, undefined, ':1}'),
      stop('tool_calls'),
    );
    assert.deepEqual(calls, twice);
  });

  it('are not numbered at all', () => {
    const { calls } = chat(
      piece(undefined, 'x', 'read', '{"a"'),
      piece(undefined, undefined, undefined, ':1}'),
      piece(undefined, 'y', 'list', ''),
      stop(),
    );
    assert.deepEqual(calls, twice);
  });

  it('have neither numbers nor ids', () => {
    const { calls, stop: ended } = chat(
      piece(undefined, '', 'read', { a: 1 }),
      piece(undefined, '', 'list', null),
      stop(),
    );
    assert.deepEqual(calls, twice);
    assert.equal(ended, 'tool-calls');
  });

  it('all have the same number, and ids that tell them apart', () => {
    const { calls } = chat(piece(0, 'x', 'read', '{"a":1}'), piece(0, 'y', 'list', '{}'), stop('tool_calls'));
    assert.deepEqual(calls, twice);
  });

  it('repeat id and name with every piece', () => {
    const { calls } = chat(
      piece(0, 'x', 'read', '{"a"'),
      piece(0, 'x', 'read', ':1}'),
      piece(1, 'y', 'list', ''),
      stop(),
    );
    assert.deepEqual(calls, twice);
  });

  it('carry signatures of Gemini, which are kept', () => {
    const extra = { google: { thought_signature: 'sig' } };
    const signed = delta({
      tool_calls: [{ index: 0, id: 'x', extra_content: extra, function: { name: 'read', arguments: '{}' } }],
    });
    const { native } = chat(signed, stop());
    assert.deepEqual(Object.values((native as { extras: object }).extras), [extra]);
  });
});

describe('Dialects of Chat Completions', () => {
  it('write reasoning and text as lists', () => {
    const { text, reasoning } = chat(
      delta({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm' }] }] }),
      delta({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'm.' }] }] }),
      delta({
        content: [
          { type: 'text', text: 'Yes' },
          { type: 'reference', reference_ids: [1] },
        ],
      }),
      delta({ content: '.' }, 'stop'),
    );
    assert.deepEqual([reasoning, text], [['Hmm.'], ['Yes.']]);
  });

  it('send reasoning under two names at once, or an empty one beside', () => {
    const { reasoning } = chat(
      delta({ reasoning_content: 'a', reasoning: 'a' }),
      delta({ reasoning_content: null, reasoning: 'b' }),
      delta({ reasoning_content: '', reasoning: 'c', content: 'd' }, 'stop'),
    );
    assert.deepEqual(reasoning, ['abc']);
  });

  it('send reasoning in details, whose pieces are put together', () => {
    const detail = (more: object) =>
      delta({ reasoning_details: [{ type: 'reasoning.text', index: 0, format: 'f', ...more }] });
    const { native } = chat(detail({ text: 'a' }), detail({ text: 'b' }), detail({ signature: 's' }), stop());
    const [whole, ...others] = (native as { details: object[] }).details;
    assert.deepEqual(
      [whole, others],
      [{ type: 'reasoning.text', index: 0, format: 'f', text: 'ab', signature: 's' }, []],
    );
  });

  it('answer whole although a stream was asked for', () => {
    const { text, usage } = chat({
      choices: [{ message: { content: 'Whole.' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 3, completion_tokens: 1 },
    });
    assert.deepEqual([text, usage], [['Whole.'], { input: 3, output: 1 }]);
  });

  it('count in their own ways', () => {
    const usageOf = (usage: object) => chat(stop(), { choices: [], usage }).usage;
    const deepseek = {
      prompt_tokens: 100,
      completion_tokens: 9,
      prompt_cache_hit_tokens: 80,
      prompt_cache_miss_tokens: 20,
    };
    assert.deepEqual(usageOf(deepseek), { input: 20, cacheRead: 80, output: 9 });
    const xai = {
      prompt_tokens: 10,
      completion_tokens: 5,
      total_tokens: 35,
      completion_tokens_details: { reasoning_tokens: 20 },
    };
    assert.deepEqual(usageOf(xai), { input: 10, output: 25, reasoning: 20 });
    const writes = {
      prompt_tokens: 100,
      completion_tokens: 9,
      prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 30 },
    };
    assert.deepEqual(usageOf(writes), { input: 10, cacheRead: 60, cacheWrite: 30, output: 9 });
    const groq = chat({ ...stop(), x_groq: { usage: { prompt_tokens: 7, completion_tokens: 2 } } });
    assert.deepEqual(groq.usage, { input: 7, output: 2 });
    const beside = chat({
      choices: [
        { delta: {}, finish_reason: 'stop', usage: { prompt_tokens: 7, completion_tokens: 2, cached_tokens: 4 } },
      ],
    });
    assert.deepEqual(beside.usage, { input: 3, cacheRead: 4, output: 2 });
  });

  it('begin with a chunk about the prompt alone', () => {
    const { text } = chat({ id: '', choices: [], prompt_filter_results: [] }, delta({ content: 'Hi' }, 'stop'));
    assert.deepEqual(text, ['Hi']);
  });
});

describe('Responses', () => {
  const tools = new Set(['read', 'list']);
  const responses = (...events: object[]) =>
    readAll(
      new ResponsesReader(provenance, newId, tools),
      events.map(event => JSON.stringify(event)),
    );
  const completed = { type: 'response.completed', response: { status: 'completed', output: [] } };
  const call = (name: string, args: unknown) => {
    const item = { type: 'function_call', call_id: 'c', name, arguments: JSON.stringify(args) };
    return [
      { type: 'response.output_item.added', output_index: 0, item: { ...item, arguments: '' } },
      { type: 'response.output_item.done', output_index: 0, item },
    ];
  };

  it('call several tools through one that does not exist', () => {
    const uses = [
      { recipient_name: 'functions.read', parameters: { a: 1 } },
      { recipient_name: 'functions.list', parameters: {} },
    ];
    const { calls, native, out } = responses(...call('parallel', { tool_uses: uses }), completed);
    assert.deepEqual(calls, [
      ['read', { a: 1 }],
      ['list', {}],
    ]);
    assert.equal(native, undefined);
    assert.equal(out.filter(({ type }) => type === 'tool-call-start').length, 2);
    const other = [{ recipient_name: 'functions.unknown', parameters: {} }];
    assert.deepEqual(responses(...call('parallel', { tool_uses: other }), completed).calls, [
      ['parallel', { tool_uses: other }],
    ]);
  });

  it('finish an item with more than was streamed of it', () => {
    const { text, out, reasoning } = responses(
      { type: 'response.reasoning_summary_text.delta', output_index: 0, summary_index: 0, delta: 'First' },
      { type: 'response.reasoning_summary_text.delta', output_index: 0, summary_index: 1, delta: 'Second' },
      {
        type: 'response.output_item.done',
        output_index: 0,
        item: { type: 'reasoning', id: 'r', summary: [{ text: 'First' }, { text: 'Second.' }] },
      },
      { type: 'response.output_text.delta', output_index: 1, content_index: 0, delta: 'So' },
      {
        type: 'response.output_item.done',
        output_index: 1,
        item: { type: 'message', content: [{ type: 'output_text', text: 'So it is.' }] },
      },
      completed,
    );
    assert.deepEqual([reasoning, text], [['First\n\nSecond.'], ['So it is.']]);
    assert.equal(out.flatMap(event => (event.type === 'text' ? [event.text] : [])).join(''), 'So it is.');
  });

  it('come in one piece at the end', () => {
    const output = [{ type: 'message', content: [{ type: 'refusal', refusal: 'No.' }] }];
    const { text, stop: ended } = responses({ type: 'response.completed', response: { status: 'completed', output } });
    assert.deepEqual([text, ended], [['No.'], 'refusal']);
  });
});

describe('Messages of Anthropic', () => {
  const anthropic = (...events: object[]) =>
    readAll(
      new AnthropicReader(provenance, newId),
      events.map(event => JSON.stringify(event)),
    );
  const end = [
    { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 5 } },
    { type: 'message_stop' },
  ];

  it('keep blocks of tools that the vendor runs, and citations', () => {
    const { native, text, calls } = anthropic(
      {
        type: 'content_block_start',
        index: 0,
        content_block: { type: 'server_tool_use', id: 's', name: 'web_search', input: {} },
      },
      { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '{"query":"x"}' } },
      {
        type: 'content_block_start',
        index: 1,
        content_block: { type: 'web_search_tool_result', tool_use_id: 's', content: [] },
      },
      { type: 'content_block_start', index: 2, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 2, delta: { type: 'text_delta', text: 'Found.' } },
      { type: 'content_block_delta', index: 2, delta: { type: 'citations_delta', citation: { url: 'u' } } },
      { type: 'content_block_start', index: 3, content_block: { type: 'text', text: '' } },
      ...end,
    );
    assert.deepEqual([text, calls], [['Found.'], []]);
    assert.deepEqual(native, {
      content: [
        { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'x' } },
        { type: 'web_search_tool_result', tool_use_id: 's', content: [] },
        { type: 'text', text: 'Found.', citations: [{ url: 'u' }] },
      ],
      ids: {},
    });
  });

  it('bring whole arguments with the start of a call', () => {
    const { calls } = anthropic(
      {
        type: 'content_block_start',
        index: 0,
        content_block: { type: 'tool_use', id: 't', name: 'read', input: { a: 1 } },
      },
      { type: 'content_block_stop', index: 0 },
      ...end,
    );
    assert.deepEqual(calls, [['read', { a: 1 }]]);
  });

  it('say that the model is at work while a block is open that shows nothing of it', () => {
    const reader = new AnthropicReader(provenance, newId);
    const thinksAfter = (...events: object[]) => {
      for (const event of events) reader.take(JSON.stringify(event), []);
      return reader.thinks;
    };
    const start = (index: number, type: string) => ({ type: 'content_block_start', index, content_block: { type } });
    const stop = (index: number) => ({ type: 'content_block_stop', index });
    assert.equal(
      thinksAfter({ type: 'message_start', message: {} }, { type: 'ping' }),
      false,
      'it may wait in a queue',
    );
    assert.equal(thinksAfter(start(0, 'thinking'), { type: 'ping' }), true);
    assert.equal(thinksAfter(stop(0)), false);
    assert.equal(thinksAfter(start(1, 'text'), { type: 'ping' }), false);
    assert.equal(thinksAfter(stop(1), start(2, 'tool_use')), true);
    assert.equal(thinksAfter(stop(2), start(3, 'server_tool_use')), true);
  });

  it('keep no thinking whose signature never came', () => {
    const { native, reasoning } = anthropic(
      { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'Hm.' } },
      ...end,
    );
    assert.deepEqual([reasoning, native], [['Hm.'], undefined]);
  });

  it('tell of a cut answer only the tokens that are sure', () => {
    const reader = new AnthropicReader(provenance, newId);
    reader.take(
      JSON.stringify({ type: 'message_start', message: { usage: { input_tokens: 9, output_tokens: 1 } } }),
      [],
    );
    assert.deepEqual(reader.usage(), { input: 9 });
  });
});

describe('Answers of Gemini', () => {
  const gemini = (...chunks: object[]) =>
    readAll(
      new GeminiReader(provenance, newId),
      chunks.map(chunk => JSON.stringify(chunk)),
    );
  const parts = (...parts: object[]) => ({ candidates: [{ content: { parts } }] });
  const end = { candidates: [{ finishReason: 'STOP' }] };

  it('write arguments piece by piece, to any depth', () => {
    const write = (jsonPath: string, value: object, willContinue = false) =>
      parts({
        functionCall: {
          partialArgs: [{ jsonPath, ...value, ...(willContinue && { willContinue }) }],
          willContinue: true,
        },
      });
    const { calls, native } = gemini(
      parts({ functionCall: { name: 'write', id: 'f', willContinue: true }, thoughtSignature: 's' }),
      write('$.files[0].path', { stringValue: 'a.' }, true),
      write('$.files[0].path', { stringValue: 'ts' }),
      write('$.files[0].lines', { numberValue: 0 }),
      write("$.files[1]['the path']", { stringValue: 'b' }),
      write('$.force', { boolValue: false }),
      write('$.why', { nullValue: null }),
      parts({ functionCall: {} }),
      parts({ functionCall: { name: 'list' } }),
      end,
    );
    const args = { files: [{ path: 'a.ts', lines: 0 }, { 'the path': 'b' }], force: false, why: null };
    assert.deepEqual(calls, [
      ['write', args],
      ['list', {}],
    ]);
    assert.deepEqual((native as { parts: object[] }).parts, [
      { functionCall: { name: 'write', args, id: 'f' }, thoughtSignature: 's' },
      { functionCall: { name: 'list', args: {} } },
    ]);
  });

  it('keep signatures on the very parts they came with', () => {
    const { native, text } = gemini(
      parts({ text: 'thought', thought: true }),
      parts({ text: 'a' }),
      parts({ text: 'b' }),
      parts({ text: '', thoughtSignature: 's' }),
      parts({ text: '' }),
      end,
    );
    assert.deepEqual(text, ['ab']);
    assert.deepEqual((native as { parts: object[] }).parts, [
      { text: 'thought', thought: true },
      { text: 'ab' },
      { text: '', thoughtSignature: 's' },
    ]);
  });

  it('count thoughts beside the candidates, among them, or leave a count of nothing out', () => {
    const usageOf = (usageMetadata: object) => gemini({ ...end, usageMetadata }).usage;
    const prompt = { promptTokenCount: 10 };
    assert.deepEqual(usageOf({ ...prompt, candidatesTokenCount: 3, thoughtsTokenCount: 4, totalTokenCount: 17 }), {
      input: 10,
      output: 7,
      reasoning: 4,
    });
    assert.deepEqual(usageOf({ ...prompt, candidatesTokenCount: 7, thoughtsTokenCount: 4, totalTokenCount: 17 }), {
      input: 10,
      output: 7,
      reasoning: 4,
    });
    assert.deepEqual(usageOf({ ...prompt, cachedContentTokenCount: 8, totalTokenCount: 14, thoughtsTokenCount: 4 }), {
      input: 2,
      cacheRead: 8,
      output: 4,
      reasoning: 4,
    });
    assert.deepEqual(usageOf({}), {});
  });
});
