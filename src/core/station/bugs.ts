import type { Bug } from '../../protocol/bug.ts';
import { AgentTask } from '../../protocol/plan.ts';
import { type FoundBug, PRIORITIES, type StationEvent } from '../../protocol/station.ts';
import { bugText, isSameBug } from '../bug.ts';
import type { HashOf } from '../ports.ts';
import { data } from '../team/prompt-text.ts';
import type { Item, Run, RunEnd, StationState } from './contract.ts';
import { ended } from './fold/queue.ts';

/** What may bring down what people use is for now, the rest for within a day. */
const PRIORITY: Readonly<Record<Bug['severity'], number>> = {
  production: PRIORITIES.high,
  security: PRIORITIES.high,
  performance: PRIORITIES.high,
  other: PRIORITIES.medium,
};

/**
 * What becomes of bugs when a run ends: those that it leaves open are work for the queue, each once; the one that it was
 * to mend is closed, or a person has to look. The same bug is known by what is said of it.
 */
export function* bugsAfter(
  state: StationState,
  run: Run,
  { outcome, bugs = [] }: Pick<RunEnd, 'outcome' | 'bugs'>,
  hashOf: HashOf,
): Generator<StationEvent> {
  const item = state.items.get(run.item);
  const own = item?.bug;
  const left = own && bugs.find(found => isSameBug(found, own));
  if (own && (left || outcome === 'completed')) {
    const what = `The bug "${own.bug.title}" (${run.item})`;
    yield left
      ? { type: 'notice', level: 'warning', text: `${what} is still seen after it was mended: look at it yourself` }
      : { type: 'notice', level: 'info', text: `${what} is closed: tried again, and not seen any more` };
  }
  for (const [number, found] of bugs.entries()) {
    const cause = `bug ${number + 1} of ${run.id}`;
    if (found === left || state.causes.has(cause)) continue;
    const known = [...state.items.values()].find(each => each.bug && !ended(each) && isSameBug(found, each.bug));
    const note = `"${found.bug.title}" is ${known?.id} already`;
    if (known) yield { type: 'cause-admitted', cause, workflow: 'bug', item: known.id, note };
    else yield added(state, found, item, { cause, run: run.id, hashOf });
  }
}

/** One session: whoever wrote it mends it, and whoever found it tries it again; what is still seen goes back. */
function added(
  state: StationState,
  found: FoundBug,
  item: Item | undefined,
  { cause, run, hashOf }: { cause: string; run: string; hashOf: HashOf },
): StationEvent {
  const { bug, path, finder, writer } = found;
  const names = [...state.members.keys()];
  const others = names.filter(name => name !== finder);
  const mender = writer ?? others[0] ?? finder ?? names[0] ?? 'implementer';
  const tester = finder ?? mender;
  const reopened = [...state.items.values()].findLast(each => each.bug && isSameBug(found, each.bug));
  const before = reopened ? `\n\nIt was mended before (${reopened.id}), and is seen again.` : '';
  const said = `${data(hashOf, bugText(bug, path))}${before}`;
  const priority = PRIORITY[bug.severity];
  const common = { priority, complexity: 'normal' as const };
  const mend = AgentTask.parse({
    ...common,
    id: 'mend',
    title: `Mend: ${bug.title}`.slice(0, 80),
    role: mender,
    instructions: `Mend this bug, which ${tester} has found. Find its cause, and leave a test that fails without what you do.\n\n${said}`,
    writes: ['**'],
  });
  const again = AgentTask.parse({
    ...common,
    id: 'try-again',
    title: `Try again: ${bug.title}`.slice(0, 80),
    role: tester,
    needs: ['mend'],
    instructions: `You have found this bug; ${mender} says that it is mended. Try it again by its steps. File it with file_bug, in the same words, if it is still seen; what you do not file counts as mended.\n\n${said}`,
  });
  const goal = `Mend: ${bug.title}`;
  const deliver = item?.deliver === true;
  const workflow = {
    name: 'bug',
    plan: { goal, phases: [], pools: {}, tasks: [mend, again] },
    members: item?.workflow?.members ?? [],
    ...(deliver && { deliver }),
  };
  const number = `q${state.counts.items + 1}`;
  return {
    type: 'item-added',
    item: number,
    text: goal,
    priority,
    needs: [],
    workflow,
    bug: found,
    by: 'agent',
    cause,
    after: run,
  };
}
