import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { compileGlob } from '../core/glob.ts';
import { checkRelPath } from '../core/paths.ts';
import type { SearchHit, SearchQuery } from '../core/ports.ts';
import type { RelPath } from '../protocol/ids.ts';
import { hitsOf, matcherOf } from './matching-lines.ts';
import { candidates } from './ripgrep.ts';
import { walkTogether } from './walk.ts';

const LARGEST = 5_000_000;
const LONGEST_LINE = 400;
/** A pipe that has taken the place of a file keeps nobody waiting. */
const UNBLOCKED = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
/** How long we hold the event loop at a stretch. */
const SLICE_MS = 8;

/** One glob as people write it: without "/" at any depth, a folder for all that is in it. */
function globMatcher(written: string): (path: RelPath) => boolean {
  const bare = written.replace(/^(\.?\/)+/, '').replace(/\/+$/, '');
  if (bare === '' || bare === '.') return () => true;
  const glob = bare.includes('/') || written.startsWith('/') ? bare : `**/${bare}`;
  const whole = compileGlob(glob);
  const below = compileGlob(`${glob}/**`);
  return path => whole(path) || below(path);
}

/** True for paths that one of the globs takes and none with a "!" in front does. */
export function globFilter(globs: readonly string[] | undefined): (path: RelPath) => boolean {
  if (!globs?.length) return () => true;
  const wanted = globs.filter(glob => !glob.startsWith('!')).map(globMatcher);
  const unwanted = globs.filter(glob => glob.startsWith('!')).map(glob => globMatcher(glob.slice(1)));
  return path =>
    (wanted.length === 0 || wanted.some(matches => matches(path))) && !unwanted.some(matches => matches(path));
}

/** Lines that match, file by file in listing order; binary and huge files are passed over. */
export async function search(
  root: string,
  query: SearchQuery,
  options: {
    ripgrep?: string | undefined;
    /** The texts of files that are open and not saved. */
    unsaved?: (() => ReadonlyMap<RelPath, string>) | undefined;
    signal?: AbortSignal | undefined;
  } = {},
): Promise<{ hits: SearchHit[]; more: boolean }> {
  const { signal, ripgrep } = options;
  const matching = await matcherOf(query);
  const wanted = globFilter(query.globs);
  const unsaved = options.unsaved?.() ?? new Map<RelPath, string>();
  const likely = ripgrep ? await candidates(ripgrep, root, query, signal) : undefined;
  const only = likely && new Set([...likely, ...unsaved.keys()]);
  const hits: SearchHit[] = [];
  let left = query.limit;
  let sliceStart = performance.now();
  const pause = async () => {
    await new Promise(next => setImmediate(next));
    signal?.throwIfAborted();
    sliceStart = performance.now();
  };
  async function* wantedPaths() {
    for await (const paths of walkTogether(root, { signal, only })) {
      for (const path of paths) if (wanted(path) && checkRelPath(path).ok) yield path;
    }
  }
  const texts = new FileTexts();
  for await (const path of wantedPaths()) {
    if (performance.now() - sliceStart > SLICE_MS) await pause();
    const text = unsaved.get(path) ?? texts.read(join(root, path));
    if (text === undefined || !matching.may(text)) continue;
    const lines = text.split(/\r\n|\n|\r/);
    if (lines.at(-1) === '') lines.pop();
    const found: number[] = [];
    let more = false;
    for (const index of matching.lines(lines)) {
      if (performance.now() - sliceStart > SLICE_MS) await pause();
      if (index === undefined) continue;
      more = left === 0;
      if (more) break;
      found.push(index);
      left--;
      if (query.filesOnly) break;
    }
    hits.push(
      ...hitsOf(lines, found, query.context ?? 0, index => {
        const line = lines[index] ?? '';
        return { path, line: index + 1, text: line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line };
      }),
    );
    if (more) return { hits, more };
  }
  return { hits, more: false };
}

/**
 * Texts of small files, read one after the other into the same memory. To wait for each of five calls of the system takes
 * many times as long as they do, so they are not waited for; whoever reads many pauses in between.
 */
class FileTexts {
  #bytes = Buffer.allocUnsafe(64 * 1024);

  /** Undefined for what is no text, too large, or cannot be read. */
  read(path: string): string | undefined {
    let file: number | undefined;
    try {
      file = openSync(path, UNBLOCKED);
      const found = fstatSync(file);
      const { size } = found;
      if (size > LARGEST || !found.isFile()) return undefined;
      // One more, so that it is known whether the file has grown.
      if (size >= this.#bytes.length) this.#bytes = Buffer.allocUnsafe(2 * size);
      let end = 0;
      for (let read = -1; read !== 0 && end < this.#bytes.length; end += read) {
        read = readSync(file, this.#bytes, end, this.#bytes.length - end, end);
      }
      const bytes = this.#bytes.subarray(0, end);
      return bytes.subarray(0, 8000).includes(0) ? undefined : bytes.toString('utf8');
    } catch {
      return undefined;
    } finally {
      if (file !== undefined) closeSync(file);
    }
  }
}
