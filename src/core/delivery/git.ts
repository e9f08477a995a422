/** Names an object of git: a commit, a tree or a content. */
export type Oid = string;

/** Below it `merge-tree --write-tree` is missing. */
export const OLDEST_GIT = '2.38';

/** Why git cannot do what delivery needs, as a stable word. */
export type GitRefusal =
  | 'no-git'
  | 'old-git'
  | 'no-repository'
  | 'bare'
  | 'unborn'
  | 'detached'
  | 'no-identity'
  | 'own-programs'
  | 'no-branch'
  | 'bad-name'
  | 'submodule'
  | 'nested'
  | 'link'
  | 'lfs'
  | 'overlap'
  | 'missing'
  | 'no-history'
  | 'disk'
  | 'trees'
  | 'failed';

/** Something that git, or the repository as it stands, does not allow; the message says what to do instead. */
export class GitError extends Error {
  readonly reason: GitRefusal;
  constructor(reason: GitRefusal, message: string) {
    super(message);
    this.name = 'GitError';
    this.reason = reason;
  }
}

/** Where two sides of a merge do not fit, in one file. */
export interface Conflict {
  path: string;
  /** What git says of it, such as "CONFLICT (content): Merge conflict in a.txt". */
  about: string;
  /** The places in the text, with git's markers; none where the conflict is not about lines. */
  hunks: string[];
}

export type Merged = { ok: true; tree: Oid } | { ok: false; conflicts: Conflict[] };

/** `moved`: the ref is no longer what it was expected to be, and nothing was done. */
export type RefUpdate = { ok: true } | { ok: false; reason: 'moved' | 'failed'; message: string };

export interface CommitRequest {
  tree: Oid;
  parents: readonly Oid[];
  message: string;
}

/** All that delivery asks of git. Nothing here touches a checkout, an index, the stash, or a ref that is checked out. */
export interface Git {
  /** The commit that a ref leads to; undefined where there is none. */
  tip(ref: string): Promise<Oid | undefined>;
  treeOf(commit: Oid): Promise<Oid>;
  isAncestor(older: Oid, newer: Oid): Promise<boolean>;
  /** In which working trees refs are checked out; one that is being rebased or bisected counts. */
  checkedOut(): Promise<ReadonlyMap<string, string[]>>;
  merge(ours: Oid, theirs: Oid): Promise<Merged>;
  /** Signed where the user's configuration signs; no hooks run. */
  commit(request: CommitRequest): Promise<Oid>;
  /** From exactly `from` (undefined: no such ref) to `to` (undefined: the ref goes), in one step. */
  updateRef(ref: string, to: Oid | undefined, from: Oid | undefined, reason: string): Promise<RefUpdate>;
}

export const branchRef = (branch: string): string => `refs/heads/${branch}`;
/** Where work waits whose branch is checked out. */
export const asideOf = (branch: string): string => `orchestrate/${branch}`;
