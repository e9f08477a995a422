import type { StoodOn } from '../../protocol/stood-on.ts';
import { oneLine } from '../plain.ts';
import type { Between, CheckRecord } from './contract.ts';

const LONGEST = 100;
const short = (commit: string) => commit.slice(0, 10);
const cut = (text: string) => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text);

/** On which files something ran. */
export function stoodOnText(on: StoodOn | undefined): string {
  if (on?.commit === undefined) return 'what was there';
  if (!on.changed) return short(on.commit);
  const { count, files } = on.changed;
  const more = count > files.length ? ` and ${count - files.length} more` : '';
  return `${short(on.commit)} with changes that are in no commit (${files.map(oneLine).join(', ')}${more})`;
}

/** What lies between, in one line. */
export function betweenWords({ commits, more, note }: Between): string {
  const count = commits.length + more;
  const newest = commits[0];
  if (!newest) return note ?? 'No commit lies between.';
  const authors = [...new Set(commits.map(({ author }) => oneLine(author)))].slice(0, 3).join(', ');
  return `${count === 1 ? 'One commit lies' : `${count} commits lie`} between, by ${authors}${more > 0 ? ' and others' : ''}. ${note ?? ''}`.trim();
}

/** The same with the commits themselves. */
export function betweenText(between: Between): string {
  const { commits, more, note } = between;
  if (commits.length === 0) return betweenWords(between);
  const lines = commits.map(
    ({ id, author, subject }) => `  ${short(id)} ${cut(oneLine(author))}: ${cut(oneLine(subject))}`,
  );
  return [
    'Commits between, the newest first:',
    ...lines,
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...(note === undefined ? [] : [note]),
  ].join('\n');
}

/** How a check that does not simply pass stands; undefined: it does. */
export function checkLine({
  workflow,
  task,
  check,
  ok,
  passed,
  failed,
  unsteady,
  regression,
}: CheckRecord): string | undefined {
  const what = `${workflow}: ${oneLine(check)} (${task})`;
  if (unsteady !== undefined) return `${what} is not steady, and ${ok ? 'passed' : 'failed'} last`;
  if (ok) return undefined;
  const since = passed ? `, passed on ${stoodOnText(passed.on)}` : '';
  const mends = regression ? `: ${regression.item}` : '';
  return `${what} fails since ${stoodOnText(failed?.on)}${since}${mends}`;
}
