import { compileGlob, longestGlob } from '../../glob.ts';
import type { Disk } from './disk.ts';

/** A pattern over more names than this is not looked through. */
const MAX_NAMES = 20_000;

/**
 * What a shell's pattern can stand for, links followed: rather more than less, since quotes that took a meaning away are
 * no longer seen. Undefined stands for what nobody can tell.
 */
export function expand(disk: Disk, folder: string, pattern: string): (string | undefined)[] {
  let here = new Set([pattern.startsWith('/') ? '/' : folder]);
  const unknown: undefined[] = [];
  let looked = 0;
  for (const segment of pattern.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment.length > longestGlob) return [undefined];
    const next = new Set<string>();
    for (const at of here) {
      const names = /[*?[]/.test(segment) ? matching(segment, disk.names(at) ?? []) : [segment];
      looked += disk.names(at)?.length ?? 1;
      if (looked > MAX_NAMES) return [undefined];
      for (const name of names) {
        const real = disk.follow(at, name);
        if (real === undefined) unknown.push(real);
        else next.add(real);
      }
    }
    here = next;
  }
  return [...here, ...unknown];
}

/** Names with a dot in front are meant only where the pattern says so, or may say so. */
function matching(segment: string, names: readonly string[]): string[] {
  const hidden = /^[.[]/.test(segment);
  const matches = compileGlob(segment.replace(/\[.*\]/, '*').replace(/[{}]/g, '?'), { fold: true });
  const all = hidden ? [...names, '.', '..'] : names.filter(name => !name.startsWith('.'));
  return all.filter(matches);
}
