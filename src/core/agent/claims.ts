import type { RelPath } from '../../protocol/ids.ts';
import type { AgentTask } from '../../protocol/plan.ts';
import { compileGlob } from '../glob.ts';
import { globsMeet, normalGlob, prepareGlob } from '../plan/globs.ts';
import { kindOf } from '../plan/task-kinds.ts';
import type { Journal } from '../session/contract.ts';
import { hasEnded } from '../session/standing.ts';
import type { SessionState } from '../session/state.ts';

/** The files one task alone may write. */
export interface Claims {
  readonly globs: readonly string[];
  allows(path: RelPath): boolean;
  /** Takes a file beside them where nobody else needs it; the text says why it cannot be had. */
  grow(path: RelPath): string | undefined;
}

/** Names that begin with a dot count like others; a file that is claimed by its name is meant whatever letters are in it. */
export function claimsOf(globs: readonly string[]): Claims {
  const wanted = globs.map(normalGlob);
  const matchers = wanted.map(glob => compileGlob(glob));
  return {
    globs: wanted,
    allows: path => globs.includes(path) || matchers.some(matches => matches(path)),
    grow: () => 'Nothing else may be written here.',
  };
}

/** A task that needs more files than these was planned wrongly. */
const MOST_GRANTED = 20;

/** Claims of a task at work, which may take files that no unfinished task claims; each is an event. */
export function growingClaims(journal: Journal, agent: string, task: AgentTask, globs: readonly string[]): Claims {
  let claims = claimsOf(globs);
  return {
    get globs() {
      return claims.globs;
    },
    allows: path => claims.allows(path),
    grow(path) {
      const refused = whyNot(journal.state, task.id, path);
      if (refused !== undefined) return refused;
      journal.append({ type: 'claim-granted', task: task.id, agent, path });
      claims = claimsOf([...claims.globs, path]);
      return undefined;
    },
  };
}

function whyNot(state: SessionState, id: string, path: RelPath): string | undefined {
  const own = state.tasks.get(id);
  if (!own) return 'The task is not one of the plan.';
  if ((own.granted?.length ?? 0) >= MOST_GRANTED)
    return `Task ${id} was given ${MOST_GRANTED} files beyond its plan already, and no task is given more.`;
  const wanted = prepareGlob(path);
  for (const { task, status, granted = [] } of state.tasks.values()) {
    if (task.id === id || hasEnded(status)) continue;
    const claimed = [...kindOf(task).writes(task), ...granted].find(glob => globsMeet(prepareGlob(glob), wanted));
    if (claimed === undefined) continue;
    const when = status === 'pending' ? 'has yet to begin' : 'has not ended';
    return `"${path}" belongs to task ${task.id} (${task.title}), which ${when} and claims ${claimed}.`;
  }
  return undefined;
}
