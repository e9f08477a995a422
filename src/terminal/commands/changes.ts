import type { Changes, FileReview, PendingFile } from '../../core/changes/changes.ts';
import type { ReviewResult, Selector } from '../../core/changes/decisions.ts';
import type { Hunk } from '../../core/changes/hunks.ts';
import { parsePath } from '../../core/paths.ts';
import { oneLine } from '../../core/plain.ts';
import { counted } from '../../protocol/show.ts';
import type { Style } from '../style.ts';
import { type Call, EXIT, option, print, printJson, type Terminal, UsageError } from '../terminal.ts';

const decoder = new TextDecoder();

/** Lines of a text with what stands between them taken off; the last empty one left out. */
const linesOf = (bytes: Uint8Array | null | undefined): string[] => {
  const lines = bytes ? decoder.decode(bytes).split(/\r\n|\n|\r/) : [];
  if (lines.at(-1) === '') lines.pop();
  return lines;
};

const authors = (hunk: Hunk) =>
  oneLine(hunk.authors.map(({ agent, model }) => (model ? `${agent} (${model})` : agent)).join(', '));

function hunkLines(hunk: Hunk, before: string[], after: string[], style: Style): string[] {
  const { base, current } = hunk;
  const head = `@@ -${base.start + 1},${base.count} +${current.start + 1},${current.count} @@ hunk ${hunk.id}  ${authors(hunk)}${hunk.edited ? '  edited by you' : ''}`;
  if (hunk.kind === 'file-content') return [style.accent(head), style.dim('  (not text)')];
  return [
    style.accent(head),
    ...before.slice(base.start, base.start + base.count).map(line => style.bad(`-${oneLine(line)}`)),
    ...after.slice(current.start, current.start + current.count).map(line => style.good(`+${oneLine(line)}`)),
  ];
}

/** A session whose changes are shown, and which of them. */
export interface Shown {
  session: { id: string; goal?: string };
  changes: Changes;
  selector: Selector;
}

export const sessionLine = ({ style }: Terminal, { id, goal }: Shown['session']): string =>
  `${style.accent(oneLine(goal ?? ''))}  ${style.dim(oneLine(id))}`;

/** What waits for review, session by session: every file in short, or the hunks of one. */
export async function showChanges(
  terminal: Terminal,
  call: Call,
  shown: readonly Shown[],
  read: (path: string) => Promise<Uint8Array | undefined>,
): Promise<number> {
  const paths = new Set<string>();
  let hunkCount = 0;
  for (const { session, changes, selector } of shown) {
    const { path } = selector;
    const files = changes.pendingFiles().filter(file => path === undefined || file.path === path);
    if (shown.length > 1 && !call.options.json) print(terminal, sessionLine(terminal, session));
    for (const file of files) {
      paths.add(file.path);
      hunkCount += file.hunks;
      if (call.options.json) printJson(terminal, { session: session.id, ...(await changes.file(file.path)) });
      else await showFile(terminal, changes, file, path === undefined ? undefined : read);
    }
  }
  if (call.options.json) return EXIT.done;
  const { style } = terminal;
  const [first] = shown;
  const path = first?.selector.path;
  if (paths.size === 0) {
    print(terminal, path === undefined ? 'Nothing waits for review.' : `Nothing in ${oneLine(path)} waits for review.`);
  } else if (path === undefined) {
    const sessions = shown.length > 1 ? ` of ${shown.length} sessions` : '';
    const files = counted(paths.size, 'file');
    const hunks = counted(hunkCount, 'hunk');
    const next =
      'See one: orchestrate changes PATH · keep: orchestrate accept [PATH] · take out: orchestrate reject [PATH]';
    print(terminal, style.dim(`${files}, ${hunks}${sessions}. ${next}`));
  }
  return EXIT.done;
}

/** With `read` all its hunks, too. */
async function showFile(
  terminal: Terminal,
  changes: Changes,
  file: PendingFile,
  read: ((path: string) => Promise<Uint8Array | undefined>) | undefined,
): Promise<void> {
  const { style } = terminal;
  const hunks = counted(file.hunks, 'hunk');
  print(
    terminal,
    `${style.bold(oneLine(file.path))}  ${file.change}  ${style.good(`+${file.added}`)} ${style.bad(`-${file.removed}`)}  ${hunks}`,
  );
  if (file.mark) print(terminal, `  ${style.warn(`! ${oneLine(file.mark.says)}`)}`);
  if (!read) return;
  const review = (await changes.file(file.path)) as FileReview;
  const before = linesOf(await changes.baseline(file.path));
  const after = linesOf(await read(file.path));
  for (const hunk of review.hunks) print(terminal, hunkLines(hunk, before, after, style).join('\n'));
}

/**
 * Which changes a call means: `[PATH[#HUNK,…]]` and the options that narrow it. A path may hold a `#` itself, be
 * absolute, or begin with `./`.
 */
export function selectorOf(
  call: Call,
  place: string | undefined,
  workspace: string,
  waiting: ReadonlySet<string>,
): Selector {
  const agent = option(call, 'agent');
  const task = option(call, 'task');
  return {
    ...(place !== undefined && placeOf(place, workspace, waiting)),
    ...(agent && { agent }),
    ...(task && { task }),
  };
}

function placeOf(place: string, workspace: string, waiting: ReadonlySet<string>): Pick<Selector, 'path' | 'hunks'> {
  const pathOf = (text: string) => {
    if (waiting.has(text)) return text;
    const parsed = parsePath(text, [workspace]);
    return parsed.ok ? parsed.path : text;
  };
  const whole = pathOf(place);
  const mark = place.lastIndexOf('#');
  if (waiting.has(whole) || mark <= 0) return { path: whole };
  const hunks = place
    .slice(mark + 1)
    .split(',')
    .filter(Boolean);
  if (hunks.length === 0) throw new UsageError(`No hunk is named after "#" in "${place}".`);
  return { path: pathOf(place.slice(0, mark)), hunks };
}

const WHY: Record<string, string> = {
  stale: 'the file changed meanwhile; look at it again',
  edited: 'you edited it yourself; use --force to take your edits out with it',
  'built-on': 'others built on it; use --force to take theirs out too',
};

export function showDecision(
  terminal: Terminal,
  call: Call,
  action: 'accept' | 'reject',
  { done, refused }: ReviewResult,
  named: boolean,
): number {
  if (call.options.json) {
    printJson(terminal, { done, refused });
  } else {
    const { style } = terminal;
    const verb = action === 'accept' ? 'accepted' : 'rejected';
    for (const { path, hunks } of done)
      print(terminal, `${style.good('✔')} ${oneLine(path)}: ${counted(hunks.length, 'hunk')} ${verb}`);
    for (const { path, reason, message } of refused) {
      print(terminal, `${style.bad('✘')} ${oneLine(`${path}: not ${verb}, ${WHY[reason] ?? message ?? reason}`)}`);
    }
    if (done.length + refused.length === 0)
      print(
        terminal,
        named ? 'Nothing of that waits for review. See what does: orchestrate changes' : 'Nothing waits for review.',
      );
  }
  // Whoever named something that is not there has not got what was asked for.
  const missed = named && done.length + refused.length === 0;
  return missed || refused.length > 0 ? EXIT.failures : EXIT.done;
}
