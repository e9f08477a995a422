import { createHash } from 'node:crypto';
import type { HashOf } from '../core/ports.ts';

/** SHA-256 in lower-case hex. */
export const hashOf: HashOf = bytes => createHash('sha256').update(bytes).digest('hex');
