import { promptTokens } from '../../protocol/tokens.ts';
import { pieces } from './pieces.ts';
import type { Frame, Reply } from './vendor.ts';

interface Writing {
  model: string;
  think: boolean;
}

const createdAt = (reply: Reply) => new Date(reply.createdSeconds * 1000).toISOString();

const toolCalls = (reply: Reply) =>
  reply.calls.map(call => ({ function: { name: call.name, arguments: call.args ?? {} } }));

function last(reply: Reply) {
  const { usage } = reply;
  return {
    done: true,
    done_reason: reply.stop === 'max-tokens' ? 'length' : 'stop',
    total_duration: 1_000_000,
    load_duration: 0,
    ...(usage ? { prompt_eval_count: promptTokens(usage), eval_count: usage.output } : {}),
  };
}

/** What Ollama says in the middle of an answer whose tool call it could not parse. */
function malformed(reply: Reply): string | undefined {
  const bad = reply.calls.find(call => call.malformed);
  return bad && `error parsing tool call: raw='${bad.json}', err=unexpected end of JSON input`;
}

/** The lines of a stream. */
export function* ollamaFrames(reply: Reply, { model, think }: Writing): Generator<Frame> {
  const head = `{"model":${JSON.stringify(model)},"created_at":"${createdAt(reply)}","message":{"role":"assistant","content":`;
  if (reply.reasoning !== undefined && think)
    for (const piece of pieces(reply.reasoning, reply.chunkChars))
      yield { data: `${head}"","thinking":${JSON.stringify(piece)}},"done":false}` };
  if (reply.text !== undefined)
    for (const piece of pieces(reply.text, reply.chunkChars))
      yield { data: `${head}${JSON.stringify(piece)}},"done":false}` };
  const bad = malformed(reply);
  if (bad) {
    yield { data: JSON.stringify({ error: bad }) };
    return;
  }
  for (const call of toolCalls(reply))
    yield { data: `${head}"","tool_calls":${JSON.stringify([call])}},"done":false}` };
  yield { data: `${head}""},${JSON.stringify(last(reply)).slice(1)}` };
}

/** The same answer in one body. */
export function ollamaWhole(reply: Reply, { model, think }: Writing): unknown {
  const bad = malformed(reply);
  if (bad) return { error: bad };
  const message = {
    role: 'assistant',
    content: reply.text ?? '',
    ...(reply.reasoning !== undefined && think ? { thinking: reply.reasoning } : {}),
    ...(reply.calls.length > 0 ? { tool_calls: toolCalls(reply) } : {}),
  };
  return { model, created_at: createdAt(reply), message, ...last(reply) };
}
