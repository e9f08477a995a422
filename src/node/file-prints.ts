import { createHash } from 'node:crypto';
import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sign } from '../core/station/contract.ts';
import type { RelPath } from '../protocol/ids.ts';
import { globFilter } from './search.ts';
import { walk } from './walk.ts';

/** More files are more than a workflow waits for. */
const MOST = 20_000;
/** Of larger ones it is not read what they hold. */
const LARGEST = 16 * 1024 * 1024;
const AT_ONCE = 32;

interface Print {
  /** What is different where the file is. */
  key: string;
  content: string;
  /** It is not read what the file holds. */
  large?: true;
}

type Seen = Omit<Sign, 'trigger' | 'missed'>;

/** What some files of a workspace hold, as one mark, and which are different from before. */
export class FilePrints {
  readonly #root: string;
  readonly #globs: readonly string[];
  readonly #wanted: (path: RelPath) => boolean;
  /** As they stood at the last look. */
  #seen = new Map<RelPath, Print>();
  /** As they stood when they were told. */
  #told: ReadonlyMap<RelPath, Print> | undefined;

  constructor(root: string, globs: readonly string[]) {
    this.#root = root;
    this.#globs = globs;
    this.#wanted = globFilter(globs);
  }

  /** Undefined while they are just being changed, unless they are to be taken as they stand. */
  async look(taken = false): Promise<Seen | undefined> {
    const now = await this.#prints();
    const still = same(now, this.#seen);
    this.#seen = now;
    const told = this.#told;
    if (told && same(now, told)) return { mark: markOf(now), news: [] };
    // What a look found must be found by the next one, too.
    if (!still && !taken) return undefined;
    this.#told = now;
    const restless = !still && { restless: true as const };
    if (!told) return { mark: markOf(now), ...restless };
    const news = different(told, now);
    return { mark: markOf(now), news, holds: heldBy(now, news), ...restless };
  }

  async #prints(): Promise<Map<RelPath, Print>> {
    const paths: RelPath[] = [];
    for await (const path of walk(this.#root))
      if (this.#wanted(path) && paths.push(path) > MOST)
        throw new Error(`${this.#globs.join(', ')} are more than ${MOST} files: name fewer`);
    const prints = new Map<RelPath, Print>();
    for (let at = 0; at < paths.length; at += AT_ONCE) {
      const some = paths.slice(at, at + AT_ONCE);
      const found = await Promise.all(some.map(path => this.#print(path).catch(() => undefined)));
      for (const [i, print] of found.entries()) if (print) prints.set(some[i] as RelPath, print);
    }
    return prints;
  }

  async #print(path: RelPath): Promise<Print> {
    const { ino, size, mtimeMs, ctimeMs } = await lstat(join(this.#root, path));
    const key = `${ino} ${size} ${mtimeMs} ${ctimeMs}`;
    const known = this.#seen.get(path);
    if (known?.key === key) return known;
    if (size > LARGEST) return { key, content: `${size} ${mtimeMs}`, large: true };
    return { key, content: hash(await readFile(join(this.#root, path))) };
  }
}

/** Of those that can be told. */
const heldBy = (prints: ReadonlyMap<RelPath, Print>, paths: readonly RelPath[]): Map<string, string | null> =>
  new Map(
    paths.flatMap(path => {
      const print = prints.get(path);
      return print?.large ? [] : [[path, print?.content ?? null] as const];
    }),
  );

const hash = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');

const markOf = (prints: ReadonlyMap<RelPath, Print>) =>
  hash([...prints].map(([path, { content }]) => `${path}\0${content}\n`).join(''));

function different(before: ReadonlyMap<RelPath, Print>, now: ReadonlyMap<RelPath, Print>): RelPath[] {
  const paths = [...new Set([...before.keys(), ...now.keys()])];
  return paths.filter(path => before.get(path)?.content !== now.get(path)?.content);
}

const same = (before: ReadonlyMap<RelPath, Print>, now: ReadonlyMap<RelPath, Print>) =>
  different(before, now).length === 0;
