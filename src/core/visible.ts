/** What hides, moves or breaks a line: controls, directions, fillers, unassigned and private characters, odd spaces. */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/u;
const pieces = new RegExp(`\\r?\\n|${unseen.source}| {8,}|\\p{M}{4,}`, 'gu');

const escaped = (text: string) => [...text].map(char => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`).join('');

/**
 * Everything there is in a text, on one line, for a person who decides about it: a line break is "⏎", what nobody could
 * see is written as its code, and no run of spaces pushes what follows out of sight.
 */
export const visible = (text: string): string =>
  text.replace(pieces, piece => {
    if (piece.endsWith('\n')) return ' ⏎ ';
    if (piece.startsWith(' ')) return ` [${piece.length} spaces] `;
    return escaped(piece);
  });

/** What a permission is asked for, whole, with the folder in which it would be done. */
export function shownRequest({ what, folder }: { what: string; folder?: string | undefined }): string {
  if (folder === undefined) return visible(what);
  const name = visible(folder);
  return `in ${/^[\w./@+-]+$/.test(name) ? name : JSON.stringify(name)}: ${visible(what)}`;
}

/** The same over as many lines as it has, for where there is room. */
export const shownInLines = (request: { what: string; folder?: string | undefined }): string =>
  shownRequest(request).replaceAll(' ⏎ ', ' ⏎\n');
