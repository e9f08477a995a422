import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/client';
import type { Talk } from '../core/ports.ts';

/** A longer message is a flood. */
const LONGEST = 16 * 1024 * 1024;
/** More unasked-for output than this between two answers counts as one, too. */
const MOST_UNASKED = 2000;
const NEW_LINE = 10;

/** How a program ended that was talked to. */
export interface ProgramEnd {
  /** In words, with what it complained of. */
  why: string;
}

/** Starts a program and talks to it; resolves when it has ended. */
export type StartProgram = (talk: Talk, signal: AbortSignal) => Promise<ProgramEnd>;

/** Messages as lines over the input and output of a program. */
export class PipeTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  readonly #program: StartProgram;
  readonly #stop = new AbortController();
  #ended: Promise<void> | undefined;
  #send: ((text: string) => void) | undefined;
  #parts: Uint8Array[] = [];
  #length = 0;
  #unasked = 0;
  #why = 'it has not been started';

  constructor(program: StartProgram) {
    this.#program = program;
  }

  /** Why it is not there. */
  get why(): string {
    return this.#why;
  }

  start(): Promise<void> {
    const begun = Promise.withResolvers<void>();
    this.#why = '';
    this.#ended = this.#program(
      {
        attach: send => {
          this.#send = send;
          begun.resolve();
        },
        hear: chunk => this.#hear(chunk),
      },
      this.#stop.signal,
    ).then(({ why }) => {
      this.#why ||= why;
      this.#send = undefined;
      begun.reject(new Error(this.#why));
      this.onclose?.();
    });
    return begun.promise;
  }

  async send(message: JSONRPCMessage): Promise<void> {
    if (!this.#send) throw new Error(this.#why || 'it has ended');
    this.#send(`${JSON.stringify(message)}\n`);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#ended;
  }

  #hear(chunk: Uint8Array): void {
    let rest = chunk;
    for (let end = rest.indexOf(NEW_LINE); end !== -1; end = rest.indexOf(NEW_LINE)) {
      this.#parts.push(rest.subarray(0, end));
      const line = Buffer.concat(this.#parts).toString('utf8').trim();
      this.#parts = [];
      this.#length = 0;
      rest = rest.subarray(end + 1);
      if (line !== '') this.#take(line);
    }
    this.#length += rest.length;
    if (this.#length > LONGEST) this.#flooded(`a message of more than ${LONGEST} bytes`);
    else if (rest.length > 0) this.#parts.push(rest);
  }

  #take(line: string): void {
    if (this.#stop.signal.aborted) return;
    const message = readMessage(line);
    const answers = message !== undefined && 'id' in message && !('method' in message);
    this.#unasked = answers ? 0 : this.#unasked + 1;
    if (this.#unasked > MOST_UNASKED) this.#flooded(`${MOST_UNASKED} messages that nobody asked for`);
    // Some write what they have to say to people where only messages belong.
    else if (message) this.onmessage?.(message);
  }

  #flooded(by: string): void {
    this.#parts = [];
    this.#why ||= `it sent ${by}, and was ended`;
    this.#stop.abort();
  }
}

function readMessage(line: string): JSONRPCMessage | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const isMessage = typeof value === 'object' && value !== null && 'jsonrpc' in value;
    return isMessage ? (value as JSONRPCMessage) : undefined;
  } catch {
    return undefined;
  }
}
