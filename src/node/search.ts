import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { compileGlob } from '../core/glob.ts';
import { checkRelPath } from '../core/paths.ts';
import { PatternError, type SearchHit, type SearchQuery } from '../core/ports.ts';
import type { RelPath } from '../protocol/ids.ts';
import { candidates } from './ripgrep.ts';
import { walk } from './walk.ts';

const LARGEST = 5_000_000;
const LONGEST_LINE = 400;
/** How long we hold the event loop at a stretch. */
const SLICE_MS = 8;

async function matcherOf(query: SearchQuery): Promise<(line: string) => boolean> {
  if (!query.regex) {
    if (query.caseSensitive) return line => line.includes(query.pattern);
    const needle = query.pattern.toLowerCase();
    return line => line.toLowerCase().includes(needle);
  }
  // Models write the patterns: RE2 takes linear time whatever they are.
  const { RE2JS } = await import('re2js');
  try {
    const compiled = RE2JS.compile(query.pattern, query.caseSensitive ? 0 : RE2JS.CASE_INSENSITIVE);
    return line => compiled.matcher(line).find();
  } catch (error) {
    throw new PatternError(error instanceof Error ? error.message : String(error));
  }
}

/** True for paths that one of the globs takes; a glob without "/" is looked for at any depth. */
export function globFilter(globs: readonly string[] | undefined): (path: RelPath) => boolean {
  if (!globs?.length) return () => true;
  const matchers = globs.map(glob => compileGlob(glob.includes('/') ? glob.replace(/^\.?\//, '') : `**/${glob}`));
  return path => matchers.some(matches => matches(path));
}

/** Lines that match, file by file in listing order; binary and huge files are passed over. */
export async function search(
  root: string,
  query: SearchQuery,
  options: {
    ripgrep?: string | undefined;
    /** The text of a file that is open and not saved. */
    unsaved?: ((path: RelPath) => string | undefined) | undefined;
    signal?: AbortSignal | undefined;
  } = {},
): Promise<{ hits: SearchHit[]; more: boolean }> {
  const matches = await matcherOf(query);
  const wanted = globFilter(query.globs);
  const likely = options.ripgrep ? await candidates(options.ripgrep, root, query, options.signal) : undefined;
  const hits: SearchHit[] = [];
  let sliceStart = performance.now();
  for await (const path of walk(root, options.signal)) {
    if (!wanted(path)) continue;
    const unsaved = options.unsaved?.(path);
    if ((unsaved === undefined && likely && !likely.has(path)) || !checkRelPath(path).ok) continue;
    const lines = (unsaved ?? (await textOf(join(root, path))))?.split(/\r\n|\n|\r/) ?? [];
    for (const [index, line] of lines.entries()) {
      if (performance.now() - sliceStart > SLICE_MS) {
        await new Promise(next => setImmediate(next));
        options.signal?.throwIfAborted();
        sliceStart = performance.now();
      }
      if (!matches(line)) continue;
      if (hits.length === query.limit) return { hits, more: true };
      const text = line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line;
      hits.push({ path, line: index + 1, text });
    }
  }
  return { hits, more: false };
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
