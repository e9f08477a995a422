import type { LimitInfo } from '../../core/routing/contract.ts';
import { classOfStatus, type Failed, networkFailure, nothingSent } from '../errors/failed.ts';
import { retryHint } from '../errors/retry-hint.ts';
import { Unusable } from '../errors/unusable.ts';
import { sentWebPage, webPageText } from '../errors/web-page.ts';
import type { Call, StreamReader } from '../stream-call.ts';
import { Body } from './body.ts';
import { Exchange, type HttpFailure } from './exchange.ts';
import type { Framing } from './framing.ts';

/** A call whose answer we read off the wire ourselves. */
export interface HttpCall {
  baseUrl: string;
  framing(): Framing;
  /** Sends through the exchange's fetch. */
  send(exchange: Exchange, signal: AbortSignal): Promise<Response>;
  reader(): StreamReader<string>;
  limits(headers: Headers): LimitInfo | undefined;
  classify(failure: HttpFailure): Failed;
  redact(text: string): string;
}

export function httpCall(http: HttpCall): Call<string> {
  return {
    open: async own => {
      let exchange: Exchange | undefined;
      try {
        exchange = new Exchange(http.baseUrl, own.signal);
        const { headers, body } = await http.send(exchange, own.signal);
        if (!body) return { failed: nothingSent };
        const limits = http.limits(headers);
        return Object.assign(new Body(body, http.framing()), limits && { limits });
      } catch (thrown) {
        return { failed: sendFailure(exchange, thrown, http.classify) };
      }
    },
    reader: http.reader,
    broke: thrown => (thrown instanceof Unusable ? thrown.failed : networkFailure(thrown)),
    redact: http.redact,
  };
}

/** What became of a request that brought no answer to read. */
export function sendFailure(
  exchange: Exchange | undefined,
  thrown: unknown,
  classify: (failure: HttpFailure) => Failed,
): Failed {
  if (exchange?.astray) return exchange.astray;
  if (exchange?.failure) return foreign(exchange.failure) ?? classify(exchange.failure);
  if (exchange?.broken) return networkFailure(exchange.broken.error);
  // Nothing was sent: the request could not even be put together.
  return { class: 'fatal', message: thrown instanceof Error ? thrown.message : String(thrown) };
}

/** A refusal in the form of a web page comes from something that stands before the API, in no vendor's words. */
function foreign({ status, body, headers }: HttpFailure): Failed | undefined {
  const page = webPageText(body);
  if (page === undefined) return undefined;
  const retry = retryHint(headers, Date.now());
  const cls = classOfStatus(status);
  return { class: cls === 'fatal' ? 'malformed' : cls, message: sentWebPage(page), status, code: 'web-page', retry };
}
