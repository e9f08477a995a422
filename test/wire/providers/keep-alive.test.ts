import assert from 'node:assert/strict';
import { answerOf, providerOf, requestOf } from '../../support/providers.ts';
import { inPieces, type RawServer, rawServer } from '../../support/raw-server.ts';

const chunk = (delta: object, finish: string | null = null) =>
  `data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const event = (payload: { type: string; [key: string]: unknown }) =>
  `event: ${payload.type}\ndata: ${JSON.stringify(payload)}\n\n`;

/** Pieces of the network, and how many of them say nothing. */
const streams = {
  anthropic: {
    pieces: [
      event({ type: 'message_start', message: { usage: { input_tokens: 3 } } }),
      event({ type: 'ping' }),
      event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
      event({ type: 'ping' }),
      event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'ok' } }),
      event({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 1 } }),
      event({ type: 'message_stop' }),
    ],
    silent: 5,
  },
  openai: {
    pieces: [
      ': keep-alive\n\n',
      event({ type: 'response.created', response: {} }),
      event({ type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'ok' }),
      ': keep-alive\n\n',
      event({ type: 'response.completed', response: { status: 'completed', usage: { input_tokens: 3 } } }),
    ],
    silent: 3,
  },
  'openai-compatible': {
    pieces: [
      ': OPENROUTER PROCESSING\n\n',
      ': OPENROUTER PROCESSING\n\n',
      chunk({ content: 'ok' }),
      'data: {"choices":[{"index":0,',
      '"delta":{},"finish_reason":"stop"}]}\n\n',
      'data: [DONE]\n\n',
    ],
    silent: 4,
  },
  google: {
    pieces: [
      'data: {"usageMetadata":{"promptTokenCount":3}}\r\n\r\n',
      'data: {"candidates":[{"content":{"parts":[{"text":"ok"}]},"finishReason":"STOP"}]}\r\n\r\n',
    ],
    silent: 1,
  },
  ollama: {
    pieces: ['\n', '{"message":{"content":"ok"},"done":false}\n', '{"message":{"content":""},', '"done":true}\n'],
    silent: 2,
  },
} as const;

describe('Bytes without content', () => {
  let server: RawServer;
  afterEach(() => server.close());

  for (const vendor of Object.keys(streams) as (keyof typeof streams)[]) {
    it(`of ${vendor} show that the server is alive`, async () => {
      const { pieces, silent } = streams[vendor];
      server = await rawServer(response => inPieces(response, pieces));
      const heard = await answerOf(providerOf(server.urls, vendor), requestOf(vendor));
      assert.equal(heard.text, 'ok');
      assert.equal(heard.events.filter(({ type }) => type === 'alive').length, silent);
      assert.equal(heard.events[0]?.type, 'open');
    });
  }
});
