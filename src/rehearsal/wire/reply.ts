import type { Usage } from '../../protocol/message.ts';
import type { Fault } from './fault.ts';
import type { PromptBill } from './prompt-cache.ts';
import { countTokens } from './tokens.ts';
import type { ScriptedAnswer, ScriptedCall, Vendor } from './types.ts';
import type { Counted, Prompt, Reply, ReplyCall } from './vendor.ts';

const defaultChunkChars = 32;
const defaultHugeBytes = 5 * 1024 * 1024;
const refusalText = 'I cannot help with that.';
const idPrefixes: Record<Vendor, { answer: string; call: string }> = {
  anthropic: { answer: 'msg', call: 'toolu' },
  openai: { answer: 'resp', call: 'call' },
  'openai-compatible': { answer: 'chatcmpl', call: 'call' },
  google: { answer: 'r', call: 'fc' },
  ollama: { answer: 'o', call: 'call' },
};

interface Settling {
  vendor: Vendor;
  prompt: Prompt;
  bill: PromptBill;
  fault: Fault | undefined;
  newId: (prefix: string) => string;
  nowMs: number;
}

/** Settles what is said and what it costs. */
export function settle(script: ScriptedAnswer, settling: Settling): Reply {
  const { vendor, fault, newId } = settling;
  const ids = idPrefixes[vendor];
  const answer = bent(script, settling);
  const calls = (answer.toolCalls ?? []).map((call): ReplyCall => {
    const json = call.args === undefined ? (vendor === 'anthropic' ? '' : '{}') : JSON.stringify(call.args);
    const malformed = fault?.kind === 'malformed-arguments';
    return {
      id: call.id ?? newId(ids.call),
      name: call.name,
      args: call.args,
      json: malformed ? `${json.slice(0, -1) || '{'}"cut` : json,
      malformed,
    };
  });
  const stop = answer.stop ?? (calls.length > 0 ? 'tool-calls' : 'end');
  const usage = count(answer, calls, settling.bill);
  return {
    id: newId(ids.answer),
    createdSeconds: Math.floor(settling.nowMs / 1000),
    reasoning: answer.reasoning,
    text: answer.text,
    calls,
    stop,
    blockedPrompt: fault?.kind === 'refusal' && fault.blockedPrompt === true,
    usage: fault?.kind === 'no-usage' ? undefined : usage,
    chunkChars:
      fault?.kind === 'huge-chunk' ? Number.POSITIVE_INFINITY : (answer.pacing?.chunkChars ?? defaultChunkChars),
  };
}

/** The script as the fault changes it. */
function bent(script: ScriptedAnswer, { fault, prompt }: Settling): ScriptedAnswer {
  const { reasoning: _, text, toolCalls, stop: __, ...rest } = script;
  switch (fault?.kind) {
    case 'empty':
      return { ...rest, stop: 'end' };
    case 'refusal':
      return fault.blockedPrompt
        ? { ...rest, stop: 'refusal' }
        : { ...rest, text: text ?? refusalText, stop: 'refusal' };
    case 'huge-chunk':
      return { ...script, text: (text ?? '').padEnd(fault.bytes ?? defaultHugeBytes, '0123456789abcdef') };
    case 'malformed-arguments': {
      const call: ScriptedCall = { name: prompt.request.tools[0]?.name ?? 'tool', args: { path: 'a' } };
      return { ...script, toolCalls: toolCalls?.length ? toolCalls : [call] };
    }
    default:
      return script;
  }
}

function count(answer: ScriptedAnswer, calls: ReplyCall[], bill: PromptBill): Counted {
  const reasoning = answer.reasoning ? countTokens(answer.reasoning) : 0;
  const said = calls.reduce((sum, call) => sum + countTokens(call.name + call.json), countTokens(answer.text ?? ''));
  const given: Usage = answer.usage ?? {};
  return {
    input: given.input ?? bill.input,
    cacheRead: given.cacheRead ?? bill.cacheRead,
    cacheWrite: given.cacheWrite ?? bill.cacheWrite,
    cacheWriteLong: given.cacheWriteLong ?? bill.cacheWriteLong,
    output: given.output ?? reasoning + said,
    reasoning: given.reasoning ?? reasoning,
  };
}
