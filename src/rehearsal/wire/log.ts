import type { ServerResponse } from 'node:http';
import type { Ended, RequestRecord } from './types.ts';

/** The log of all requests, and who is still being answered. */
export class RequestLog {
  readonly records: RequestRecord[] = [];
  readonly #keep: number;
  #active = 0;
  #closing = false;
  #waiting: (() => void)[] = [];

  constructor(keep: number) {
    this.#keep = keep;
  }

  /** Opens a record that closes itself when the response ends in whatever way. */
  open(path: string, response: ServerResponse): RequestRecord {
    const { promise: done, resolve } = Promise.withResolvers<Ended>();
    const requestIndex = this.records.length;
    const record: RequestRecord = { requestIndex, path, vendor: undefined, endpoint: undefined, done };
    this.records.push(record);
    // What a long benchmark would choke on is let go; the figures stay.
    const old = this.records[requestIndex - this.#keep];
    if (old) delete old.request;
    this.#active++;
    response.once('close', () => {
      if (this.records.length - requestIndex > this.#keep) delete record.request;
      record.ended ??= response.writableFinished ? 'complete' : this.#closing ? 'server-closed' : 'client-closed';
      resolve(record.ended);
      this.#active--;
      this.#settle();
    });
    return record;
  }

  /** From now on a connection that breaks was broken by us. */
  closing(): void {
    this.#closing = true;
  }

  idle(): Promise<void> {
    if (this.#active === 0) return Promise.resolve();
    return new Promise(resolve => {
      this.#waiting.push(resolve);
    });
  }

  #settle(): void {
    if (this.#active > 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
