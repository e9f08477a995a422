import type { StopReason } from '../../protocol/message.ts';
import type { Thinking } from './anthropic-marks.ts';
import { pieces } from './pieces.ts';
import type { Counted, Frame, Reply } from './vendor.ts';

interface Writing {
  model: string;
  sign: (thinking: string) => string;
  thinking: Thinking;
}

const stops: Record<StopReason, string> = {
  end: 'end_turn',
  'tool-calls': 'tool_use',
  'max-tokens': 'max_tokens',
  'stop-sequence': 'stop_sequence',
  pause: 'pause_turn',
  refusal: 'refusal',
};

function usageOf(usage: Counted, output: number) {
  return {
    input_tokens: usage.input,
    cache_creation_input_tokens: usage.cacheWrite,
    cache_read_input_tokens: usage.cacheRead,
    cache_creation: {
      ephemeral_5m_input_tokens: usage.cacheWrite - usage.cacheWriteLong,
      ephemeral_1h_input_tokens: usage.cacheWriteLong,
    },
    output_tokens: output,
  };
}

function finalUsage(usage: Counted) {
  return {
    ...usageOf(usage, usage.output),
    ...(usage.reasoning > 0 ? { output_tokens_details: { thinking_tokens: usage.reasoning } } : {}),
  };
}

function envelope(reply: Reply, model: string) {
  return {
    id: reply.id,
    type: 'message',
    role: 'assistant',
    model,
    content: [] as unknown[],
    stop_reason: null as string | null,
    stop_sequence: null,
    ...(reply.usage ? { usage: usageOf(reply.usage, 1) } : {}),
  };
}

function stopDetails(reply: Reply) {
  return {
    stop_reason: stops[reply.stop],
    stop_sequence: null,
    ...(reply.stop === 'refusal' ? { stop_details: { type: 'refusal', explanation: 'Refused by the script.' } } : {}),
  };
}

const named = (event: string, data: string): Frame => ({ event, data });
const delta = (index: number, body: string): Frame =>
  named('content_block_delta', `{"type":"content_block_delta","index":${index},"delta":${body}}`);

/** The events of a Messages stream. */
export function* anthropicFrames(reply: Reply, writing: Writing): Generator<Frame> {
  yield named('message_start', JSON.stringify({ type: 'message_start', message: envelope(reply, writing.model) }));
  let index = 0;
  const start = (block: unknown) =>
    named('content_block_start', JSON.stringify({ type: 'content_block_start', index, content_block: block }));
  const stop = () => named('content_block_stop', `{"type":"content_block_stop","index":${index++}}`);

  if (reply.reasoning !== undefined) {
    const thinking = writing.thinking.omitted ? '' : reply.reasoning;
    yield start({ type: 'thinking', thinking: '', signature: '' });
    for (const piece of pieces(thinking, reply.chunkChars))
      yield delta(index, `{"type":"thinking_delta","thinking":${JSON.stringify(piece)}}`);
    yield delta(index, `{"type":"signature_delta","signature":"${writing.sign(thinking)}"}`);
    yield stop();
  }
  if (reply.text !== undefined) {
    yield start({ type: 'text', text: '' });
    if (index === 0) yield named('ping', '{"type":"ping"}');
    for (const piece of pieces(reply.text, reply.chunkChars))
      yield delta(index, `{"type":"text_delta","text":${JSON.stringify(piece)}}`);
    yield stop();
  }
  for (const call of reply.calls) {
    yield start({ type: 'tool_use', id: call.id, name: call.name, input: {} });
    yield delta(index, '{"type":"input_json_delta","partial_json":""}');
    for (const piece of pieces(call.json, reply.chunkChars))
      yield delta(index, `{"type":"input_json_delta","partial_json":${JSON.stringify(piece)}}`);
    yield stop();
  }
  const usage = reply.usage ? { usage: finalUsage(reply.usage) } : {};
  yield named('message_delta', JSON.stringify({ type: 'message_delta', delta: stopDetails(reply), ...usage }));
  yield named('message_stop', '{"type":"message_stop"}');
}

/** The same answer in one body. */
export function anthropicWhole(reply: Reply, writing: Writing): unknown {
  const content: unknown[] = [];
  if (reply.reasoning !== undefined) {
    const thinking = writing.thinking.omitted ? '' : reply.reasoning;
    content.push({ type: 'thinking', thinking, signature: writing.sign(thinking) });
  }
  if (reply.text !== undefined) content.push({ type: 'text', text: reply.text });
  for (const call of reply.calls)
    content.push({ type: 'tool_use', id: call.id, name: call.name, input: call.args ?? {} });
  return {
    ...envelope(reply, writing.model),
    content,
    ...stopDetails(reply),
    ...(reply.usage ? { usage: finalUsage(reply.usage) } : {}),
  };
}
