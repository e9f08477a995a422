import { type Failed, malformed } from './failed.ts';

/** Thrown while an answer is read: what comes cannot be used, and is read no further. */
export class Unusable extends Error {
  readonly failed: Failed;

  constructor(failed: Failed) {
    super(failed.message);
    this.failed = failed;
  }
}

/** More came than any answer holds. */
export function tooMuch(what: string, most: number): Unusable {
  const megabytes = Math.round(most / 1024 / 1024);
  return new Unusable(malformed(`${what} is longer than ${megabytes} MB and was read no further.`));
}
