import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { type FSWatcher, watch } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { Disposable } from '../../core/ports.ts';
import { writeAtomic } from '../../node/atomic-write.ts';
import { codeOf } from '../../node/error-code.ts';
import { TokenAccess } from '../../protocol/api.ts';
import { Name } from '../../protocol/ids.ts';

/** Who may come in, and for what. */
export interface Holder {
  name: string;
  access: TokenAccess;
}

/** What a stream that never ends of itself is told for: a token that may be revoked meanwhile. */
export interface Hold {
  isValid(): Promise<boolean>;
  /** Called when tokens have changed, this one perhaps among them. */
  onChange(listener: () => void): Disposable;
}

/** The programs of the user's own, on this machine. */
export const LOCAL = 'local';
/** Both names keep the files from agents: no file tool and no command may read a `.key`. */
const LOCAL_FILE = 'http-local.key';
const NAMED_FILE = 'http-tokens.key';

const Named = z.object({ name: Name, access: TokenAccess, hash: z.string(), createdAt: z.number() });
const NamedFile = z.array(Named);
type Named = z.infer<typeof Named>;

const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');
const newToken = () => randomBytes(32).toString('base64url');

/**
 * The tokens of this user, kept in the user's own folder for the user's eyes only: one in full, which local programs read,
 * and of those that were named only hashes. The files are looked at again for every request: what is revoked is revoked.
 */
export class Tokens {
  readonly #local: string;
  readonly #named: string;
  readonly #read = new Map<string, { stamp: string; text: string }>();
  readonly #folder: string;
  readonly #listeners = new Set<() => void>();
  #watcher: FSWatcher | undefined;

  constructor(userFolder: string) {
    this.#folder = userFolder;
    this.#local = join(userFolder, LOCAL_FILE);
    this.#named = join(userFolder, NAMED_FILE);
  }

  /** Where local programs find their token. */
  get file(): string {
    return this.#local;
  }

  /** The token of local programs; made when it is first needed. */
  async local(): Promise<string> {
    const there = await this.#text(this.#local);
    if (there) return there.trim();
    await writeAtomic(this.#local, Buffer.from(`${newToken()}\n`), { mode: 0o600, fresh: true }).catch(error => {
      if (codeOf(error) !== 'EEXIST') throw error;
    });
    return (await readFile(this.#local, 'utf8')).trim();
  }

  async list(): Promise<Omit<Named, 'hash'>[]> {
    return (await this.#all()).map(({ hash: _, ...shown }) => shown);
  }

  /** Makes a token under a name that is free; it is shown once and never again. */
  async add(name: string, access: TokenAccess, createdAt: number): Promise<string | 'taken'> {
    const all = await this.#all();
    if (name === LOCAL || all.some(each => each.name === name)) return 'taken';
    const token = newToken();
    await this.#write([...all, { name, access, hash: hashOf(token), createdAt }]);
    return token;
  }

  /** From now on it opens nothing; the local one is made again when it is needed next. */
  async revoke(name: string): Promise<boolean> {
    if (name === LOCAL) {
      await writeAtomic(this.#local, Buffer.from(`${newToken()}\n`), { mode: 0o600 });
      return true;
    }
    const all = await this.#all();
    const left = all.filter(each => each.name !== name);
    if (left.length < all.length) await this.#write(left);
    return left.length < all.length;
  }

  /** Whose token it is. Every token is compared, and in constant time: how long it takes tells nothing. */
  async holderOf(token: string): Promise<Holder | undefined> {
    const hash = hashOf(token);
    let found: Holder | undefined;
    for (const { name, access, hash: known } of await this.#known()) if (isSame(hash, known)) found = { name, access };
    return found;
  }

  /** Who holds the token by that name, if it is still the one with that mark. */
  async holderNamed(name: string, mark: string): Promise<Holder | undefined> {
    const known = (await this.#known()).find(each => each.name === name);
    return known && isSame(markOf(known.hash), mark) ? { name, access: known.access } : undefined;
  }

  /** Tells a token from others that had its name before, and gives none of it away. */
  async markOf(name: string): Promise<string | undefined> {
    const known = (await this.#known()).find(each => each.name === name);
    return known && markOf(known.hash);
  }

  /** For what goes on after its request was let in. */
  async hold({ name }: Holder): Promise<Hold> {
    const mark = await this.markOf(name);
    return {
      isValid: async () => mark !== undefined && (await this.holderNamed(name, mark)) !== undefined,
      onChange: listener => this.#onChange(listener),
    };
  }

  /** The files are watched while somebody listens; where that cannot be, listeners have to ask from time to time. */
  #onChange(listener: () => void): Disposable {
    this.#listeners.add(listener);
    this.#watcher ??= this.#watch();
    return {
      dispose: () => {
        this.#listeners.delete(listener);
        if (this.#listeners.size > 0) return;
        this.#watcher?.close();
        this.#watcher = undefined;
      },
    };
  }

  #watch(): FSWatcher | undefined {
    try {
      const files = [NAMED_FILE, LOCAL_FILE];
      const watcher = watch(this.#folder, { persistent: false }, (_event, name) => {
        if (name === null || files.includes(name)) for (const listener of [...this.#listeners]) listener();
      });
      return watcher.on('error', () => watcher.close());
    } catch {
      return undefined;
    }
  }

  async #known(): Promise<Named[]> {
    const local: Named = { name: LOCAL, access: 'full', hash: hashOf(await this.local()), createdAt: 0 };
    return [local, ...(await this.#all())];
  }

  async #all(): Promise<Named[]> {
    const text = await this.#text(this.#named);
    return text === undefined ? [] : NamedFile.parse(JSON.parse(text));
  }

  #write(all: readonly Named[]): Promise<void> {
    return writeAtomic(this.#named, Buffer.from(`${JSON.stringify(all, undefined, 2)}\n`), { mode: 0o600 });
  }

  /** Read once for each version of the file. */
  async #text(path: string): Promise<string | undefined> {
    try {
      const { ino, size, mtimeMs } = await stat(path);
      const stamp = `${ino} ${size} ${mtimeMs}`;
      const known = this.#read.get(path);
      if (known?.stamp === stamp) return known.text;
      const text = await readFile(path, 'utf8');
      this.#read.set(path, { stamp, text });
      return text;
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      return undefined;
    }
  }
}

const markOf = (hash: string) => hashOf(`mark ${hash}`).slice(0, 32);

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
