import type { AbsentWork, Pending } from '../../protocol/events.ts';
import type { Hash, RelPath } from '../../protocol/ids.ts';
import type { HashOf, NewId, WorkspaceFiles } from '../ports.ts';
import type { Journal } from '../session/contract.ts';
import { keptAbsent, namedApart, type Version, withoutAccepted, withReturned } from './absent.ts';
import { type Rejection, rejectionIn } from './by-hand.ts';
import type { Author } from './contract.ts';
import type { Hunk } from './hunks.ts';
import { pack, unpack } from './pack.ts';
import { rawLines } from './raw.ts';
import { baseOf, type Content, countsOf, currentOf, hunksOf, type Reviewed, untouched, wrote } from './reviewed.ts';

export type GroundFiles = Pick<WorkspaceFiles, 'read' | 'write' | 'remove' | 'missingFolders' | 'removeEmpty'>;

export interface Ground {
  files: GroundFiles;
  journal: Journal;
  hash: HashOf;
  newId: NewId;
}

/** How many earlier contents of a file are remembered: an undo in the editor brings back what was pending then. */
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
  /** Rejections that the journal has not been told of. */
  readonly #byHand: (Rejection & { before: Reviewed })[] = [];
  /** Versions with work that is not in the file now. */
  #absent: readonly Version[];

  private constructor(ground: Ground, path: RelPath, { reviewed, content }: Version, absent: readonly Version[]) {
    this.#ground = ground;
    this.path = path;
    this.reviewed = namedApart(reviewed, absent);
    this.#journaled = this.reviewed;
    this.content = content;
    this.#absent = absent;
    this.#earlier.set(key(content), this.reviewed);
  }

  /** What another process or an earlier run left in the journal; undefined where nothing is pending or could be again. */
  static async load(ground: Ground, path: RelPath): Promise<Tracked | undefined> {
    const { files, absent, baselines } = ground.journal.state;
    const file = files.get(path);
    const away = absent.get(path);
    const pending = file?.status === 'pending';
    if (!pending && !away) return undefined;
    const stored = await Promise.all((away?.work ?? []).map(work => unpacked(ground, work)));
    const versions = stored.filter(version => version !== undefined);
    if (!pending) {
      const version = await ground.files.read(path);
      const now = untouched({ bytes: version?.bytes ?? null, hash: version?.hash ?? null });
      return new Tracked(ground, path, { content: away?.content ?? null, reviewed: now }, versions);
    }
    const { content } = file;
    const version = file.pending && (await unpacked(ground, { content, weave: file.pending.weave }));
    if (version) return new Tracked(ground, path, version, versions);
    // Blobs are missing: what remains certain is the file, what it was, and who had a hand in it.
    const authors = file.agents.map(agent => ({ agent }));
    const base = baselines.get(path) ?? null;
    const reviewed = { authors, base, current: content, edited: false };
    return new Tracked(ground, path, { content, reviewed }, versions);
  }

  /** A file that agents have not touched yet, or whose changes are all decided or not in it now. */
  static fresh(ground: Ground, path: RelPath, content: Content, known?: Tracked): Tracked {
    const version = { content: content.hash, reviewed: untouched(content) };
    return new Tracked(ground, path, version, known ? known.#absent : []);
  }

  /** The same under another name, as the journal knows it. */
  movedTo(path: RelPath): Tracked {
    return new Tracked(this.#ground, path, { content: this.content, reviewed: this.#journaled }, this.#absent);
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

  /** Whether another content can bring back what was pending: by an undo, by git. */
  mayReturn(hash: Hash | null): boolean {
    return this.#absent.length > 0 || this.#earlier.has(key(hash));
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
    const known = this.#earlier.get(key(content.hash)) ?? (await this.#edited(content));
    const before: Version = { content: this.content, reviewed: this.#journaled };
    const returned = withReturned(known, content, this.#absent);
    const absent = keptAbsent(this.#absent, before, returned);
    await this.#edit(namedApart(returned, absent), content, absent);
    return content;
  }

  /** Tells the journal what the file has become by somebody else's hand. */
  async #edit(reviewed: Reviewed, content: Content, absent: readonly Version[]): Promise<void> {
    const { journal } = this.#ground;
    const { path, content: before } = this;
    const wasPending = hunksOf(this.#journaled).length > 0;
    const pending = await this.store(reviewed, content);
    if (wasPending || pending || absent !== this.#absent) {
      const isNews = pending && !journal.state.files.has(path);
      const authors = isNews ? hunksOf(reviewed).flatMap(hunk => hunk.authors) : [];
      if (pending && !wasPending) await this.#rebase(reviewed);
      journal.append({
        type: 'user-edit',
        path,
        before,
        after: content.hash,
        pending,
        ...(authors.length > 0 && { authors }),
        ...(absent !== this.#absent && { absent: await this.#stored(absent) }),
      });
    }
    this.#absent = absent;
    this.become(reviewed, content.hash);
  }

  /** What review compares with is not what it was when the file was last pending. */
  async #rebase(reviewed: Reviewed): Promise<void> {
    const { journal } = this.#ground;
    const base = baseOf(reviewed);
    const blob = 'blob' in base ? base.blob : base.bytes && (await journal.putBlob(base.bytes));
    if (journal.state.baselines.get(this.path) !== blob) {
      journal.append({ type: 'baseline-taken', path: this.path, blob });
    }
  }

  async #stored(versions: readonly Version[]): Promise<AbsentWork[]> {
    const { journal } = this.#ground;
    const store = async ({ content, reviewed }: Version) => ({
      content,
      weave: await journal.putBlob(pack(reviewed)),
    });
    return Promise.all(versions.map(store));
  }

  /** What is absent once this has been accepted, and in words for the journal if that is something else than before. */
  async accepted(reviewed: Reviewed): Promise<{ absent?: AbsentWork[]; keep(): void }> {
    const absent = withoutAccepted(this.#absent, this.reviewed, reviewed);
    const keep = () => {
      this.#absent = absent;
      // What was accepted must not become pending again by an undo.
      this.#earlier.clear();
    };
    const same = absent.length === this.#absent.length && absent.every((one, i) => one === this.#absent[i]);
    return same ? { keep } : { keep, absent: await this.#stored(absent) };
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

  /** An open document changed under the hands of the user; the journal is told later. */
  edited(reviewed: Reviewed, decides: boolean): void {
    const rejection = decides ? rejectionIn(this.reviewed, reviewed) : undefined;
    if (rejection) this.#byHand.push({ before: this.reviewed, ...rejection });
    this.live = true;
    this.#set(rejection?.after ?? reviewed);
  }

  /** Tells the journal, as rejections, of hunks that the user has taken out of the document. */
  async journalByHand(): Promise<{ hunks: string[]; authors: Author[] }[]> {
    const taken = this.#byHand.splice(0);
    for (const { before, after, hunks, authors } of taken) {
      const [from, to] = [await this.contentOf(before), await this.contentOf(after)];
      const now = this.reviewed;
      if (from.hash !== this.content) await this.#edit(before, from, this.#absent);
      const review = this.#ground.newId('review');
      const { journal } = this.#ground;
      if (to.bytes) await journal.putBlob(to.bytes);
      const pending = await this.store(after, to);
      journal.append({
        type: 'review-intent',
        review,
        action: 'reject',
        path: this.path,
        ...(pending && { hunks }),
        by: 'user',
        file: { before: from.hash, after: to.hash },
        baseline: { before: this.baseHash(before), after: this.baseHash(after) },
        authors,
        pending,
      });
      journal.append({ type: 'review-outcome', review, ok: true, reason: 'applied' });
      this.become(after, to.hash);
      // More may have been typed since.
      this.live = now !== after;
      this.#set(now);
    }
    return taken;
  }

  /** What an acceptance goes from and to: whoever delivers it needs both. */
  async keepBases(...bases: readonly Reviewed[]): Promise<void> {
    for (const base of bases.map(baseOf))
      if ('bytes' in base && base.bytes) await this.#ground.journal.putBlob(base.bytes);
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

/** A version as the journal keeps it; undefined where a blob is missing. */
async function unpacked({ journal }: Ground, { content, weave }: AbsentWork): Promise<Version | undefined> {
  const packed = await journal.getBlob(weave);
  const bytes = content === null ? null : await journal.getBlob(content);
  const reviewed = packed && bytes !== undefined && unpack(packed, bytes ? rawLines(bytes) : []);
  return reviewed ? { content, reviewed } : undefined;
}

/** A content that the journal names is not there any more. */
export class MissingBlob extends Error {
  constructor(path: RelPath) {
    super(`the earlier content of ${path} is not stored any more`);
    this.name = 'MissingBlob';
  }
}
