import { tooMuch } from '../errors/unusable.ts';
import { MOST_OF_PIECE } from './limits.ts';
import { Lines } from './lines.ts';

/** Takes text off the wire and hands on the payloads in it. */
export interface Framing {
  /** Says whether anything was completed by this text: a line that means nothing counts, the beginning of one does not. */
  push(text: string, take: (payload: string) => void): boolean;
  /** The text is at its end: hands on what was not closed. */
  end(take: (payload: string) => void): void;
  /** What has come, if it is complete although nothing marks its end. */
  readonly whole?: (() => string | undefined) | undefined;
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
    if (value === undefined) return;
    data = data === undefined ? value : `${data}\n${value}`;
    if (data.length > MOST_OF_PIECE) throw tooMuch('An event of the answer', MOST_OF_PIECE);
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
  let length = 0;
  return {
    push: text => {
      pieces.push(text);
      length += text.length;
      if (length > MOST_OF_PIECE) throw tooMuch('The answer', MOST_OF_PIECE);
      return false;
    },
    end: take => take(pieces.join('')),
    whole() {
      const text = pieces.join('');
      return isJson(text) ? text : undefined;
    },
  };
}

/** The framing is chosen by how the text begins: types are often wrong, and beginnings cannot be. */
function byBeginning(choose: (first: string) => Framing): Framing {
  let chosen: Framing | undefined;
  let blanks = '';
  return {
    push(text, take) {
      if (!chosen) {
        const at = text.search(/\S/);
        if (at === -1) {
          blanks = blanks.slice(-1) + text;
          return /[\r\n]/.test(text);
        }
        chosen = choose(text.charAt(at));
        return chosen.push(blanks + text, take);
      }
      return chosen.push(text, take);
    },
    end: take => chosen?.end(take),
    get whole() {
      return chosen?.whole;
    },
  };
}

/** Server-sent events; plain JSON from servers that were asked for a stream and do not send one. */
export function eventsOrWhole(): Framing {
  return byBeginning(first => (first === '{' || first === '[' ? wholeBody() : serverSentEvents()));
}

/** JSON lines; server-sent events from proxies that change one into the other. */
export function linesOrEvents(): Framing {
  return byBeginning(first => (first === '{' ? jsonLines() : serverSentEvents()));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
