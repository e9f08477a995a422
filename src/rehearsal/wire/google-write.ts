import type { StopReason } from '../../protocol/message.ts';
import { promptTokens } from '../../protocol/tokens.ts';
import { signedCall, signs } from './google-signing.ts';
import { pieces } from './pieces.ts';
import type { Signer } from './signer.ts';
import type { ModelCard } from './types.ts';
import type { Counted, Frame, Reply, ReplyCall } from './vendor.ts';

interface Writing {
  card: ModelCard;
  /** Whether the request asked to see thoughts. */
  thoughts: boolean;
  signer: Signer;
  account: string;
}

const stops: Record<StopReason, string> = {
  end: 'STOP',
  'tool-calls': 'STOP',
  'max-tokens': 'MAX_TOKENS',
  'stop-sequence': 'STOP',
  pause: 'STOP',
  refusal: 'SAFETY',
};

/** Google never sends broken arguments: it says that the model made some. */
const finishReason = (reply: Reply) =>
  reply.calls.some(call => call.malformed) ? 'MALFORMED_FUNCTION_CALL' : stops[reply.stop];

function usageOf(usage: Counted) {
  const prompt = promptTokens(usage);
  return {
    promptTokenCount: prompt,
    ...(usage.cacheRead > 0 ? { cachedContentTokenCount: usage.cacheRead } : {}),
    candidatesTokenCount: usage.output - usage.reasoning,
    ...(usage.reasoning > 0 ? { thoughtsTokenCount: usage.reasoning } : {}),
    totalTokenCount: prompt + usage.output,
  };
}

function callPart(call: ReplyCall, first: boolean, { card, signer, account }: Writing) {
  const functionCall = {
    ...(signs(card.id) && call.id !== undefined ? { id: call.id } : {}),
    name: call.name,
    ...(call.args === undefined ? {} : { args: call.args }),
  };
  const signed = first && signs(card.id);
  return {
    functionCall,
    ...(signed ? { thoughtSignature: signer.sign(...signedCall(account, card.id, call.name, call.args)) } : {}),
  };
}

/** The part that closes an answer; where nothing else is signed, it carries the signature. */
function lastPart(reply: Reply, { card, signer, account }: Writing): string {
  const signed = signs(card.id) && reply.reasoning !== undefined && reply.calls.length === 0;
  const thoughtSignature = signed ? signer.sign(...signedCall(account, card.id, '', undefined)) : undefined;
  return JSON.stringify({ text: '', thoughtSignature });
}

const goodCalls = (reply: Reply) => reply.calls.filter(call => !call.malformed);

/** The chunks of a stream: the figures in each are what is known so far. */
export function* googleFrames(reply: Reply, writing: Writing): Generator<Frame> {
  const { card } = writing;
  const tail = `"modelVersion":${JSON.stringify(card.id)},"responseId":"${reply.id}"}`;
  const early = reply.usage
    ? { ...usageOf(reply.usage), candidatesTokenCount: undefined, totalTokenCount: undefined }
    : undefined;
  const soFar = early ? `"usageMetadata":${JSON.stringify(early)},` : '';
  const final = reply.usage ? `"usageMetadata":${JSON.stringify(usageOf(reply.usage))},` : '';
  const chunk = (part: string): Frame => ({
    data: `{"candidates":[{"content":{"parts":[${part}],"role":"model"},"index":0}],${soFar}${tail}`,
  });

  if (reply.blockedPrompt) {
    yield { data: `{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"},${final}${tail}` };
    return;
  }
  if (reply.reasoning !== undefined && writing.thoughts)
    for (const piece of pieces(reply.reasoning, reply.chunkChars))
      yield chunk(`{"text":${JSON.stringify(piece)},"thought":true}`);
  if (reply.text !== undefined)
    for (const piece of pieces(reply.text, reply.chunkChars)) yield chunk(`{"text":${JSON.stringify(piece)}}`);
  for (const [i, call] of goodCalls(reply).entries()) yield chunk(JSON.stringify(callPart(call, i === 0, writing)));
  const content =
    reply.calls.length > 0 || reply.text !== undefined
      ? `"content":{"parts":[${lastPart(reply, writing)}],"role":"model"},`
      : '';
  yield { data: `{"candidates":[{${content}"finishReason":"${finishReason(reply)}","index":0}],${final}${tail}` };
}

/** The same answer in one body. */
export function googleWhole(reply: Reply, writing: Writing): unknown {
  const usage = reply.usage ? { usageMetadata: usageOf(reply.usage) } : {};
  const tail = { ...usage, modelVersion: writing.card.id, responseId: reply.id };
  if (reply.blockedPrompt) return { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, ...tail };
  const parts: unknown[] = [];
  if (reply.reasoning !== undefined && writing.thoughts) parts.push({ text: reply.reasoning, thought: true });
  if (reply.text !== undefined) parts.push({ text: reply.text });
  parts.push(...goodCalls(reply).map((call, i) => callPart(call, i === 0, writing)));
  return {
    candidates: [{ content: { parts, role: 'model' }, finishReason: finishReason(reply), index: 0 }],
    ...tail,
  };
}
