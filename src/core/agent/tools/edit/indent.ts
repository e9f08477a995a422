/** One line's indentation as the model wrote it and as the file has it. */
export interface IndentPair {
  model: string;
  file: string;
}

/** What an indentation of the model's is in the file; undefined where that cannot be told. */
export type Reindent = (model: string) => string | undefined;

/** The white space a line begins with; whatever kind of space it is, it counts as one. */
export const indentOf = (line: string): string =>
  line.slice(0, line.length - line.trimStart().length).replace(/[^\t]/g, ' ');

/** The one character an indentation is made of; undefined when it is mixed, '' when there is none. */
const kindOf = (indent: string): string | undefined => {
  const one = indent.charAt(0);
  return [...indent].every(other => other === one) ? one : undefined;
};

const oneKind = (indents: readonly string[]): string | undefined => {
  const kinds = new Set(indents.map(kindOf));
  kinds.delete('');
  return kinds.has(undefined) || kinds.size > 1 ? undefined : ([...kinds][0] ?? ' ');
};

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** By how much lines are usually indented more than the line before them. */
export function stepOf(lines: readonly string[]): number | undefined {
  const counts = new Map<number, number>();
  let before = 0;
  for (const line of lines) {
    if (line.trim() === '') continue;
    const { length } = indentOf(line);
    if (length > before) counts.set(length - before, (counts.get(length - before) ?? 0) + 1);
    before = length;
  }
  return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]?.[0];
}

/** How many of the file's characters one of the model's stands for, by what is deeper than the rest in both. */
function scaleOf(
  pairs: readonly IndentPair[],
  fresh: readonly string[],
  fileStep: number | undefined,
  sameKind: boolean,
) {
  const [first] = pairs;
  if (!first) return undefined;
  const other = pairs.find(pair => pair.model.length !== first.model.length);
  if (other) return (other.file.length - first.file.length) / (other.model.length - first.model.length);
  const step = fresh.map(indent => Math.abs(indent.length - first.model.length)).reduce(gcd, 0);
  if (step === 0) return 1;
  const scale = fileStep === undefined ? undefined : fileStep / step;
  if (!sameKind) return scale;
  return scale !== undefined && scale === first.file.length / first.model.length ? scale : 1;
}

/** The same steps in other units, shifted: two spaces for each tab, four for each two. */
function stretched(
  pairs: readonly IndentPair[],
  fresh: readonly string[],
  fileStep: number | undefined,
): Reindent | undefined {
  const modelKind = oneKind([...pairs.map(pair => pair.model), ...fresh]);
  const fileKind = oneKind(pairs.map(pair => pair.file));
  const [first] = pairs;
  if (modelKind === undefined || fileKind === undefined || !first) return undefined;
  const scale = scaleOf(pairs, fresh, fileKind === '\t' ? 1 : fileStep, modelKind === fileKind);
  if (scale === undefined || scale <= 0) return undefined;
  return model => {
    const length = first.file.length + (model.length - first.model.length) * scale;
    return Number.isInteger(length) && length >= 0 ? fileKind.repeat(length) : undefined;
  };
}

const added =
  (prefix: string): Reindent =>
  model =>
    prefix + model;

const dropped =
  (prefix: string): Reindent =>
  model =>
    model.startsWith(prefix) ? model.slice(prefix.length) : undefined;

/** Spaces to tabs and back with what is over left as spaces, as in the comment blocks of files with tabs. */
const tabbed =
  (width: number): Reindent =>
  model =>
    model.includes('\t') ? undefined : '\t'.repeat(Math.floor(model.length / width)) + ' '.repeat(model.length % width);

const untabbed =
  (width: number): Reindent =>
  model =>
    model.replaceAll('\t', ' '.repeat(width));

/**
 * The one shift that explains how all lines of the model differ from those of the file, and that can be carried over to
 * the new lines. Undefined: they differ in more than a shift.
 */
export function reindentBy(
  pairs: readonly IndentPair[],
  fresh: readonly string[],
  fileStep: number | undefined,
): Reindent | undefined {
  const [first] = pairs;
  if (!first || pairs.every(pair => pair.model === pair.file)) return model => model;
  const { model, file } = first;
  const candidates = [
    stretched(pairs, fresh, fileStep),
    ...(file.endsWith(model) ? [added(file.slice(0, file.length - model.length))] : []),
    ...(model.endsWith(file) ? [dropped(model.slice(0, model.length - file.length))] : []),
    ...[2, 3, 4, 8].flatMap(width => [tabbed(width), untabbed(width)]),
  ];
  return candidates.find(
    candidate =>
      candidate !== undefined &&
      pairs.every(pair => candidate(pair.model) === pair.file) &&
      fresh.every(indent => candidate(indent) !== undefined),
  );
}
