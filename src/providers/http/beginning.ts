import { MOST_OF_TEXT, TEXT_PATIENCE_MS } from './limits.ts';

/** The beginning of a body that is only to be told to people; whatever is wrong with it, what has come by then. */
export async function beginningOf(reader: ReadableStreamDefaultReader<Uint8Array>, begun = ''): Promise<string> {
  const decoder = new TextDecoder();
  const giveUp = () => void reader.cancel().catch(() => undefined);
  const timer = setTimeout(giveUp, TEXT_PATIENCE_MS);
  let text = begun;
  try {
    while (text.length < MOST_OF_TEXT) {
      const { done, value } = await reader.read();
      text += decoder.decode(value, { stream: !done });
      if (done) break;
    }
  } catch {
    // A body that breaks off has said something all the same.
  } finally {
    clearTimeout(timer);
    giveUp();
  }
  return text.slice(0, MOST_OF_TEXT);
}
