import type OpenAI from 'openai';
import { withoutEnv } from '../environment.ts';
import type { Exchange } from '../http/exchange.ts';

/** Longer than any watchdog: time limits are the router's. */
const noTimeout = 2 ** 31 - 1;

/** Makes the SDK's client for one exchange, with nothing taken from the environment. */
export function openaiClient(baseUrl: string, key: string | undefined, headers: Record<string, string> | undefined) {
  return async (exchange: Exchange): Promise<OpenAI> => {
    const { OpenAI } = await import('openai');
    return withoutEnv(
      () =>
        new OpenAI({
          // The SDK insists on a key; local servers have none.
          apiKey: key ?? 'none',
          adminAPIKey: null,
          organization: null,
          project: null,
          webhookSecret: null,
          baseURL: baseUrl,
          fetch: exchange.fetch,
          maxRetries: 0,
          timeout: noTimeout,
          logLevel: 'off',
          defaultHeaders: { ...(key === undefined && { authorization: null }), ...headers },
        }),
    );
  };
}
