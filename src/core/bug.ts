import type { Bug } from '../protocol/bug.ts';
import type { RelPath } from '../protocol/ids.ts';
import { ALIKE, alike } from './alike.ts';

interface Filed {
  bug: Bug;
  path?: RelPath | undefined;
}

const core = ({ title, seen }: Bug) => `${title} ${seen}`;

/** Whether two reports are of one bug: much the same is said of it, and not of different files. */
export function isSameBug(one: Filed, other: Filed): boolean {
  if (one.path !== undefined && other.path !== undefined && one.path !== other.path) return false;
  return alike(one.bug.title, other.bug.title) >= ALIKE || alike(core(one.bug), core(other.bug)) >= ALIKE;
}

/** A bug in full, for those who mend it or try it again. */
export function bugText({ title, severity, steps, expected, seen, evidence }: Bug, path?: RelPath): string {
  const lines = [
    `${title} (${severity}${path === undefined ? '' : `, ${path}`})`,
    ...steps.map((step, i) => `  ${i + 1}. ${step}`),
    `  Expected: ${expected}`,
    `  Seen: ${seen}`,
  ];
  if (evidence !== undefined) lines.push(`  Evidence: ${evidence}`);
  return lines.join('\n');
}
