import type { Workflow } from '../../protocol/workflow.ts';
import { globsMeet, normalGlob, prepareGlob } from '../plan/globs.ts';
import { kindOf } from '../plan/task-kinds.ts';

export type Named = Workflow & { name: string };
type Trigger = Workflow['on'][number];

/** How a workflow leads back to itself, directly or by way of others; undefined: it does not. */
export function wayBack(workflow: Named, trigger: Trigger, all: readonly Named[]): string | undefined {
  const seen = new Set<Named>();
  const open = all.flatMap(one => {
    const how = starts(one, trigger);
    return how === undefined ? [] : [{ one, way: [how] }];
  });
  for (let next = open.pop(); next; next = open.pop()) {
    const { one, way } = next;
    if (one.name === workflow.name) return way.join(', and ');
    if (seen.has(one)) continue;
    seen.add(one);
    for (const other of all)
      for (const cause of one.on) {
        const how = starts(other, cause);
        if (how !== undefined) open.push({ one: other, way: [how, ...way] });
      }
  }
  return undefined;
}

/** How a workflow starts another one that has this trigger; undefined: it does not. */
function starts(workflow: Named, { ended, changed }: Trigger): string | undefined {
  if (ended?.workflow === workflow.name) return `"${workflow.name}" ends`;
  // In a working tree of its own it changes nothing here.
  if (!changed || workflow.deliver) return undefined;
  for (const task of workflow.tasks) {
    const writes = kindOf(task)
      .writes(task)
      .find(glob => looksAt(changed.files, glob));
    if (writes !== undefined) return `"${task.id}" of "${workflow.name}" writes ${writes}`;
  }
  return undefined;
}

/** Whether some file that is written may be one of those that are looked at. */
function looksAt(files: readonly string[], written: string): boolean {
  const own = normalGlob(written);
  for (const glob of files) {
    const out = glob.startsWith('!') ? normalGlob(glob.slice(1)) : undefined;
    if (out !== undefined && (out === own || (out.endsWith('/**') && own.startsWith(out.slice(0, -2))))) return false;
  }
  const prepared = prepareGlob(written);
  return files.some(glob => !glob.startsWith('!') && globsMeet(prepareGlob(glob), prepared));
}
