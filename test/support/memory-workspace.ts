import { createHash } from 'node:crypto';
import type { AgentFiles, AgentWriteResult, SeenFile, WriteRequest } from '../../src/core/changes/contract.ts';
import type {
  FileVersion,
  ListedFile,
  PathRefusal,
  SearchHit,
  SearchQuery,
  WorkspaceFiles,
  WriteResult,
} from '../../src/core/ports.ts';
import type { Journal } from '../../src/core/session/contract.ts';
import { hitsOf, matcherOf } from '../../src/node/matching-lines.ts';
import { globFilter } from '../../src/node/search.ts';
import type { Hash, RelPath } from '../../src/protocol/ids.ts';

const bytesOf = (content: string | Uint8Array) =>
  typeof content === 'string' ? new TextEncoder().encode(content) : content;

/** SHA-256 as the journal writes it. */
export const sha256 = (content: string | Uint8Array): Hash => createHash('sha256').update(content).digest('hex');

const SECRET = /(^|\/)(\.env(\..*)?|id_rsa|id_ed25519|[^/]*\.(pem|key))$/;

/** A workspace that exists only in a map: the ports' rules without a disk. */
export class MemoryWorkspace implements WorkspaceFiles {
  readonly root = '/workspace';
  /** Every write and removal that came through, in order. */
  readonly writes: RelPath[] = [];
  readonly #files = new Map<RelPath, Uint8Array>();
  readonly #writtenAt = new Map<RelPath, number>();
  #puts = 0;

  constructor(files: Record<RelPath, string | Uint8Array> = {}) {
    for (const [path, content] of Object.entries(files)) this.put(path, content);
  }

  /** Puts content there as somebody outside of Orchestrate would. */
  put(path: RelPath, content: string | Uint8Array): void {
    this.#files.set(path, bytesOf(content));
    this.#writtenAt.set(path, ++this.#puts);
  }

  /** Counts instead of dating: what is put later is newer. */
  async writtenAt(path: RelPath): Promise<number | undefined> {
    return this.#files.has(path) ? this.#writtenAt.get(path) : undefined;
  }

  async sizeOf(path: RelPath): Promise<number | undefined> {
    return this.#files.get(path)?.length;
  }

  text(path: RelPath): string | undefined {
    const bytes = this.#files.get(path);
    return bytes && new TextDecoder().decode(bytes);
  }

  /** All text by path: what two workspaces are compared by. */
  snapshot(): Record<RelPath, string> {
    return Object.fromEntries([...this.#files.keys()].sort().map(path => [path, this.text(path) ?? '']));
  }

  async resolve(
    path: string,
    _access: 'read' | 'write',
  ): Promise<{ ok: true; path: RelPath } | { ok: false; reason: PathRefusal }> {
    if (path.includes('\0')) return { ok: false, reason: 'invalid' };
    let rest = path.replaceAll('\\', '/');
    if (rest === this.root || rest.startsWith(`${this.root}/`)) rest = rest.slice(this.root.length + 1);
    else if (rest.startsWith('/')) return { ok: false, reason: 'outside-workspace' };
    const parts: string[] = [];
    for (const part of rest.split('/')) {
      if (part === '' || part === '.') continue;
      if (part !== '..') parts.push(part);
      else if (parts.pop() === undefined) return { ok: false, reason: 'outside-workspace' };
    }
    const resolved = parts.join('/');
    if (resolved === '') return { ok: false, reason: 'not-a-file' };
    if (parts[0] === '.git' || parts[0] === '.orchestrate') return { ok: false, reason: 'protected' };
    if (SECRET.test(resolved)) return { ok: false, reason: 'secret-file' };
    return { ok: true, path: resolved };
  }

  async read(path: RelPath): Promise<FileVersion | undefined> {
    const bytes = this.#files.get(path);
    return bytes && { bytes, hash: sha256(bytes) };
  }

  async write(path: RelPath, bytes: Uint8Array, expected: Hash | null): Promise<WriteResult> {
    const actual = this.#hash(path);
    if (actual !== expected) return { ok: false, reason: 'stale', actual };
    this.#files.set(path, bytes);
    this.writes.push(path);
    return { ok: true, hash: sha256(bytes) };
  }

  async remove(path: RelPath, expected: Hash): Promise<WriteResult> {
    const actual = this.#hash(path);
    if (actual !== expected) return { ok: false, reason: 'stale', actual };
    this.#files.delete(path);
    this.writes.push(path);
    return { ok: true, hash: null };
  }

  /** Here a folder is there as long as a file stands in it. */
  async missingFolders(path: RelPath): Promise<RelPath[]> {
    const above = path.split('/').slice(0, -1);
    const folders = above.map((_, depth) => above.slice(0, depth + 1).join('/'));
    return folders.filter(folder => ![...this.#files.keys()].some(file => file.startsWith(`${folder}/`)));
  }

  async removeEmpty(folder: RelPath): Promise<boolean> {
    return (await this.missingFolders(`${folder}/x`)).includes(folder);
  }

  async list(options: { globs?: string[]; limit: number }): Promise<{ files: ListedFile[]; more: boolean }> {
    const all = [...this.#files.keys()].sort().filter(globFilter(options.globs));
    const files = all.slice(0, options.limit).map(path => ({ path, bytes: this.#files.get(path)?.length ?? 0 }));
    return { files, more: all.length > files.length };
  }

  async folders(options: { globs?: string[] }): Promise<Map<RelPath, number>> {
    const folders = new Map<RelPath, number>();
    for (const path of [...this.#files.keys()].filter(globFilter(options.globs))) {
      const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
      folders.set(folder, (folders.get(folder) ?? 0) + 1);
    }
    return folders;
  }

  async search(query: SearchQuery): Promise<{ hits: SearchHit[]; more: boolean }> {
    const matching = await matcherOf(query);
    const { files } = await this.list({ limit: Number.POSITIVE_INFINITY, ...(query.globs && { globs: query.globs }) });
    const hits: SearchHit[] = [];
    let found = 0;
    for (const { path } of files) {
      const lines = (this.text(path) ?? '').split(/\r?\n/);
      const all = [...matching.lines(lines)].filter(index => index !== undefined);
      const kept = all.slice(0, query.filesOnly ? 1 : all.length).slice(0, Math.max(0, query.limit - found));
      const hit = (index: number) => ({ path, line: index + 1, text: lines[index] ?? '' });
      hits.push(...hitsOf(lines, kept, query.context ?? 0, hit));
      found += query.filesOnly ? kept.length : all.length;
    }
    return { hits, more: found > query.limit };
  }

  #hash(path: RelPath): Hash | null {
    const bytes = this.#files.get(path);
    return bytes ? sha256(bytes) : null;
  }
}

const asText = (bytes: Uint8Array): string | undefined => {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
};

/** The files of a workspace in memory as agents get them; with a journal it leaves the same events there as the real one. */
export class MemoryAgentFiles implements AgentFiles {
  readonly #files: WorkspaceFiles;
  readonly #journal: Journal | undefined;
  readonly #known = new Set<RelPath>();

  constructor(files: WorkspaceFiles, journal?: Journal) {
    this.#files = files;
    this.#journal = journal;
  }

  async read(path: RelPath, signal?: AbortSignal): Promise<SeenFile | undefined> {
    const version = await this.#files.read(path, signal);
    if (!version) return undefined;
    const text = asText(version.bytes);
    return { ...version, ...(text !== undefined && { text }) };
  }

  async write(request: WriteRequest, signal?: AbortSignal): Promise<AgentWriteResult> {
    const { path, author, content } = request;
    const before = await this.#files.read(path, signal);
    const actual = before?.hash ?? null;
    if (actual !== request.seen) return { ok: false, reason: 'changed-since-read', actual };
    if (content === null && !before) return { ok: true, hash: null };
    if (!this.#known.has(path)) {
      this.#known.add(path);
      const blob = before && this.#journal ? await this.#journal.putBlob(before.bytes) : actual;
      await this.#journal?.commit({ type: 'baseline-taken', path, blob });
    }
    const bytes = content === null ? null : bytesOf(content);
    const after = bytes ? sha256(bytes) : null;
    const write = `write-${this.#journal?.state.seq ?? 0}`;
    await this.#journal?.commit({ type: 'write-intent', write, path, before: actual, after, ...author });
    const result = bytes
      ? await this.#files.write(path, bytes, actual, signal)
      : await this.#files.remove(path, actual ?? '', signal);
    this.#journal?.append({
      type: 'write-outcome',
      write,
      ok: result.ok,
      reason: result.ok ? 'applied' : result.reason === 'stale' ? 'conflict' : 'failed',
    });
    if (result.ok) return { ok: true, hash: result.hash };
    if (result.reason === 'stale') return { ok: false, reason: 'changed-since-read', actual: result.actual };
    return { ok: false, reason: 'failed', message: result.message };
  }
}
