import type { Redactor } from '../redact/redactor.ts';
import type { Provider, ProviderError, ToolSpec } from '../routing/contract.ts';

const SAID_CHARACTERS = 120;
const TOOL: ToolSpec = {
  name: 'report_ready',
  description: 'Says that you are ready.',
  parameters: {
    type: 'object',
    properties: { word: { type: 'string', description: 'The word "ready"' } },
    required: ['word'],
    additionalProperties: false,
  },
};

export type Trial =
  | { ok: true }
  | { ok: false; error: ProviderError }
  | { ok: false; error: 'no-tool-call'; said: string };

/** Asks for one small answer in the way that agents need it: by a call of a tool. */
export async function tryToolCall(
  provider: Provider,
  model: string,
  redactor: Redactor,
  signal: AbortSignal,
): Promise<Trial> {
  const request = {
    model,
    system: 'You work by calling tools. Never answer in words where a tool does.',
    tools: [TOOL],
    messages: [
      { role: 'user' as const, parts: [{ type: 'text' as const, text: 'Call report_ready with the word "ready".' }] },
    ],
    // Models that think first need room for it.
    maxOutputTokens: 1024,
    conversation: 'doctor',
  };
  for await (const event of provider.stream(request, signal)) {
    if (event.type === 'error') return { ok: false, error: event };
    if (event.type !== 'finish') continue;
    const { parts } = event.message;
    if (parts.some(part => part.type === 'tool-call' && part.name === TOOL.name)) return { ok: true };
    const said = parts.flatMap(part => (part.type === 'text' ? [part.text] : [])).join(' ');
    // Whatever it was told, a key among it.
    return { ok: false, error: 'no-tool-call', said: redactor.text(said).trim().slice(0, SAID_CHARACTERS) };
  }
  return { ok: false, error: { type: 'error', class: 'malformed', message: 'The answer had no end.' } };
}
