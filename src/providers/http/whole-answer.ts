import { malformed, nothingSent } from '../errors/failed.ts';
import { tooMuch, Unusable } from '../errors/unusable.ts';
import { sentWebPage, webPageText } from '../errors/web-page.ts';
import { MOST_OF_LIST } from './limits.ts';

/** An answer that is no stream, read to its end before an SDK sees it, so that it cannot be too long or no answer at all. */
export async function wholeAnswer(response: Response): Promise<Response> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    bytes += piece.byteLength;
    if (bytes > MOST_OF_LIST) throw tooMuch('The answer', MOST_OF_LIST);
    pieces.push(piece);
  }
  if (bytes === 0) throw new Unusable(nothingSent);
  const text = Buffer.concat(pieces).toString();
  const page = webPageText(text);
  if (page !== undefined) throw new Unusable({ ...malformed(sentWebPage(page)), code: 'web-page' });
  const { status, statusText, headers } = response;
  return new Response(text, { status, statusText, headers });
}
