import picomatch from 'picomatch/posix.js';
import type { RelPath } from '../../protocol/ids.ts';

/** The files one task alone may write. */
export interface Claims {
  readonly globs: readonly string[];
  allows(path: RelPath): boolean;
}

const normalise = (glob: string) => {
  const plain = glob.trim().replace(/^(\.?\/)+/, '');
  return plain.endsWith('/') ? `${plain}**` : plain;
};

/** A folder written with a trailing slash means everything in it; names that begin with a dot count like others. */
export function claimsOf(globs: readonly string[]): Claims {
  const wanted = globs.map(normalise).filter(glob => glob !== '');
  const matches = wanted.length ? picomatch(wanted, { dot: true }) : () => false;
  return { globs: wanted, allows: path => matches(path) };
}
