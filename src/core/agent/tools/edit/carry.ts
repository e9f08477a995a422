import { lineDiff } from '../../../changes/diff.ts';
import type { Edit } from './edit.ts';
import { type Folded, fold, plainCharacter } from './fold.ts';
import { type IndentPair, indentOf, type Reindent, reindentBy } from './indent.ts';

const isBlank = (line: string) => line.trim() === '';
const bodyOf = (line: string) => line.trim();

/** The file's line for each line of the model that is not blank; undefined when they do not go together. */
function fileLines(model: readonly string[], file: readonly string[]): (string | undefined)[] | undefined {
  const solid = file.filter(line => !isBlank(line));
  const sameLength = model.length === file.length;
  let next = 0;
  const found = model.map((line, index) => (sameLength ? file[index] : isBlank(line) ? '' : solid[next++]));
  return sameLength || next === solid.length ? found : undefined;
}

/** Typographic characters that the model writes where the file always has one plain one. */
function plainHabits(pairs: readonly { model: string; file: string }[]): Map<string, string> {
  const habits = new Map<string, string>();
  for (const { model, file } of pairs) {
    if (model.length !== file.length) continue;
    for (const [index, one] of [...model].entries()) {
      const plain = plainCharacter(one);
      if (plain !== undefined && plain === file[index]) habits.set(one, plain);
    }
  }
  return habits;
}

/** Where in the file's line stands what stands at `index` of the model's; undefined within what is not the same there. */
function across(old: Folded, file: Folded, index: number): number | undefined {
  const folded = old.at.findIndex(at => at >= index);
  const at = file.at[folded];
  return folded > 0 && (old.at[folded] !== index || file.at[folded - 1] === at) ? undefined : at;
}

/** A changed line: what it kept of the old one is taken from the file, the rest is the model's. */
function changedBody(old: string, file: string, fresh: string, plain: (text: string) => string): string {
  const most = Math.min(old.length, fresh.length);
  let head = 0;
  while (head < most && old[head] === fresh[head]) head++;
  let tail = 0;
  while (tail < most - head && old.at(-1 - tail) === fresh.at(-1 - tail)) tail++;
  const [oldFolded, fileFolded] = [fold(old, 'spacing'), fold(file, 'spacing')];
  const headEnd = across(oldFolded, fileFolded, head);
  const tailStart = across(oldFolded, fileFolded, old.length - tail);
  if (headEnd === undefined || tailStart === undefined) return plain(fresh);
  return file.slice(0, headEnd) + plain(fresh.slice(head, fresh.length - tail)) + file.slice(tailStart);
}

/**
 * The new text as it must stand in the file: lines that the edit leaves alone as they are there, the others shifted and
 * spelled as the file is. Undefined: the old lines differ from the file's in more than a consistent shift.
 */
export function carryOver(
  edit: Edit,
  slice: string,
  fileStep: number | undefined,
  wholeFirstLine: boolean,
): string | undefined {
  const old = edit.old.split('\n');
  const fresh = edit.new.split('\n');
  const file = fileLines(old, slice.split('\n'));
  if (!file) return undefined;
  const skip = wholeFirstLine ? 0 : 1;
  if (skip === 1 && indentOf(fresh[0] ?? '') !== '') return undefined;
  const solid = old
    .map((model, index) => ({ model, file: file[index] ?? '', index }))
    .filter(({ model, index }) => !isBlank(model) && index >= skip);
  const pairs: IndentPair[] = solid.map(pair => ({ model: indentOf(pair.model), file: indentOf(pair.file) }));
  const wanted = fresh.filter((line, index) => !isBlank(line) && index >= skip).map(indentOf);
  const reindent: Reindent | undefined = reindentBy(pairs, wanted, fileStep);
  if (!reindent) return undefined;
  const habits = plainHabits(solid.map(pair => ({ model: bodyOf(pair.model), file: bodyOf(pair.file) })));
  const plain = (text: string) => [...text].map(one => habits.get(one) ?? one).join('');
  const indented = (line: string, index: number) => (index < skip ? indentOf(line) : (reindent(indentOf(line)) ?? ''));

  const out: string[] = [];
  let at = 0;
  const keepUntil = (end: number, from: number) => {
    for (; at < end; at++) out.push(file[from - end + at] ?? '');
  };
  for (const { from, removed, to, added } of lineDiff(old, fresh)) {
    keepUntil(to, from);
    for (let step = 0; step < added; step++, at++) {
      const line = fresh[at] ?? '';
      if (isBlank(line)) out.push('');
      else if (removed !== added) out.push(indented(line, at) + plain(line.trimStart()));
      else {
        const before = old[from + step] ?? '';
        const there = file[from + step] ?? '';
        out.push(indented(line, at) + changedBody(bodyOf(before), bodyOf(there), line.trimStart(), plain));
      }
    }
  }
  keepUntil(fresh.length, old.length);
  return out.join('\n');
}
