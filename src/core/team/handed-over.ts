import type { AgentTask } from '../../protocol/plan.ts';
import { claimsOf } from '../agent/claims.ts';
import { type DiffSources, diffOf, writtenBy } from '../changes/task-diff.ts';
import { groupsOf, needKey, resolveNeed } from '../plan/needs.ts';
import { kindOf } from '../plan/task-kinds.ts';
import type { HashOf } from '../ports.ts';
import type { Artifact, SessionState, WrittenFile } from '../session/state.ts';
import { type HandedIn, handedIn, imagesFor, NOTHING_HANDED_IN } from './attached.ts';
import { data, joined, list, section } from './prompt-text.ts';

/** What others made for the task, beside what the state says of it. */
export interface HandedOver {
  /** Artifacts whose content is told: no need to read them. */
  artifacts: { artifact: Artifact; text: string }[];
  /** For who reviews, what was changed; for who works, what the tasks that it needs have changed. */
  changes: string;
  /** Changed files of which there was no room to say it. */
  unshown: string[];
  /** Images of the goal that concern it, and those it asks for. */
  handedIn: HandedIn;
}

export const NOTHING_HANDED_OVER: HandedOver = { artifacts: [], changes: '', unshown: [], handedIn: NOTHING_HANDED_IN };

/** Characters of artifacts and of changes that are told: about 2,000, 8,000 and 1,500 tokens, less in small windows. */
const ARTIFACTS = 7000;
const CHANGES = 28_000;
const CHANGES_BEFORE = 5000;
/** The part of the room for a prompt that each may take. */
const SHARE = 0.4;
const SHARE_BEFORE = 0.2;

const roomFor = (most: number, prompt: number, share = SHARE) => Math.min(most, Math.floor(prompt * share));

/** Ids of the tasks that this one waits for, those of whole phases and pools too. */
export function neededTasks({ needs }: Pick<AgentTask, 'needs'>, state: SessionState): string[] {
  const pools = state.plan?.pools ?? {};
  const ids = needs.map(resolveNeed).flatMap(need => {
    if (need.kind === 'task') return [need.task];
    const key = needKey(need);
    return [...state.tasks.values()]
      .filter(({ task }) => groupsOf(task, pools).includes(key))
      .map(({ task }) => task.id);
  });
  return [...new Set(ids)];
}

/** What the task was promised, and what those that it waits for have published. */
function artifactsFor(task: AgentTask, state: SessionState): Artifact[] {
  const published = neededTasks(task, state).flatMap(id => {
    const before = state.tasks.get(id)?.task;
    return before ? kindOf(before).publishes(before) : [];
  });
  return [...new Set([...task.consumes, ...published])].flatMap(name => state.artifacts.get(name)?.at(-1) ?? []);
}

/** Gathers what fits: an artifact and a file's changes are told whole, or named only. `prompt`: characters of a prompt. */
export async function gather(
  task: AgentTask,
  review: boolean,
  sources: DiffSources,
  prompt: number,
): Promise<HandedOver> {
  const images = await handedIn(imagesFor(task, sources.state), sources);
  const over: HandedOver = { ...NOTHING_HANDED_OVER, artifacts: [], unshown: [], handedIn: images };
  let room = roomFor(ARTIFACTS, prompt);
  for (const artifact of artifactsFor(task, sources.state)) {
    if (artifact.bytes > room || artifact.mediaType.startsWith('image/')) continue;
    const bytes = await sources.getBlob(artifact.blob);
    if (!bytes) continue;
    over.artifacts.push({ artifact, text: new TextDecoder().decode(bytes) });
    room -= artifact.bytes;
  }
  const files = review ? writtenBy(sources.state, task.id) : changedBefore(task, over, sources.state);
  room = review ? roomFor(CHANGES, prompt) : roomFor(CHANGES_BEFORE, prompt, SHARE_BEFORE);
  for (const file of files) {
    const diff = await diffOf(file, sources);
    if (diff.length > room) over.unshown.push(file.path);
    else {
      over.changes += diff;
      room -= diff.length;
    }
  }
  return over;
}

/** What was changed by the tasks that this one needs: not what it may change itself and has to read whole, nor what it is told as an artifact. */
function changedBefore(task: AgentTask, { artifacts }: HandedOver, state: SessionState): WrittenFile[] {
  const own = claimsOf(task.writes);
  const told = new Set<string | null>(artifacts.map(({ artifact }) => artifact.blob));
  const files = neededTasks(task, state).flatMap(id => writtenBy(state, id));
  return [...new Set(files)].filter(
    ({ path, content, status }) => status === 'pending' && !own.allows(path) && !told.has(content),
  );
}

const told = ({ artifact, version, mediaType }: Artifact) => `${artifact} (version ${version}, ${mediaType})`;

/** The artifacts that the task is handed: with their content where that is told, else by name. */
export function artifactsText(task: AgentTask, state: SessionState, { artifacts }: HandedOver, hashOf: HashOf): string {
  const whole = artifacts.map(({ artifact, text }) => `- ${told(artifact)}:\n${data(hashOf, text)}`).join('\n');
  const shown = new Set(artifacts.map(({ artifact }) => artifact.artifact));
  const seen = new Set(imagesFor(task, state));
  const named = [...new Set([...task.consumes, ...artifactsFor(task, state).map(({ artifact }) => artifact)])]
    .filter(name => !shown.has(name) && !seen.has(name))
    .map(name => {
      const latest = state.artifacts.get(name)?.at(-1);
      return latest ? told(latest) : `${name} (not published yet)`;
    });
  return joined([
    section('Artifacts it builds on, whole:', whole),
    section('Read these artifacts first:', list(named)),
  ]);
}

/** What the tasks before have changed, in the files that they named. */
export const changesBefore = ({ changes }: HandedOver, hashOf: HashOf): string =>
  changes === ''
    ? ''
    : `What they changed, as a unified diff; what you see here you need not read again:\n${data(hashOf, changes)}`;

/** What was changed, for who reviews it. */
export function changesText({ changes, unshown }: HandedOver, hashOf: HashOf): string {
  return joined([
    changes === ''
      ? ''
      : `What it changed, as a unified diff against what stood there before:\n${data(hashOf, changes)}`,
    section('Changes that are too long to stand here; see them with show_changes:', list(unshown)),
  ]);
}
