import type { RelPath } from '../../protocol/ids.ts';
import { compileGlob } from '../glob.ts';
import { normalGlob } from '../plan/globs.ts';

/** The files one task alone may write. */
export interface Claims {
  readonly globs: readonly string[];
  allows(path: RelPath): boolean;
}

/** Names that begin with a dot count like others. */
export function claimsOf(globs: readonly string[]): Claims {
  const wanted = globs.map(normalGlob);
  const matchers = wanted.map(glob => compileGlob(glob));
  return { globs: wanted, allows: path => matchers.some(matches => matches(path)) };
}
