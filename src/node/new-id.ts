import { randomBytes } from 'node:crypto';
import type { NewId } from '../core/ports.ts';

/** Sixty random bits in letters that fit file names and every vendor. */
export const newId: NewId = prefix =>
  `${prefix}_${BigInt(`0x${randomBytes(8).toString('hex')}`)
    .toString(36)
    .slice(0, 12)}`;
