import type { Hash, ModelRef, RelPath } from '../../protocol/ids.ts';

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
