import picomatch from 'picomatch/posix.js';
import type { RelPath } from '../../protocol/ids.ts';
import { normalGlob } from '../plan/globs.ts';

/** The files one task alone may write. */
export interface Claims {
  readonly globs: readonly string[];
  allows(path: RelPath): boolean;
}

/** Names that begin with a dot count like others. */
export function claimsOf(globs: readonly string[]): Claims {
  const wanted = globs.map(normalGlob);
  const matches = wanted.length ? picomatch(wanted, { dot: true }) : () => false;
  return { globs: wanted, allows: path => matches(path) };
}
