import { lineDiff } from './diff.ts';
import { userEdited } from './edit.ts';
import { encode } from './encoding.ts';
import { bodyOf, rawBytes, rawText } from './raw.ts';
import type { LineEdit } from './splice.ts';
import { isVisible, type Weave } from './weave.ts';

/**
 * The file after the user typed into its open document: text lines in the place of visible ones. Costs no look at the
 * file, so that typing stays light; only the replaced lines are compared.
 */
export function typed(weave: Weave, edit: LineEdit): Weave {
  const visible: string[] = [];
  let line = 0;
  for (const atom of weave.atoms) {
    if (!isVisible(atom)) continue;
    if (line >= edit.from && line < edit.from + edit.removed) visible.push(atom.text);
    line++;
  }
  const encoding = isBroken(visible) ? 'bytes' : 'utf8';
  const lines = edit.lines.map(text => rawText(encode(text, encoding)));
  const edits = lineDiff(ended(visible), ended(lines)).map(({ from, removed, to, added }) => ({
    from: edit.from + from,
    removed,
    lines: lines.slice(to, to + added),
  }));
  return edits.length === 0 ? weave : userEdited(weave, edits);
}

const ended = (lines: readonly string[]) => lines.map(line => `${bodyOf(line)}\n`);

/** Lines that are not UTF-8 are shown byte by byte. */
function isBroken(lines: readonly string[]): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(rawBytes(lines));
    return false;
  } catch {
    return true;
  }
}
