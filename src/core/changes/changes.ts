import type { RelPath } from '../../protocol/ids.ts';
import type { Disposable } from '../ports.ts';
import { JournaledFiles } from './agent-files.ts';
import { WrittenByCommands } from './command-files.ts';
import type { AgentFiles, Author, CommandFiles } from './contract.ts';
import {
  choiceOf,
  contentOf,
  type DecideOptions,
  Decisions,
  type ReviewResult,
  type Selector,
  type Views,
  viewOf,
} from './decisions.ts';
import { decode } from './encoding.ts';
import { Files } from './files.ts';
import type { Hunk } from './hunks.ts';
import { typed } from './live.ts';
import { type Mark, markOf } from './marks.ts';
import { rawBytes } from './raw.ts';
import { reachable } from './reachable.ts';
import { baseOf, changeOf, currentOf, decided, isWhole, type Reviewed } from './reviewed.ts';
import { settleOpen } from './settle.ts';
import type { LineEdit } from './splice.ts';
import type { Ground, Tracked } from './tracked.ts';
import { inParallel } from './turns.ts';
import { waitingIn } from './waiting.ts';
import { baseLines } from './weave.ts';

/** A file with pending changes. */
export interface PendingFile {
  path: RelPath;
  change: 'created' | 'deleted' | 'modified';
  renamedFrom?: RelPath;
  /** How many hunks wait, and lines in them. */
  hunks: number;
  added: number;
  removed: number;
  /** Whose work waits. */
  authors: Author[];
  /** Why it should be looked at before all others. */
  mark?: Mark;
  /** What a decision on what is shown now must name. */
  view: string;
}

/** The same with every hunk. */
export interface FileReview extends Omit<PendingFile, 'hunks'> {
  hunks: readonly Hunk[];
}

/** Work that the user took out of a document by hand, as with the arrow of a diff. */
export interface ByHand {
  hunks: string[];
  authors: Author[];
}

/** Everything that agents wrote and nobody has decided yet. */
export interface Changes {
  readonly agentFiles: AgentFiles;
  readonly commandFiles: CommandFiles;
  /** Settles what a crash left half done and loads what waits for review. To be awaited before anything else. */
  open(signal?: AbortSignal): Promise<void>;
  /** Files that are to be looked at when they change: something waits there, or may again. */
  known(): RelPath[];
  /** By path; as last looked at. */
  pendingFiles(): PendingFile[];
  /** As last looked at; undefined where nothing waits. */
  peek(path: RelPath): FileReview | undefined;
  /** Looks at the file first. */
  file(path: RelPath, signal?: AbortSignal): Promise<FileReview | undefined>;
  /** What review compares with: null where there was no file; undefined where nothing waits. */
  baseline(path: RelPath): Promise<Uint8Array | null | undefined>;
  /** The text that a hunk took the place of, as last looked at. */
  replaced(path: RelPath, hunk: Hunk): string;
  /** Who wrote what of a file, as last looked at; undefined where nothing waits. */
  reviewed(path: RelPath): Reviewed | undefined;
  /** What a rejection would leave in a file; undefined where it would be refused. */
  preview(selector: Selector & { path: RelPath }, options: DecideOptions): Promise<Uint8Array | null | undefined>;
  /** What is shown of the selected files now. */
  views(selector?: Selector): Map<RelPath, string>;
  /** The same in words that another process understands. */
  contents(selector?: Selector): Map<RelPath, string>;
  accept(selector: Selector, views: Views, options?: DecideOptions, signal?: AbortSignal): Promise<ReviewResult>;
  reject(selector: Selector, views: Views, options?: DecideOptions, signal?: AbortSignal): Promise<ReviewResult>;
  /**
   * The user typed into an open document: lines replaced, with their ends. Cheap; the journal learns of it later. With
   * `decides`, whole hunks taken out are rejected.
   */
  typed(path: RelPath, edit: LineEdit, decides?: boolean): void;
  /** A file may have changed by the user's hand: looks, and tells the journal. Returns the hunks rejected by `typed`. */
  noteUserEdit(path: RelPath, signal?: AbortSignal): Promise<ByHand[]>;
  /** Another process has put something down about a file: takes it as the state tells of it now. */
  reload(path: RelPath, signal?: AbortSignal): Promise<void>;
  /** The user gave a file another name: what is pending in it goes along. */
  renamed(from: RelPath, to: RelPath, signal?: AbortSignal): Promise<void>;
  /** Called with the paths whose review changed. */
  onDidChange(listener: (paths: readonly RelPath[]) => void): Disposable;
}

/** Files looked at together when a session is opened. */
const AT_ONCE = 16;

/** The changes of one session, over its journal and the workspace it writes to. */
export function createChanges(over: Ground): Changes {
  const ground: Ground = { ...over, files: reachable(over.files) };
  const files = new Files(ground);
  const decisions = new Decisions(files);
  const agentFiles = new JournaledFiles(files);

  const pending = (path: RelPath) => {
    const file = files.get(path);
    return file?.isPending ? file : undefined;
  };
  const selected = (selector: Selector | undefined) =>
    [...files.all()].filter(file => file.isPending && (selector?.path === undefined || selector.path === file.path));
  const look = (path: RelPath, signal: AbortSignal | undefined) =>
    files.turn(path, async () => {
      const file = await files.find(path);
      if (!file || (!file.live && [...files.writing].some(mayWrite => mayWrite(path)))) return [];
      const rejected = await file.journalByHand();
      await files.refresh(file, signal);
      return rejected;
    });

  return {
    agentFiles,
    commandFiles: new WrittenByCommands(files),
    async open(signal) {
      await settleOpen(ground, files, signal);
      await inParallel(waitingIn(ground.journal.state), AT_ONCE, path => look(path, signal));
    },
    known: () => [...new Set([...[...files.all()].map(({ path }) => path), ...ground.journal.state.absent.keys()])],
    pendingFiles: () =>
      [...files.all()]
        .filter(file => file.isPending)
        .map(file => summary(ground, file))
        .sort((one, other) => (one.path < other.path ? -1 : 1)),
    peek(path) {
      const file = pending(path);
      return file && reviewOf(ground, file);
    },
    async file(path, signal) {
      await look(path, signal);
      const file = pending(path);
      return file && reviewOf(ground, file);
    },
    async baseline(path) {
      const file = pending(path);
      if (!file) return undefined;
      const base = baseOf(file.reviewed);
      if ('bytes' in base) return base.bytes;
      return base.blob === null ? null : ground.journal.getBlob(base.blob);
    },
    replaced(path, { base: { start, count } }) {
      const reviewed = count > 0 ? pending(path)?.reviewed : undefined;
      const lines = reviewed && !isWhole(reviewed) ? baseLines(reviewed)?.slice(start, start + count) : undefined;
      return (lines && decode(rawBytes(lines))?.text) ?? '';
    },
    reviewed: path => pending(path)?.reviewed,
    async preview(selector, options) {
      const file = pending(selector.path);
      const verdict = file && decided(file.reviewed, 'reject', choiceOf(selector), options);
      return verdict?.ok ? (await file?.contentOf(verdict.reviewed))?.bytes : undefined;
    },
    views: selector => new Map(selected(selector).map(file => [file.path, viewOf(file)])),
    contents: selector => new Map(selected(selector).map(file => [file.path, contentOf(file)])),
    accept: (selector, views, options = {}, signal) => decisions.decide('accept', selector, views, options, signal),
    reject: (selector, views, options = {}, signal) => decisions.decide('reject', selector, views, options, signal),
    typed(path, edit, decides = false) {
      const file = pending(path);
      if (!file || isWhole(file.reviewed)) return;
      const edited = typed(file.reviewed, edit);
      if (edited === file.reviewed) return;
      file.edited(edited, decides);
      files.changed(path);
    },
    noteUserEdit: look,
    reload: (path, signal) => files.turn(path, () => files.reload(path, signal)),
    renamed: (from, to, signal) =>
      files.turn(from, async () => {
        const file = await files.find(from);
        const pending = ground.journal.state.files.get(from)?.pending;
        if (!file?.isPending || !pending || !(await ground.files.read(to, signal))) return;
        const moved = file.movedTo(to);
        const { content } = file;
        const renamed = { before: content, after: content, renamedFrom: from, pending };
        ground.journal.append({ type: 'user-edit', path: to, ...renamed });
        files.forget(from);
        files.track(moved);
        await look(to, signal);
      }),
    onDidChange: listener => files.onDidChange(listener),
  };
}

function summary(ground: Ground, file: Tracked): PendingFile {
  const { hunks, ...rest } = reviewOf(ground, file);
  return { ...rest, hunks: hunks.length };
}

function reviewOf({ journal }: Ground, file: Tracked): FileReview {
  const { path, reviewed, counts, hunks } = file;
  const renamedFrom = journal.state.files.get(path)?.renamedFrom;
  const mark = markOf(
    path,
    () => bytesIn(baseOf(reviewed)),
    () => bytesIn(currentOf(reviewed)),
  );
  return {
    path,
    change: changeOf(reviewed),
    ...(renamedFrom !== undefined && { renamedFrom }),
    ...(mark && { mark }),
    hunks,
    added: counts?.added ?? 0,
    removed: counts?.removed ?? 0,
    authors: [...new Set(hunks.flatMap(hunk => hunk.authors))],
    view: viewOf(file),
  };
}

/** Content that is not text line by line is nobody's manifest. */
const bytesIn = (content: { bytes: Uint8Array | null } | { blob: unknown }): Uint8Array | null =>
  'bytes' in content ? content.bytes : new Uint8Array([0]);
