/** A server's refusal as it came, before anyone has interpreted it. */
export interface HttpFailure {
  status: number;
  headers: Headers;
  /** At most the first part of it: a proxy's page can be long. */
  body: string;
}

const maxBody = 64 * 1024;

/**
 * One HTTP exchange. SDKs get its `fetch`; what they would wrap, shorten or hide of a failure is kept here. It speaks
 * to the configured server only, whatever else an SDK may have read from its environment.
 */
export class Exchange {
  /** Set when the server answered with an error status. */
  failure: HttpFailure | undefined;
  /** Set when there was no answer. */
  broken: { error: unknown } | undefined;
  readonly #baseUrl: string;
  readonly #signal: AbortSignal;

  constructor(baseUrl: string, signal: AbortSignal) {
    this.#baseUrl = new URL(baseUrl).href.replace(/\/+$/, '');
    this.#signal = signal;
  }

  readonly fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const url = input instanceof Request ? input.url : String(input);
    if (!this.#mayReach(url)) throw new Error(`refused to send the key to ${new URL(url).origin}`);
    let response: Response;
    try {
      response = await fetch(input, { ...init, signal: this.#signal });
    } catch (error) {
      this.broken = { error };
      throw error;
    }
    if (response.ok) return response;
    const body = (await response.text().catch(() => '')).slice(0, maxBody);
    this.failure = { status: response.status, headers: response.headers, body };
    return new Response(body, { status: response.status, headers: response.headers });
  };

  #mayReach(url: string): boolean {
    return url.startsWith(this.#baseUrl) && /^[/?]?$/.test(url.charAt(this.#baseUrl.length));
  }
}
