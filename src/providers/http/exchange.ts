import type { Failed } from '../errors/failed.ts';
import { Unusable } from '../errors/unusable.ts';
import { beginningOf } from './beginning.ts';
import { wholeAnswer } from './whole-answer.ts';

/** A server's refusal as it came, before anyone has interpreted it. */
export interface HttpFailure {
  status: number;
  headers: Headers;
  /** At most the first part of it: a proxy's page can be long. */
  body: string;
}

const mostHops = 5;
const redirects = new Set([301, 302, 303, 307, 308]);

/**
 * One HTTP exchange. SDKs get its `fetch`; what they would wrap, shorten or hide of a failure is kept here. It speaks
 * to the configured server only, whatever else an SDK may have read from its environment.
 */
export class Exchange {
  /** Set when the server answered with an error status. */
  failure: HttpFailure | undefined;
  /** Set when there was no answer. */
  broken: { error: unknown } | undefined;
  /** Set when the server sent us where we do not go, or what cannot be the answer. */
  astray: Failed | undefined;
  readonly #baseUrl: string;
  readonly #signal: AbortSignal;
  readonly #streams: boolean;

  /** `streams`: a good answer is handed on as it comes. */
  constructor(baseUrl: string, signal: AbortSignal, streams = true) {
    this.#streams = streams;
    this.#baseUrl = new URL(baseUrl).href.replace(/\/+$/, '');
    this.#signal = signal;
  }

  readonly fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const url = input instanceof Request ? input.url : String(input);
    if (!this.#mayReach(url)) throw new Error(`refused to send the key to ${new URL(url).origin}`);
    const response = await this.#follow(url, input, { ...init, redirect: 'manual', signal: this.#signal });
    if (response.ok) return this.#streams ? response : this.#whole(response);
    const { status, headers } = response;
    const body = response.body ? await beginningOf(response.body.getReader()) : '';
    this.failure = { status, headers, body };
    return new Response(response.body && body, { status, headers });
  };

  async #whole(response: Response): Promise<Response> {
    try {
      return await wholeAnswer(response);
    } catch (error) {
      if (error instanceof Unusable) this.astray = error.failed;
      else this.broken = { error };
      throw error;
    }
  }

  /** Redirects stay on the server that was configured: to any other, key and prompt would go along. */
  async #follow(first: string, input: string | URL | Request, init: RequestInit): Promise<Response> {
    let response = await this.#send(input, init);
    let at = first;
    for (let hops = 0; redirects.has(response.status); hops++) {
      const location = response.headers.get('location');
      if (location === null) return response;
      void response.body?.cancel().catch(() => undefined);
      const to = URL.canParse(location, at) ? new URL(location, at) : undefined;
      const again = input instanceof Request ? input : init;
      const repeats = response.status >= 307 || (again.method ?? 'GET') === 'GET';
      if (to?.origin !== new URL(first).origin) throw this.#leave(first, to?.origin ?? location, response.status);
      if (hops === mostHops || !repeats || (again.body && typeof again.body !== 'string'))
        throw this.#leave(first, to.origin + to.pathname, response.status);
      at = to.href;
      response = await this.#send(at, init);
    }
    return response;
  }

  async #send(input: string | URL | Request, init: RequestInit): Promise<Response> {
    try {
      return await fetch(input, init);
    } catch (error) {
      this.broken = { error };
      throw error;
    }
  }

  #leave(from: string, to: string, status: number): Error {
    const message = `${new URL(from).origin} redirects to ${to}, which was sent neither the key nor the prompt. If the server has moved there, set baseUrl to it.`;
    this.astray = { class: 'retryable', message, status, code: 'redirected' };
    return new Error(message);
  }

  #mayReach(url: string): boolean {
    return url.startsWith(this.#baseUrl) && /^[/?]?$/.test(url.charAt(this.#baseUrl.length));
  }
}
