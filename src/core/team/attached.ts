import type { ImagePart } from '../../protocol/message.ts';
import type { AgentTask } from '../../protocol/plan.ts';
import { isAgentTask } from '../../protocol/plan.ts';
import { showImage } from '../agent/tools/show-image.ts';
import type { Journal } from '../session/contract.ts';
import type { SessionState } from '../session/state.ts';
import { list, section } from './prompt-text.ts';

/** What a person handed in, as it is told to models and shown to those that see. */
export interface HandedIn {
  text: string;
  images: ImagePart[];
}

export const NOTHING_HANDED_IN: HandedIn = { text: '', images: [] };

/** Images that the task asks for by name; where no task of the plan asks for any, those of the goal concern all of them. */
export function imagesFor(task: AgentTask, state: SessionState): string[] {
  const images = new Set(
    [...state.artifacts.values()].flatMap(versions => {
      const latest = versions.at(-1);
      return latest?.mediaType.startsWith('image/') ? [latest.artifact] : [];
    }),
  );
  const wanted = task.consumes.filter(name => images.has(name));
  const assigned = [...state.tasks.values()].some(
    ({ task: other }) => isAgentTask(other) && other.consumes.some(name => state.attached.includes(name)),
  );
  return wanted.length > 0 || assigned ? wanted : state.attached;
}

/** Reads them, as far as they are still there. */
export async function handedIn(
  names: readonly string[],
  { state, getBlob }: { state: SessionState; getBlob: Journal['getBlob'] },
): Promise<HandedIn> {
  const lines: string[] = [];
  const images: ImagePart[] = [];
  for (const name of names) {
    const latest = state.artifacts.get(name)?.at(-1);
    const bytes = latest && (await getBlob(latest.blob));
    const shown = bytes && showImage(`"${name}"`, bytes);
    lines.push(shown ? shown.output : `"${name}": it is no longer there.`);
    if (shown?.ok) images.push(...(shown.images ?? []));
  }
  return {
    text: section('Images that belong to it, in this order; read_artifact shows them again:', list(lines)),
    images,
  };
}
