import type { Endpoint, Vendor } from './types.ts';

/** Where a request wants to go. */
export interface Route {
  vendor: Vendor;
  endpoint: Endpoint | 'alive';
  /** From the path: a model, or the one to list. */
  model?: string;
  stream?: boolean;
  /** Google without `alt=sse` streams an array. */
  array?: boolean;
}

/** Each vendor's base URL, as its own SDK takes it. */
export function urlsOn(port: number): Record<Vendor, string> {
  const base = `http://127.0.0.1:${port}`;
  return {
    anthropic: `${base}/anthropic`,
    openai: `${base}/openai/v1`,
    'openai-compatible': `${base}/chat/v1`,
    google: `${base}/google`,
    ollama: `${base}/ollama`,
  };
}

const fixed: Record<string, Route> = {
  'POST /anthropic/v1/messages': { vendor: 'anthropic', endpoint: 'generate' },
  'POST /anthropic/v1/messages/count_tokens': { vendor: 'anthropic', endpoint: 'count-tokens' },
  'POST /openai/v1/responses': { vendor: 'openai', endpoint: 'generate' },
  'POST /openai/v1/responses/input_tokens': { vendor: 'openai', endpoint: 'count-tokens' },
  'POST /openai/v1/chat/completions': { vendor: 'openai-compatible', endpoint: 'generate' },
  'POST /chat/v1/chat/completions': { vendor: 'openai-compatible', endpoint: 'generate' },
  'POST /chat/v1/responses': { vendor: 'openai', endpoint: 'generate' },
  'POST /ollama/v1/chat/completions': { vendor: 'openai-compatible', endpoint: 'generate' },
  'POST /ollama/api/chat': { vendor: 'ollama', endpoint: 'generate' },
  'POST /ollama/api/show': { vendor: 'ollama', endpoint: 'show' },
  'GET /ollama/api/tags': { vendor: 'ollama', endpoint: 'models' },
  'GET /ollama/api/version': { vendor: 'ollama', endpoint: 'alive' },
  'GET /ollama/': { vendor: 'ollama', endpoint: 'alive' },
  'GET /ollama': { vendor: 'ollama', endpoint: 'alive' },
};

const prefixes: Record<string, Vendor> = {
  anthropic: 'anthropic',
  openai: 'openai',
  chat: 'openai-compatible',
  google: 'google',
  ollama: 'ollama',
};

/** Undefined where no vendor would be found at all. */
export function vendorOf(path: string): Vendor | undefined {
  return prefixes[path.split('/', 2)[1] ?? ''];
}

export function routeOf(method: string, path: string, query: URLSearchParams): Route | undefined {
  const route = fixed[`${method === 'HEAD' ? 'GET' : method} ${path}`];
  if (route) return route;
  const listed = /^\/(anthropic|openai|chat|ollama)\/v1\/models(?:\/(.+))?$/.exec(path);
  if (listed && method === 'GET') return toList(prefixes[listed[1] ?? ''], listed[2]);
  const google = /^\/google\/v1(?:beta|alpha)?\/models(?:\/([^:]+))?(?::(\w+))?$/.exec(path);
  if (!google) return undefined;
  const [, model, task] = google;
  if (method === 'GET' && !task) return toList('google', model);
  if (method !== 'POST' || model === undefined) return undefined;
  const to = { vendor: 'google' as const, model: decodeURIComponent(model) };
  if (task === 'countTokens') return { ...to, endpoint: 'count-tokens' };
  if (task === 'generateContent') return { ...to, endpoint: 'generate', stream: false };
  if (task !== 'streamGenerateContent') return undefined;
  return { ...to, endpoint: 'generate', stream: true, array: query.get('alt') !== 'sse' };
}

function toList(vendor: Vendor | undefined, model: string | undefined): Route | undefined {
  if (!vendor) return undefined;
  return { vendor, endpoint: 'models', ...(model === undefined ? {} : { model: decodeURIComponent(model) }) };
}
