import { type LineChange, lineDiff } from './diff.ts';
import { bodyOf, commonEnd, endOf } from './raw.ts';

/** Lines with their ends: what stands on disk, what a document shows that has unsaved text, and what it is to show. */
export interface DraftLines {
  saved: readonly string[];
  draft: readonly string[];
  next: readonly string[];
}

/** Where one of both or both together changed the draft's lines; `end` is exclusive. */
interface Region {
  from: number;
  end: number;
  /** How many lines fewer the saved text has there, and how many more the next one. */
  unsaved: number;
  written: number;
  isWritten: boolean;
}

/**
 * What becomes of the text on disk when a document above it, with text that its user has not saved, is written to: it takes
 * over what was written, and nothing of what is unsaved but in those very lines that were written over.
 */
export function beneath({ saved, draft, next }: DraftLines): string[] {
  const bodies = draft.map(bodyOf);
  const regions = regionsOf(lineDiff(saved.map(bodyOf), bodies), lineDiff(bodies, next.map(bodyOf)));
  const result: string[] = [];
  let copied = 0;
  let unsaved = 0;
  let written = 0;
  for (const region of regions) {
    const at = region.from - unsaved;
    result.push(...saved.slice(copied, at));
    copied = region.end - unsaved - region.unsaved;
    if (region.isWritten) result.push(...next.slice(region.from + written, region.end + written + region.written));
    else result.push(...saved.slice(at, copied));
    unsaved += region.unsaved;
    written += region.written;
  }
  result.push(...saved.slice(copied));
  return ended(result, [...saved, ...next]);
}

/** What was typed and what was written, in the order of the draft's lines; together where it is about the same ones. */
function regionsOf(typed: readonly LineChange[], writes: readonly LineChange[]): Region[] {
  const all: Region[] = [
    ...typed.map(({ removed, to, added }) => ({
      from: to,
      end: to + added,
      unsaved: added - removed,
      written: 0,
      isWritten: false,
    })),
    ...writes.map(({ from, removed, added }) => ({
      from,
      end: from + removed,
      unsaved: 0,
      written: added - removed,
      isWritten: true,
    })),
  ].sort(
    (one, other) => one.from - other.from || one.end - other.end || Number(one.isWritten) - Number(other.isWritten),
  );
  const regions: Region[] = [];
  for (const region of all) {
    const last = regions.at(-1);
    if (!last || region.from >= last.end) {
      regions.push({ ...region });
      continue;
    }
    last.end = Math.max(last.end, region.end);
    last.unsaved += region.unsaved;
    last.written += region.written;
    last.isWritten ||= region.isWritten;
  }
  return regions;
}

/** Only the last line may be without an end. */
function ended(lines: string[], like: readonly string[]): string[] {
  const open = lines.findIndex((line, index) => index < lines.length - 1 && endOf(line) === '');
  if (open >= 0) lines[open] += commonEnd(like) ?? '\n';
  return lines;
}
