import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ProviderEvent } from '../../../src/core/routing/contract.ts';
import { AnthropicReader } from '../../../src/providers/anthropic/reader.ts';
import { ChatReader } from '../../../src/providers/chat/reader.ts';
import { GeminiReader } from '../../../src/providers/google/reader.ts';
import { OllamaReader } from '../../../src/providers/ollama/reader.ts';
import { ResponsesReader } from '../../../src/providers/openai/reader.ts';
import { type StreamReader, streamCall } from '../../../src/providers/stream-call.ts';

const provenance = { provider: 'p', kind: 'k', model: 'm', account: 'a' };
const newId = () => 'call_1';

/** Words that readers look for, so that nonsense gets past their first questions. */
const words = fc.constantFrom(
  ...['type', 'index', 'delta', 'content_block', 'content', 'message', 'text', 'tool_use', 'usage', 'choices', 'item'],
  ...['output_index', 'response', 'tool_calls', 'function', 'name', 'arguments', 'candidates', 'parts', 'functionCall'],
  ...[
    'partialArgs',
    'jsonPath',
    'usageMetadata',
    'done',
    'error',
    'finish_reason',
    'finishReason',
    'output',
    'thinking',
  ],
);
const types = fc.constantFrom(
  ...['content_block_start', 'content_block_delta', 'content_block_stop', 'message_start', 'message_delta'],
  ...['text_delta', 'input_json_delta', 'tool_use', 'response.output_item.added', 'response.output_item.done'],
  ...['response.output_text.delta', 'function_call', 'message', 'reasoning', '$.a[0].b', 'stop', 'STOP', '{"a":'],
);
const nonsense = fc.letrec(tie => ({
  value: fc.oneof(
    { depthSize: 'small' },
    types,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(words, tie('value'), { maxKeys: 6 }),
})).object;

const readers: Record<string, () => StreamReader<never>> = {
  anthropic: () => new AnthropicReader(provenance, newId),
  openai: () => new ResponsesReader(provenance, newId, new Set()),
  chat: () => new ChatReader(provenance, newId),
  gemini: () => new GeminiReader(provenance, newId),
  ollama: () => new OllamaReader(provenance, newId),
};

describe('A stream of nonsense', () => {
  for (const [name, reader] of Object.entries(readers)) {
    it(`ends once and throws nothing: ${name}`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(nonsense, { maxLength: 12 }), fc.boolean(), async (payloads, breaks) => {
          const rest = payloads.map(payload => JSON.stringify(payload));
          const source = {
            next: async (out: unknown[]) => {
              if (!rest.length && breaks) throw new TypeError('terminated', { cause: { code: 'UND_ERR_SOCKET' } });
              out.push(...rest.splice(0, 2));
              return rest.length > 0 || breaks;
            },
            release: () => {},
          };
          const call = {
            open: async () => source,
            reader: reader as () => StreamReader<unknown>,
            broke: () => ({ class: 'retryable' as const, message: 'broke' }),
            redact: (text: string) => text,
          };
          const events: ProviderEvent[] = [];
          for await (const event of streamCall(call, new AbortController().signal)) events.push(event);
          const ends = events.filter(({ type }) => type === 'finish' || type === 'error');
          assert.equal(ends.length, 1);
          assert.equal(events.at(-1), ends[0]);
        }),
        { numRuns: 300 },
      );
    });
  }
});
