/** Keeps the beginning and the end of an output of any length, in memory that does not grow with it. */
export class KeptOutput {
  readonly #headLimit: number;
  readonly #tailLimit: number;
  #head: Buffer[] = [];
  #headBytes = 0;
  #tail: Buffer[] = [];
  #tailBytes = 0;
  #total = 0;

  constructor(limit: number) {
    this.#headLimit = Math.ceil(limit / 2);
    this.#tailLimit = Math.floor(limit / 2);
  }

  add(chunk: Buffer): void {
    this.#total += chunk.length;
    const room = this.#headLimit - this.#headBytes;
    if (room > 0) {
      const part = chunk.subarray(0, room);
      this.#head.push(part);
      this.#headBytes += part.length;
    }
    const rest = room > 0 ? chunk.subarray(room) : chunk;
    if (rest.length === 0) return;
    // A small part of a large chunk would keep all of it.
    const last = rest.length > this.#tailLimit ? Buffer.from(rest.subarray(rest.length - this.#tailLimit)) : rest;
    this.#tail.push(last);
    this.#tailBytes += last.length;
    if (this.#tailBytes > 4 * this.#tailLimit || this.#tail.length > 1000) this.#trim();
  }

  /** What is kept as text, no character cut apart, and how many bytes are missing between the two parts. */
  result(): { output: string; omitted: number } {
    this.#trim();
    const head = Buffer.concat(this.#head);
    const tail = Buffer.concat(this.#tail);
    if (this.#total === head.length + tail.length)
      return { output: Buffer.concat([head, tail]).toString(), omitted: 0 };
    const first = head.subarray(0, wholeUpTo(head));
    const second = tail.subarray(wholeFrom(tail));
    const omitted = this.#total - first.length - second.length;
    return { output: `${first}\n[... ${omitted} bytes left out ...]\n${second}`, omitted };
  }

  #trim(): void {
    if (this.#tailBytes <= this.#tailLimit && this.#tail.length <= 1) return;
    const all = Buffer.concat(this.#tail);
    const tail = all.length > this.#tailLimit ? Buffer.from(all.subarray(all.length - this.#tailLimit)) : all;
    this.#tail = [tail];
    this.#tailBytes = tail.length;
  }
}

const continues = (byte: number | undefined) => byte !== undefined && (byte & 0xc0) === 0x80;

/** The end of the last whole character. */
function wholeUpTo(bytes: Buffer): number {
  let at = bytes.length - 1;
  while (at > 0 && bytes.length - at < 4 && continues(bytes[at])) at--;
  const lead = bytes[at] ?? 0;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  return at + length > bytes.length ? at : bytes.length;
}

/** The start of the first whole character. */
function wholeFrom(bytes: Buffer): number {
  let at = 0;
  while (at < 3 && continues(bytes[at])) at++;
  return at;
}
