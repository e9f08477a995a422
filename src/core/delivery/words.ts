import type { DeliveryAuthor } from '../../protocol/delivery.ts';
import { visible } from '../visible.ts';
import type { Candidate, Delivery } from './state.ts';
import type { SettledStep } from './steps.ts';

/** Agents name themselves: nothing of theirs begins a line, or hides in one. */
const oneWord = (text: string) => visible(text).replace(/\s+/g, ' ').trim();

/** The commit of a delivery: what it is called, and whose work it is. */
export function commitMessage(title: string, session: string, authors: readonly DeliveryAuthor[]): string {
  const trailers = new Set<string>();
  for (const { agent, role } of authors)
    trailers.add(`Agent: ${oneWord(agent)}${role === undefined ? '' : ` (${oneWord(role)})`}`);
  for (const { model } of authors) if (model !== undefined) trailers.add(`Model: ${oneWord(model)}`);
  for (const { task } of authors) if (task !== undefined) trailers.add(`Task: ${oneWord(task)}`);
  trailers.add(`Session: ${oneWord(session)}`);
  return `${oneWord(title)}\n\n${[...trailers].join('\n')}\n`;
}

/** Bringing a delivery together with what its target is by now is the work of its session, too. */
export const mergeMessage = ({ branch, title, delivery, session }: Delivery): string =>
  `Merge ${branch}: ${oneWord(title)}\n\nDelivery: ${delivery}\nSession: ${oneWord(session)}\n`;

const LONGEST_NAME = 48;

/** A branch's name, from what people call the work. */
export function branchName(title: string, session: string): string {
  const words = title
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .toLowerCase()
    .replace(/^-+|-+$/g, '');
  const name =
    words.length <= LONGEST_NAME
      ? words
      : words
          .slice(0, LONGEST_NAME + 1)
          .replace(/-[^-]*$/, '')
          .slice(0, LONGEST_NAME);
  const id =
    session
      .slice(-4)
      .toLowerCase()
      .replace(/[^a-z0-9]/g, '') || 'work';
  return `feature/${name === '' ? id : `${name}-${id}`}`;
}

/** What its author is asked to do about a conflict. Nobody picks a side for them. */
export function fixTask({ title, branch, target, conflicts = [] }: Delivery): string {
  const places = conflicts.map(
    ({ path, about, hunks }) => `${path}: ${about}${hunks.map(hunk => `\n\n${hunk}`).join('')}`,
  );
  return `"${title}" (${branch}) does not fit ${target} any more. In each place below, the first side is what ${target} has by now, the second is yours. Change your files so that they keep the meaning of both, then finish.\n\n${places.join('\n\n')}`;
}

/** What its author is asked to do about checks that fail on what the target would become. */
export function redTask({ title, branch, target }: Delivery, candidate: Candidate | undefined): string {
  const failed = candidate?.results.filter(({ ok }) => !ok) ?? [];
  const outputs = failed.map(({ command, output }) => `${command}\n\n${output.text.trimEnd()}`);
  return `"${title}" (${branch}), brought together with what is on ${target}, fails its checks. Find the cause and mend it in your files; do not weaken what is checked.\n\n${outputs.join('\n\n')}`;
}

const STEPS = { branch: 'making the branch', land: 'landing on', clean: 'taking away' } as const;
const ENDS = {
  done: 'it was done',
  left: 'it had not begun, and is left',
  moved: 'somebody else has moved it since, and it is left as it is',
  failed: 'it failed',
} as const;

/** What came of a step that a crash cut off. */
export const settledLine = ({ intent: { kind, ref }, outcome }: SettledStep): string =>
  `Cut off while ${STEPS[kind]} ${ref.replace(/^refs\/heads\//, '')}: ${ENDS[outcome]}.`;
