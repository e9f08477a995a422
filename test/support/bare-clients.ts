import type { Vendor } from '../../src/rehearsal/wire/types.ts';
import { models } from './providers.ts';
import { plainRequest } from './wire.ts';

/** Reads one answer to its end; calls back at the first text. */
export type Read = (first: () => void) => Promise<string>;

const KEY = 'key-of-the-account';
const PROMPT = 'Look at the files.';

/** The text in an event, in each vendor's format. */
const textIn: Record<Vendor, (event: Record<string, never>) => string | undefined> = {
  anthropic: ({ delta }: { delta?: { text?: string } }) => delta?.text,
  openai: ({ type, delta }: { type?: string; delta?: string }) =>
    type === 'response.output_text.delta' ? delta : undefined,
  'openai-compatible': ({ choices }: { choices?: { delta?: { content?: string } }[] }) => choices?.[0]?.delta?.content,
  google: ({ candidates }: { candidates?: { content?: { parts?: { text?: string }[] } }[] }) =>
    candidates?.[0]?.content?.parts?.[0]?.text,
  ollama: ({ message }: { message?: { content?: string } }) => message?.content,
};

/** The least that has to be done: fetch, cut into events, parse, join. */
export function floor(urls: Record<Vendor, string>, vendor: Vendor): Read {
  const { url, headers, body } = plainRequest({ urls }, vendor, PROMPT, KEY);
  const { tools: _, ...rest } = body;
  return async first => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(rest),
    });
    if (!response.body) throw new Error('no body');
    const decoder = new TextDecoder();
    let [pending, text] = ['', ''];
    for await (const bytes of response.body) {
      pending += decoder.decode(bytes, { stream: true });
      const lines = pending.split('\n');
      pending = lines.pop() ?? '';
      for (const line of lines) {
        if (!line.startsWith('data: ') || line.startsWith('data: [')) continue;
        const said = textIn[vendor](JSON.parse(line.slice(6)));
        if (!said) continue;
        first();
        text += said;
      }
    }
    return text;
  };
}

async function joined<E>(events: AsyncIterable<E>, textOf: (event: E) => string | undefined, first: () => void) {
  let text = '';
  for await (const event of events) {
    const said = textOf(event);
    if (!said) continue;
    first();
    text += said;
  }
  return text;
}

/** The vendors' own SDKs as their README shows them, streaming. */
export const bareSdks: Record<Exclude<Vendor, 'ollama'>, (baseURL: string) => Promise<Read>> = {
  anthropic: async baseURL => {
    const { Anthropic } = await import('@anthropic-ai/sdk');
    const client = new Anthropic({ apiKey: KEY, baseURL, maxRetries: 0 });
    return async first => {
      const messages = [{ role: 'user' as const, content: PROMPT }];
      const stream = await client.messages.create({
        model: models.anthropic,
        max_tokens: 1000,
        messages,
        stream: true,
      });
      return joined(
        stream,
        event =>
          event.type === 'content_block_delta' && event.delta.type === 'text_delta' ? event.delta.text : undefined,
        first,
      );
    };
  },
  openai: async baseURL => {
    const { OpenAI } = await import('openai');
    const client = new OpenAI({ apiKey: KEY, baseURL, maxRetries: 0 });
    return async first => {
      const stream = await client.responses.create({ model: models.openai, input: PROMPT, stream: true, store: false });
      return joined(stream, event => (event.type === 'response.output_text.delta' ? event.delta : undefined), first);
    };
  },
  'openai-compatible': async baseURL => {
    const { OpenAI } = await import('openai');
    const client = new OpenAI({ apiKey: KEY, baseURL, maxRetries: 0 });
    return async first => {
      const messages = [{ role: 'user' as const, content: PROMPT }];
      const stream = await client.chat.completions.create({
        model: models['openai-compatible'],
        messages,
        stream: true,
      });
      return joined(stream, event => event.choices[0]?.delta.content ?? undefined, first);
    };
  },
  google: async baseUrl => {
    const { GoogleGenerativeAI } = await import('@google/generative-ai');
    const model = new GoogleGenerativeAI(KEY).getGenerativeModel({ model: models.google }, { baseUrl });
    return async first => {
      const { stream, response } = await model.generateContentStream(PROMPT);
      response.catch(() => {});
      return joined(stream, event => event.text(), first);
    };
  },
};
