import { startWireServers } from '../../src/rehearsal/wire/server.ts';
import type { Vendor, WireOptions, WireServers } from '../../src/rehearsal/wire/types.ts';

export const vendors: readonly Vendor[] = ['anthropic', 'openai', 'openai-compatible', 'google', 'ollama'];

const running: WireServers[] = [];

/** Servers that end with the test, if the test calls `endServers` afterwards. */
export async function serve(options: Partial<WireOptions> = {}): Promise<WireServers> {
  const servers = await startWireServers({ answer: () => ({ text: 'ok' }), ...options });
  running.push(servers);
  return servers;
}

export async function endServers(): Promise<void> {
  await Promise.all(running.splice(0).map(servers => servers.close()));
}

/** The smallest good request of each vendor, as raw HTTP. */
export function plainRequest(servers: Pick<WireServers, 'urls'>, vendor: Vendor, text = 'Hello', key = 'key-a') {
  const { urls } = servers;
  const tool = { type: 'object', properties: { path: { type: 'string' } } };
  const message = { role: 'user', content: text };
  const described = { name: 'read_file', description: 'Reads', parameters: tool };
  const requests: Record<Vendor, { url: string; headers: Record<string, string>; body: Record<string, unknown> }> = {
    anthropic: {
      url: `${urls.anthropic}/v1/messages`,
      headers: { 'x-api-key': key, 'anthropic-version': '2026-10-21' },
      body: {
        model: 'claude-opus-5-5',
        max_tokens: 1000,
        stream: true,
        messages: [message],
        tools: [{ name: 'read_file', description: 'Reads', input_schema: tool }],
      },
    },
    openai: {
      url: `${urls.openai}/responses`,
      headers: { authorization: `Bearer ${key}` },
      body: {
        model: 'gpt-6-astra',
        stream: true,
        store: false,
        input: [message],
        tools: [{ type: 'function', ...described }],
      },
    },
    'openai-compatible': {
      url: `${urls['openai-compatible']}/chat/completions`,
      headers: { authorization: `Bearer ${key}` },
      body: {
        model: 'deepseek-chat',
        stream: true,
        messages: [message],
        tools: [{ type: 'function', function: described }],
      },
    },
    google: {
      url: `${urls.google}/v1beta/models/gemini-4-argon:streamGenerateContent?alt=sse`,
      headers: { 'x-goog-api-key': key },
      body: {
        contents: [{ role: 'user', parts: [{ text }] }],
        tools: [{ functionDeclarations: [{ name: 'read_file', description: 'Reads', parametersJsonSchema: tool }] }],
      },
    },
    ollama: {
      url: `${urls.ollama}/api/chat`,
      headers: {},
      body: { model: 'qwen3-coder:30b', messages: [message], tools: [{ type: 'function', function: described }] },
    },
  };
  return requests[vendor];
}

/** Sends a request; `change` edits the body first. */
export async function post(
  request: { url: string; headers: Record<string, string>; body: Record<string, unknown> },
  change: Record<string, unknown> = {},
  signal?: AbortSignal,
): Promise<Response> {
  return fetch(request.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...request.headers },
    body: JSON.stringify({ ...request.body, ...change }),
    ...(signal ? { signal } : {}),
  });
}
