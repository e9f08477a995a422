import { allTokens, promptTokens } from '../../protocol/tokens.ts';
import { pieces } from './pieces.ts';
import type { Counted, Frame, Reply, ReplyCall } from './vendor.ts';

interface Writing {
  model: string;
  /** Whether the request asked for a summary of the reasoning. */
  summary: boolean;
  /** Makes the opaque reasoning, if it was asked for. */
  encrypted: (() => string) | undefined;
  newId: (prefix: string) => string;
}

type Item = Record<string, unknown>;

function usageOf(usage: Counted) {
  return {
    input_tokens: promptTokens(usage),
    input_tokens_details: { cached_tokens: usage.cacheRead, cache_write_tokens: usage.cacheWrite },
    output_tokens: usage.output,
    output_tokens_details: { reasoning_tokens: usage.reasoning },
    total_tokens: allTokens(usage),
  };
}

function responseOf(reply: Reply, writing: Writing, status: string, output: Item[]) {
  const reason = reply.blockedPrompt ? 'content_filter' : 'max_output_tokens';
  return {
    id: reply.id,
    object: 'response',
    created_at: reply.createdSeconds,
    status,
    background: false,
    error: null,
    incomplete_details: status === 'incomplete' ? { reason } : null,
    instructions: null,
    max_output_tokens: null,
    model: writing.model,
    output,
    parallel_tool_calls: true,
    previous_response_id: null,
    store: false,
    temperature: 1,
    text: { format: { type: 'text' } },
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    truncation: 'disabled',
    usage: status === 'in_progress' || !reply.usage ? null : usageOf(reply.usage),
    user: null,
    metadata: {},
  };
}

const finalStatus = (reply: Reply) => (reply.stop === 'max-tokens' || reply.blockedPrompt ? 'incomplete' : 'completed');

function reasoningItem(reply: Reply, writing: Writing): Item {
  return {
    id: writing.newId('rs'),
    type: 'reasoning',
    summary: writing.summary && reply.reasoning ? [{ type: 'summary_text', text: reply.reasoning }] : [],
    ...(writing.encrypted ? { encrypted_content: writing.encrypted() } : {}),
  };
}

function textPart(reply: Reply, text: string): Item {
  return reply.stop === 'refusal'
    ? { type: 'refusal', refusal: text }
    : { type: 'output_text', annotations: [], logprobs: [], text };
}

const messageItem = (id: string, content: Item[], status: string): Item => ({
  id,
  type: 'message',
  status,
  role: 'assistant',
  content,
});

const callItem = (id: string, call: ReplyCall, json: string, status: string): Item => ({
  id,
  type: 'function_call',
  status,
  arguments: json,
  call_id: call.id,
  name: call.name,
});

/** The events of a Responses stream. */
export function* openaiFrames(reply: Reply, writing: Writing): Generator<Frame> {
  let sequence = 0;
  let index = 0;
  const output: Item[] = [];
  const frame = (type: string, body: Item): Frame => ({
    event: type,
    data: JSON.stringify({ type, sequence_number: sequence++, ...body }),
  });
  // Deltas are most of a stream, so they are put together by hand.
  const delta = (type: string, rest: string, text: string): Frame => ({
    event: type,
    data: `{"type":"${type}","sequence_number":${sequence++},${rest},"delta":${JSON.stringify(text)}}`,
  });
  const done = (item: Item): Frame => {
    output.push(item);
    return frame('response.output_item.done', { output_index: index++, item });
  };

  yield frame('response.created', { response: responseOf(reply, writing, 'in_progress', []) });
  yield frame('response.in_progress', { response: responseOf(reply, writing, 'in_progress', []) });

  if (reply.reasoning !== undefined) {
    const item = reasoningItem(reply, writing);
    const place = { item_id: item.id, output_index: index, summary_index: 0 };
    yield frame('response.output_item.added', { output_index: index, item: { ...item, summary: [] } });
    if (writing.summary) {
      const rest = `"item_id":"${item.id}","output_index":${index},"summary_index":0`;
      yield frame('response.reasoning_summary_part.added', { ...place, part: { type: 'summary_text', text: '' } });
      for (const piece of pieces(reply.reasoning, reply.chunkChars))
        yield delta('response.reasoning_summary_text.delta', rest, piece);
      yield frame('response.reasoning_summary_text.done', { ...place, text: reply.reasoning });
      yield frame('response.reasoning_summary_part.done', {
        ...place,
        part: { type: 'summary_text', text: reply.reasoning },
      });
    }
    yield done(item);
  }

  if (reply.text !== undefined) {
    const id = writing.newId('msg');
    const kind = reply.stop === 'refusal' ? 'response.refusal' : 'response.output_text';
    const place = { item_id: id, output_index: index, content_index: 0 };
    const rest = `"item_id":"${id}","output_index":${index},"content_index":0`;
    yield frame('response.output_item.added', { output_index: index, item: messageItem(id, [], 'in_progress') });
    yield frame('response.content_part.added', { ...place, part: textPart(reply, '') });
    for (const piece of pieces(reply.text, reply.chunkChars)) yield delta(`${kind}.delta`, rest, piece);
    yield frame(`${kind}.done`, { ...place, [reply.stop === 'refusal' ? 'refusal' : 'text']: reply.text });
    yield frame('response.content_part.done', { ...place, part: textPart(reply, reply.text) });
    yield done(messageItem(id, [textPart(reply, reply.text)], 'completed'));
  }

  for (const call of reply.calls) {
    const id = writing.newId('fc');
    const rest = `"item_id":"${id}","output_index":${index}`;
    yield frame('response.output_item.added', { output_index: index, item: callItem(id, call, '', 'in_progress') });
    for (const piece of pieces(call.json, reply.chunkChars))
      yield delta('response.function_call_arguments.delta', rest, piece);
    yield frame('response.function_call_arguments.done', { item_id: id, output_index: index, arguments: call.json });
    yield done(callItem(id, call, call.json, 'completed'));
  }

  const status = finalStatus(reply);
  yield frame(`response.${status}`, { response: responseOf(reply, writing, status, output) });
}

/** The same answer in one body. */
export function openaiWhole(reply: Reply, writing: Writing): unknown {
  const output: Item[] = [];
  if (reply.reasoning !== undefined) output.push(reasoningItem(reply, writing));
  if (reply.text !== undefined)
    output.push(messageItem(writing.newId('msg'), [textPart(reply, reply.text)], 'completed'));
  for (const call of reply.calls) output.push(callItem(writing.newId('fc'), call, call.json, 'completed'));
  return responseOf(reply, writing, finalStatus(reply), output);
}
