import type { Pending } from '../../protocol/events.ts';
import type { Hash, RelPath } from '../../protocol/ids.ts';
import type { HashOf, WorkspaceFiles } from '../ports.ts';
import type { Journal } from '../session/contract.ts';
import type { Author } from './contract.ts';
import type { Hunk } from './hunks.ts';
import { pack, unpack } from './pack.ts';
import { rawLines } from './raw.ts';
import { baseOf, type Content, countsOf, currentOf, hunksOf, type Reviewed, untouched, wrote } from './review.ts';

export type GroundFiles = Pick<WorkspaceFiles, 'read' | 'write' | 'remove'>;

export interface Ground {
  files: GroundFiles;
  journal: Journal;
  hash: HashOf;
}

/** So many earlier contents of a file are remembered: an undo in the editor brings back what was pending then. */
const REMEMBERED = 8;

let versions = 0;

const key = (hash: Hash | null) => hash ?? '';

/** One file under review. Whoever changes it holds its turn (see `Turns`). */
export class Tracked {
  readonly path: RelPath;
  /** Another number whenever anything that can be seen of the file has changed; never the same again for any file. */
  version = ++versions;
  reviewed: Reviewed;
  /** What the journal says stands there. */
  content: Hash | null;
  /** Edits of an open document that the journal has not been told of. */
  live = false;
  #drawn: { hunks: Hunk[]; counts: Omit<Pending, 'weave'> | undefined } | undefined;
  readonly #ground: Ground;
  #journaled: Reviewed;
  readonly #earlier = new Map<string, Reviewed>();

  constructor(ground: Ground, path: RelPath, reviewed: Reviewed, content: Hash | null) {
    this.#ground = ground;
    this.path = path;
    this.reviewed = reviewed;
    this.#journaled = reviewed;
    this.content = content;
    this.#earlier.set(key(content), reviewed);
  }

  /** What another process or an earlier run left in the journal; undefined where nothing is pending. */
  static async load(ground: Ground, path: RelPath): Promise<Tracked | undefined> {
    const file = ground.journal.state.files.get(path);
    if (file?.status !== 'pending') return undefined;
    const packed = file.pending && (await ground.journal.getBlob(file.pending.weave));
    const bytes = file.content === null ? null : await ground.journal.getBlob(file.content);
    const reviewed = packed && bytes !== undefined && unpack(packed, bytes ? rawLines(bytes) : []);
    if (reviewed) return new Tracked(ground, path, reviewed, file.content);
    // Blobs are missing: what remains certain is the file, what it was, and who had a hand in it.
    const authors = file.agents.map(agent => ({ agent }));
    const base = ground.journal.state.baselines.get(path) ?? null;
    return new Tracked(ground, path, { authors, base, current: file.content, edited: false }, file.content);
  }

  /** A file that agents have not touched yet, or whose changes are all decided. */
  static fresh(ground: Ground, path: RelPath, content: Content): Tracked {
    return new Tracked(ground, path, untouched(content), content.hash);
  }

  /** The same under another name, as the journal knows it. */
  movedTo(path: RelPath): Tracked {
    return new Tracked(this.#ground, path, this.#journaled, this.content);
  }

  get isPending(): boolean {
    return this.counts !== undefined;
  }

  /** How much waits here; undefined when nothing does. */
  get counts(): Omit<Pending, 'weave'> | undefined {
    return this.#draw().counts;
  }

  /** What waits here, in order. */
  get hunks(): readonly Hunk[] {
    return this.#draw().hunks;
  }

  /** Whether the file once had this content while it was under review. */
  remembers(hash: Hash | null): boolean {
    return this.#earlier.has(key(hash));
  }

  /** Looks at the file; what changed in it meanwhile is the user's, and the journal is told. */
  async refresh(signal?: AbortSignal): Promise<Content> {
    const version = await this.#ground.files.read(this.path, signal);
    const content: Content = { bytes: version?.bytes ?? null, hash: version?.hash ?? null };
    if (content.hash === this.content) {
      if (this.live) this.#set(this.#journaled);
      this.live = false;
      return content;
    }
    const reviewed = this.#earlier.get(key(content.hash)) ?? (await this.#edited(content));
    const before = this.content;
    const pending = await this.store(reviewed, content);
    const { journal } = this.#ground;
    const authors =
      pending && !journal.state.files.has(this.path) ? hunksOf(reviewed).flatMap(hunk => hunk.authors) : [];
    journal.append({
      type: 'user-edit',
      path: this.path,
      before,
      after: content.hash,
      pending,
      ...(authors.length > 0 && { authors }),
    });
    this.become(reviewed, content.hash);
    return content;
  }

  /** What was typed is known already, unless more happened to the file than that. */
  async #edited(content: Content): Promise<Reviewed> {
    if (this.live && (await this.contentOf(this.reviewed)).hash === content.hash) return this.reviewed;
    return this.after(content, undefined);
  }

  /** The file once an agent, or without author the user, has written a content. */
  after(content: Content, author: Author | undefined): Promise<Reviewed> {
    return wrote(this.reviewed, content, author, bytes => this.#ground.journal.putBlob(bytes));
  }

  /** Puts down what a reload needs: the marks, and the content they stand on. */
  async store(reviewed: Reviewed, content: Content): Promise<Pending | null> {
    const counts = countsOf(reviewed, hunksOf(reviewed));
    if (content.bytes && counts) await this.#ground.journal.putBlob(content.bytes);
    return counts ? { weave: await this.#ground.journal.putBlob(pack(reviewed)), ...counts } : null;
  }

  /** The journal knows this; so it is. */
  become(reviewed: Reviewed, content: Hash | null): void {
    this.#set(reviewed);
    this.#journaled = reviewed;
    this.content = content;
    this.live = false;
    this.#earlier.delete(key(content));
    this.#earlier.set(key(content), reviewed);
    for (const oldest of this.#earlier.keys()) {
      if (this.#earlier.size <= REMEMBERED) break;
      this.#earlier.delete(oldest);
    }
  }

  /** What was accepted must not become pending again by an undo. */
  forgetEarlier(): void {
    this.#earlier.clear();
  }

  /** An open document changed under the hands of the user; the journal is told later. */
  edited(reviewed: Reviewed): void {
    this.live = true;
    this.#set(reviewed);
  }

  baseHash(reviewed: Reviewed): Hash | null {
    const base = baseOf(reviewed);
    if ('blob' in base) return base.blob;
    return base.bytes && this.#ground.hash(base.bytes);
  }

  /** The content that a decision leaves in the file. */
  async contentOf(reviewed: Reviewed): Promise<Content> {
    const current = currentOf(reviewed);
    if ('blob' in current) {
      const bytes = current.blob === null ? null : await this.#ground.journal.getBlob(current.blob);
      if (bytes === undefined) throw new MissingBlob(this.path);
      return { bytes, hash: current.blob };
    }
    return { bytes: current.bytes, hash: current.bytes && this.#ground.hash(current.bytes) };
  }

  #set(reviewed: Reviewed): void {
    if (reviewed === this.reviewed) return;
    this.reviewed = reviewed;
    this.version = ++versions;
    this.#drawn = undefined;
  }

  #draw() {
    if (!this.#drawn) {
      const hunks = hunksOf(this.reviewed);
      this.#drawn = { hunks, counts: countsOf(this.reviewed, hunks) };
    }
    return this.#drawn;
  }
}

/** A content that the journal names is not there any more. */
export class MissingBlob extends Error {
  constructor(path: RelPath) {
    super(`the earlier content of ${path} is not stored any more`);
    this.name = 'MissingBlob';
  }
}
