import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { compileGlob } from '../core/glob.ts';
import { checkRelPath } from '../core/paths.ts';
import type { SearchHit, SearchQuery } from '../core/ports.ts';
import type { RelPath } from '../protocol/ids.ts';
import { hitsOf, matcherOf } from './matching-lines.ts';
import { candidates } from './ripgrep.ts';
import { walk } from './walk.ts';

const LARGEST = 5_000_000;
const LONGEST_LINE = 400;
/** Files that are read while another is looked through. */
const AHEAD = 16;
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
    for await (const path of walk(root, { signal, only })) if (wanted(path) && checkRelPath(path).ok) yield path;
  }
  for await (const { path, text } of readAhead(wantedPaths(), path => unsaved.get(path) ?? textOf(join(root, path)))) {
    if (text === undefined) continue;
    const lines = text.split(/\r\n|\n|\r/);
    if (lines.at(-1) === '') lines.pop();
    const found: number[] = [];
    let more = false;
    for (const index of matching(lines)) {
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

/** The texts of files in their order, several read at a time. */
async function* readAhead(
  paths: AsyncIterable<RelPath>,
  read: (path: RelPath) => string | Promise<string | undefined>,
): AsyncGenerator<{ path: RelPath; text: string | undefined }> {
  const reading: { path: RelPath; text: Promise<string | undefined> }[] = [];
  for await (const path of paths) {
    reading.push({ path, text: Promise.resolve(read(path)) });
    if (reading.length < AHEAD) continue;
    const { path: first, text } = reading.shift() as (typeof reading)[number];
    yield { path: first, text: await text };
  }
  for (const { path, text } of reading) yield { path, text: await text };
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    if ((await stat(path)).size > LARGEST) return undefined;
    const bytes = await readFile(path);
    return bytes.subarray(0, 8000).includes(0) ? undefined : bytes.toString('utf8');
  } catch {
    return undefined;
  }
}
