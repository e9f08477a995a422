import type { IncomingMessage } from 'node:http';
import { ProblemError } from './problem.ts';

/** Plans and answers of people; nothing that is sent here is longer. */
const MOST_BYTES = 1024 * 1024;

/** The JSON in a request's body. Forms of other sites can send no such type, which is one more thing that keeps them out. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const body = await readBody(request);
  return body.length === 0 ? undefined : jsonIn(body);
}

/** The bytes of a body that says it is JSON. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const { 'content-type': type = '', 'content-length': length, 'content-encoding': coding } = request.headers;
  const announced = Number(length ?? 0);
  if (length === '0' || (length === undefined && request.headers['transfer-encoding'] === undefined))
    return Buffer.alloc(0);
  if (!/^application\/json *(;|$)/i.test(type)) throw new ProblemError('wrong-type', 'Send application/json.');
  if (coding !== undefined && coding !== 'identity') throw new ProblemError('wrong-type', 'Send it uncompressed.');
  if (announced > MOST_BYTES) throw tooLarge();
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > MOST_BYTES) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof ProblemError ? error : new ProblemError('too-slow', 'The body did not come whole.');
  }
  return Buffer.concat(chunks);
}

export function jsonIn(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new ProblemError('bad-request', 'The body is no JSON.');
  }
}

const tooLarge = () => new ProblemError('too-large', `A body has at most ${MOST_BYTES} bytes.`);
