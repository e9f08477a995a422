import { Lines } from './lines.ts';

/** Takes text off the wire and hands on the payloads in it. */
export interface Framing {
  push(text: string, take: (payload: string) => void): void;
  /** The text is at its end: hands on what was not closed. */
  end(take: (payload: string) => void): void;
}

/**
 * Server-sent events: the data of each event. The names of events say nothing that their data does not, and some
 * proxies drop them; comments keep connections open and mean nothing.
 */
export function serverSentEvents(): Framing {
  const lines = new Lines();
  let data: string | undefined;
  const line = (text: string, take: (payload: string) => void) => {
    if (text === '' || text.trim() === '') {
      if (data !== undefined) take(data);
      data = undefined;
      return;
    }
    const value = dataOf(text);
    if (value !== undefined) data = data === undefined ? value : `${data}\n${value}`;
  };
  return {
    push: (text, take) => lines.push(text, each => line(each, take)),
    end: take => {
      const rest = lines.rest();
      if (rest !== undefined) line(rest, take);
      line('', take);
    },
  };
}

function dataOf(line: string): string | undefined {
  const at = line.charCodeAt(0) === 32 ? line.length - line.trimStart().length : 0;
  if (!line.startsWith('data', at)) return undefined;
  if (line.length === at + 4) return '';
  if (line.charCodeAt(at + 4) !== 58) return undefined;
  return line.slice(line.charCodeAt(at + 5) === 32 ? at + 6 : at + 5);
}

/** One JSON value a line. */
export function jsonLines(): Framing {
  const lines = new Lines();
  return {
    push: (text, take) => lines.push(text, line => line.trim() !== '' && take(line)),
    end: take => {
      const rest = lines.rest();
      if (rest?.trim()) take(rest);
    },
  };
}

/** All of it as one payload: what servers send that were asked for a stream and answer with plain JSON. */
function wholeBody(): Framing {
  const pieces: string[] = [];
  return {
    push: text => {
      pieces.push(text);
    },
    end: take => take(pieces.join('')),
  };
}

/** Server-sent events, unless the server says that it sends something else. */
export function eventsOrWhole(headers: Headers): Framing {
  const type = headers.get('content-type') ?? '';
  return /^application\/json\b/i.test(type) ? wholeBody() : serverSentEvents();
}
