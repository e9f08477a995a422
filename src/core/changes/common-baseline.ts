import type { RelPath } from '../../protocol/ids.ts';
import type { Changes } from './changes.ts';
import { overlay } from './overlay.ts';
import { baseOf, isWhole } from './reviewed.ts';
import { currentLines, type Weave } from './weave.ts';

/**
 * What a file was before the agents of all these sessions, the newest session first: null where there was none,
 * undefined where nothing waits in it.
 */
export async function commonBaseline(path: RelPath, sessions: readonly Changes[]) {
  const waiting = sessions.filter(changes => changes.reviewed(path));
  const weaves = waiting.flatMap(changes => {
    const reviewed = changes.reviewed(path);
    return reviewed && !isWhole(reviewed) ? [reviewed] : [];
  });
  const together = weaves.length > 1 && weaves.length === waiting.length ? laidOver(weaves) : undefined;
  const base = together && baseOf(together);
  // Where they cannot be told line by line, the oldest session knows what was there before all.
  return base && 'bytes' in base ? base.bytes : waiting.at(-1)?.baseline(path);
}

/** All of them on the same lines; undefined while some have not seen yet what became of the file. */
function laidOver([first, ...others]: readonly Weave[]): Weave | undefined {
  const text = (weave: Weave) => currentLines(weave)?.join('');
  if (!first || text(first) === undefined || others.some(other => text(other) !== text(first))) return undefined;
  return others.reduce((all, other) => overlay(all, other), first);
}
