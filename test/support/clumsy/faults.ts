import { createGzip } from 'node:zlib';
import { contentType } from '../../../src/rehearsal/wire/frames.ts';
import type { Vendor } from '../../../src/rehearsal/wire/types.ts';
import type { Asked, Clumsiness } from './server.ts';

export const PAGE =
  '<!DOCTYPE html><html><head><title>Sign in to Corp &amp; Co</title><style>p{}</style></head><body><p>Please.</p></body></html>';
/** Stands in good answers where the arguments of a call are to be nested. */
export const DEEP = '@@deep@@';

const page =
  (status: number, type = 'text/html'): Clumsiness =>
  ({ response }) =>
    response.writeHead(status, { 'content-type': type }).end(PAGE);

async function begin({ response, good }: Asked): Promise<string[]> {
  const { type, events } = await good();
  response.writeHead(200, { 'content-type': type });
  return events;
}

/** The good answer with each event changed, or left out where there is nothing left of it. */
const changed =
  (change: (event: string, vendor: Vendor) => string): Clumsiness =>
  async asked => {
    for (const event of await begin(asked)) asked.response.write(change(event, asked.vendor));
    asked.response.end();
  };

/** What tells that an answer is over, beside the reason to stop. */
const closing: Record<Vendor, RegExp> = {
  anthropic: /message_stop/,
  openai: /response\.completed/,
  'openai-compatible': /\[DONE\]/,
  google: /^$/,
  ollama: /"done":true/,
};

const counts =
  /"(input_tokens|output_tokens|prompt_tokens|completion_tokens|total_tokens|promptTokenCount|candidatesTokenCount|totalTokenCount|prompt_eval_count|eval_count)":\d+/g;
const counting = (as: string) => changed(event => event.replace(counts, `"$1":${as}`));

/** Each vendor's beginning of an answer that calls a tool, and one more piece of its arguments. */
const callBegins: Record<Vendor, string> = {
  anthropic: `${event({ type: 'message_start', message: { usage: { input_tokens: 3 } } })}${event({ type: 'content_block_start', index: 0, content_block: { type: 'tool_use', id: 't', name: 'read_file', input: {} } })}`,
  openai: event({
    type: 'response.output_item.added',
    output_index: 0,
    item: { type: 'function_call', name: 'read_file', call_id: 't' },
  }),
  'openai-compatible': chunk({
    tool_calls: [{ index: 0, id: 't', function: { name: 'read_file', arguments: '{"a":"' } }],
  }),
  google: '',
  ollama: '',
};
const callGoesOn: Record<Vendor, (text: string) => string> = {
  anthropic: text =>
    event({ type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: text } }),
  openai: text => event({ type: 'response.function_call_arguments.delta', output_index: 0, delta: text }),
  'openai-compatible': text => chunk({ tool_calls: [{ index: 0, function: { arguments: text } }] }),
  // These send arguments whole: what has no end is the line.
  google: text => text,
  ollama: text => text,
};

/** Some beginning of an answer, and a piece of one with nothing in it. */
const piece: Record<Vendor, (text: string) => string> = {
  anthropic: text =>
    event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }) +
    event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
  openai: text => event({ type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: text }),
  'openai-compatible': text => chunk({ content: text }),
  google: text => `data: ${JSON.stringify({ candidates: [{ content: { parts: [{ text }] } }] })}\r\n\r\n`,
  ollama: text => `${JSON.stringify({ message: { role: 'assistant', content: text }, done: false })}\n`,
};

/** What says that the connection lives, and no more. */
function beats(vendor: Vendor): string[] {
  const beat = { anthropic: event({ type: 'ping' }), ollama: '\n' } as Partial<Record<Vendor, string>>;
  return Array(1000).fill(beat[vendor] ?? ': keep-alive\n\n');
}

function event(payload: { type: string; [key: string]: unknown }): string {
  return `event: ${payload.type}\ndata: ${JSON.stringify(payload)}\n\n`;
}

function chunk(delta: object): string {
  return `data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, delta, finish_reason: null }] })}\n\n`;
}

const framings = {
  anthropic: 'sse-named',
  openai: 'sse-named',
  'openai-compatible': 'sse',
  google: 'sse-crlf',
  ollama: 'ndjson',
} as const;

/** Writes for as long as somebody reads. */
async function pour({ response }: Pick<Asked, 'response'>, piece: string | Buffer): Promise<void> {
  while (!response.destroyed) {
    if (!response.write(piece))
      await Promise.race([
        new Promise(resolve => response.once('drain', resolve)),
        new Promise(resolve => response.once('close', resolve)),
      ]);
    else await new Promise(resolve => setImmediate(resolve));
  }
}

async function drip(asked: Asked, pieces: Iterable<string>, everyMs: number): Promise<void> {
  for (const piece of pieces) {
    if (asked.response.destroyed) return;
    asked.response.write(piece);
    await new Promise(resolve => setTimeout(resolve, everyMs));
  }
  asked.response.end();
}

/** What servers, and what stands in front of them, have been seen to do wrong. */
export const clumsy = {
  /** Accepts the request and never answers. */
  'never answers': ({ gone }) => gone,
  'sends headers only': async asked => {
    asked.response.writeHead(200, { 'content-type': contentType[framings[asked.vendor]] }).flushHeaders();
    await asked.gone;
  },
  'falls silent in mid-answer': async asked => {
    const events = await begin(asked);
    for (const event of events.slice(0, Math.max(1, events.length >> 1))) asked.response.write(event);
    await asked.gone;
  },
  'sends a byte a second': async asked => drip(asked, (await begin(asked)).join(''), 1000),
  'sends keep-alives and nothing else': async asked => {
    await begin(asked);
    await drip(asked, beats(asked.vendor), 500);
  },
  'sends empty pieces of text and nothing else': async asked => {
    await begin(asked);
    await drip(asked, Array(1000).fill(piece[asked.vendor]('')), 500);
  },
  'begins an answer and then sends keep-alives only': async asked => {
    await begin(asked);
    asked.response.write(piece[asked.vendor]('I shall '));
    await drip(asked, beats(asked.vendor), 500);
  },
  'sends 200 MB in one line': async asked => {
    const type = contentType[framings[asked.vendor]];
    asked.response.writeHead(200, { 'content-type': type, 'content-encoding': 'gzip' });
    const zip = createGzip();
    zip.pipe(asked.response);
    zip.on('error', () => undefined);
    zip.write(asked.vendor === 'ollama' ? '{"message":{"content":"' : 'data: {"a":"');
    const piece = Buffer.alloc(1024 * 1024, 'a');
    for (let i = 0; i < 200 && !asked.response.destroyed; i++)
      if (!zip.write(piece)) await Promise.race([new Promise(go => zip.once('drain', go)), asked.gone]);
    zip.end();
  },
  'never ends the arguments of a call': async asked => {
    const { vendor, response } = asked;
    response.writeHead(200, { 'content-type': contentType[framings[vendor]] });
    response.write(callBegins[vendor]);
    await pour(asked, callGoesOn[vendor]('a'.repeat(10_000)));
  },
  'answers with a web page': page(200),
  'answers with a web page that says it is a stream': page(200, 'text/event-stream'),
  'refuses with a web page': page(401),
  'fails with a web page': page(502),
  'answers with nothing': ({ response }) => response.writeHead(200).end(),
  'answers that there is no content': ({ response }) => response.writeHead(204).end(),
  'redirects to a sign-in': ({ response }) =>
    response.writeHead(302, { location: 'https://sign-in.invalid/login' }).end(),
  'limits for an hour': ({ response }) =>
    response
      .writeHead(429, { 'content-type': 'application/json', 'retry-after': '3600' })
      .end(JSON.stringify({ type: 'error', error: { type: 'rate_limit_error', message: 'slow down' } })),
  'refuses the key': ({ response }) =>
    response
      .writeHead(401, { 'content-type': 'application/json' })
      .end(JSON.stringify({ error: { type: 'authentication_error', message: 'invalid x-api-key' } })),
  'does not know the method': ({ response }) => response.writeHead(405, { allow: 'GET' }).end(),
  'breaks the connection off': ({ request }) => request.socket.resetAndDestroy(),
  'breaks the connection off in mid-answer': async asked => {
    const events = await begin(asked);
    for (const event of events.slice(0, events.length >> 1)) asked.response.write(event);
    await new Promise(resolve => setTimeout(resolve, 20));
    asked.request.socket.resetAndDestroy();
  },
  'ends in mid-answer': async asked => {
    const events = await begin(asked);
    asked.response.end(events.slice(0, events.length >> 1).join(''));
  },
  'leaves out the closing event': changed((event, vendor) => (closing[vendor].test(event) ? '' : event)),
  'leaves out the closing event, and stays open': async asked => {
    for (const event of await begin(asked)) if (!closing[asked.vendor].test(event)) asked.response.write(event);
    await asked.gone;
  },
  'stays open after a whole answer': async asked => {
    for (const event of await begin(asked)) asked.response.write(event);
    await asked.gone;
  },
  'goes on with keep-alives after a whole answer': async asked => {
    for (const event of await begin(asked)) if (!/\[DONE\]|message_stop/.test(event)) asked.response.write(event);
    await drip(asked, Array(1000).fill(asked.vendor === 'ollama' ? '\n' : ': keep-alive\n\n'), 20);
  },
  'says the wrong type': async asked => {
    const { events } = await asked.good();
    asked.response.writeHead(200, { 'content-type': 'application/json' }).end(events.join(''));
  },
  'says that it sends a page': async asked => {
    const { events } = await asked.good();
    asked.response.writeHead(200, { 'content-type': 'text/html' }).end(events.join(''));
  },
  'counts NaN tokens': counting('NaN'),
  'counts -Infinity tokens': counting('-Infinity'),
  'counts negative tokens': counting('-5'),
  'counts tokens in words': counting('"many"'),
  'counts more tokens than there are': counting('1e400'),
  'nests arguments 10,000 deep': changed(event =>
    event.replace(new RegExp(`\\\\?"${DEEP}\\\\?"`), `${'['.repeat(10_000)}${']'.repeat(10_000)}`),
  ),
} satisfies Record<string, Clumsiness>;

export type ClumsyFault = keyof typeof clumsy;
