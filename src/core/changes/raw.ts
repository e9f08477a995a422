const CR = 13;
const LF = 10;

/**
 * A file as lines of raw bytes, one character for each byte, each line with its end (CRLF, LF or a lone CR, as editors
 * see it). So whatever the encoding is, and wherever it is broken, putting the lines together gives the very same file.
 */
export function rawLines(bytes: Uint8Array): string[] {
  const lines: string[] = [];
  let cr = next(bytes, CR, 0);
  for (let from = 0; from < bytes.length; ) {
    const lf = next(bytes, LF, from);
    if (cr < from) cr = next(bytes, CR, from);
    const to = Math.min(cr + 1 < lf ? cr + 1 : lf + 1, bytes.length);
    lines.push(rawText(bytes, from, to));
    from = to;
  }
  return lines;
}

/** Where the byte stands next; past the end where it does not. */
function next(bytes: Uint8Array, byte: number, from: number): number {
  const at = bytes.indexOf(byte, from);
  return at < 0 ? bytes.length : at;
}

const CHUNK = 8192;

/** One character for each byte. */
export function rawText(bytes: Uint8Array, from = 0, to = bytes.length): string {
  let text = '';
  for (let at = from; at < to; at += CHUNK) {
    text += String.fromCharCode.apply(null, bytes.subarray(at, Math.min(to, at + CHUNK)) as unknown as number[]);
  }
  return text;
}

/** The bytes of lines made by `rawLines`. */
export function rawBytes(lines: readonly string[]): Uint8Array {
  let length = 0;
  for (const line of lines) length += line.length;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const line of lines) {
    for (let i = 0; i < line.length; i++) bytes[at++] = line.charCodeAt(i);
  }
  return bytes;
}

/** The line's own end, if it has one. */
export function endOf(line: string): '\r\n' | '\n' | '\r' | '' {
  if (line.endsWith('\n')) return line.endsWith('\r\n') ? '\r\n' : '\n';
  return line.endsWith('\r') ? '\r' : '';
}

/** The line without its end. */
export const bodyOf = (line: string): string => line.slice(0, line.length - endOf(line).length);

/** The end that most lines have; undefined where no line has one. */
export function commonEnd(lines: Iterable<string>): '\r\n' | '\n' | undefined {
  let crlf = 0;
  let lf = 0;
  for (const line of lines) {
    const end = endOf(line);
    if (end === '\r\n') crlf++;
    else if (end === '\n') lf++;
  }
  if (crlf === 0 && lf === 0) return undefined;
  return crlf > lf ? '\r\n' : '\n';
}
