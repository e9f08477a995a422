import { cutLine } from './fence.ts';

export interface Edit {
  old: string;
  new: string;
  all?: boolean | undefined;
}

export type Edited =
  | { ok: true; text: string; replaced: number }
  | { ok: false; refusal: 'no-match' | 'ambiguous-match' | 'no-change'; problem: string; nearby?: string };

const lineAt = (text: string, index: number) => text.slice(0, index).split('\n').length;

function places(text: string, wanted: string): number[] {
  const found: number[] = [];
  for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + wanted.length)) found.push(at);
  return found;
}

/** The lines of the file that come nearest to what was looked for: the same but for white space, or the same start. */
function nearest(text: string, wanted: string): { from: number; to: number; text: string; same: boolean } | undefined {
  const lines = text.split('\n');
  const seek = wanted.split('\n').map(line => line.trim());
  while (seek.length > 1 && seek.at(-1) === '') seek.pop();
  while (seek.length > 1 && seek[0] === '') seek.shift();
  const trimmed = lines.map(line => line.trim());
  let best = -1;
  let most = 0;
  for (let at = 0; at < lines.length; at++) {
    let equal = 0;
    for (let step = 0; step < seek.length && at + step < lines.length; step++) {
      if (trimmed[at + step] === seek[step] && seek[step] !== '') equal++;
    }
    if (equal > most) {
      most = equal;
      best = at;
    }
    if (equal === seek.length) break;
  }
  if (best === -1) return undefined;
  const from = Math.max(0, most === seek.length ? best : best - 2);
  const to = Math.min(lines.length, best + Math.min(seek.length, 30) + (most === seek.length ? 0 : 2));
  const shown = lines.slice(from, to).map(line => cutLine(line, 400));
  return { from: from + 1, to, text: shown.join('\n'), same: most === seek.length };
}

/** Exact replacements, one after the other; all of them or none. */
export function applyEdits(original: string, edits: readonly Edit[]): Edited {
  let text = original;
  let replaced = 0;
  for (const [index, edit] of edits.entries()) {
    const which = edits.length > 1 ? `Edit ${index + 1} of ${edits.length}: ` : '';
    if (edit.old === edit.new) {
      return { ok: false, refusal: 'no-change', problem: `${which}"old" and "new" are the same.` };
    }
    const found = places(text, edit.old);
    if (found.length === 0) {
      const near = nearest(text, edit.old);
      const hint = near
        ? near.same
          ? `Lines ${near.from} to ${near.to} differ from it only in white space. Copy them exactly:`
          : `The nearest are lines ${near.from} to ${near.to}:`
        : 'Nothing in the file resembles it. Read the file again.';
      const problem = `${which}"old" does not occur in the file. ${hint}`;
      return { ok: false, refusal: 'no-match', problem, ...(near && { nearby: near.text }) };
    }
    if (found.length > 1 && !edit.all) {
      const lines = found.slice(0, 10).map(at => lineAt(text, at));
      return {
        ok: false,
        refusal: 'ambiguous-match',
        problem: `${which}"old" occurs ${found.length} times (lines ${lines.join(', ')}). Add lines around it until it is unique, or set all: true to replace each.`,
      };
    }
    text = edit.all
      ? text.split(edit.old).join(edit.new)
      : text.slice(0, found[0]) + edit.new + text.slice((found[0] ?? 0) + edit.old.length);
    replaced += found.length;
  }
  return { ok: true, text, replaced };
}
