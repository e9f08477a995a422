import type { Hash, ModelRef, RelPath } from '../../protocol/ids.ts';
import type { Disposable } from '../ports.ts';

/** Who wrote something. */
export interface Author {
  agent: string;
  task?: string;
  model?: ModelRef;
  /** The command that wrote it for them. */
  command?: string;
}

export interface SeenFile {
  hash: Hash;
  bytes: Uint8Array;
  /** Undefined for binary content. Line endings and BOM are those of the file. */
  text?: string;
}

export interface WriteRequest {
  path: RelPath;
  /** null deletes. Text is encoded as the file was (BOM, encoding); line endings follow the file's. */
  content: string | Uint8Array | null;
  author: Author;
  /** The version the author has read; null: believes that there is no file. */
  seen: Hash | null;
  renamedFrom?: RelPath;
}

export type AgentWriteResult =
  | { ok: true; hash: Hash | null }
  | { ok: false; reason: 'changed-since-read'; actual: Hash | null }
  | { ok: false; reason: 'failed'; message: string };

/** The one way for agents to the files of the workspace: baseline first, intent and outcome in the journal. */
export interface AgentFiles {
  read(path: RelPath, signal?: AbortSignal): Promise<SeenFile | undefined>;
  write(request: WriteRequest, signal?: AbortSignal): Promise<AgentWriteResult>;
}

/** For commands that write straight into the workspace, where nothing holds them. */
export interface CommandFiles {
  /** From here on, what changes in files that it may write is not taken for the user's. */
  allowWrites(mayWrite: (path: RelPath) => boolean): Disposable;
  /** Takes what stands in a file now as its author's; `before` stood there. False where nothing has changed. */
  adopt(path: RelPath, before: Uint8Array | null, author: Author): Promise<boolean>;
}
