import { resolve } from 'node:path';
import {
  type CommitRequest,
  type Git,
  GitError,
  type Merged,
  type Oid,
  OLDEST_GIT,
  type RefUpdate,
} from '../../core/delivery/git.ts';
import { conflictsIn } from './conflicts.ts';
import { ownPrograms } from './own-programs.ts';
import { refsUnderWay } from './refs-under-way.ts';
import { gitIn, line, must, type RunGit } from './run-git.ts';
import { gitVersion } from './version.ts';

/** Where a repository is. */
export interface RepositoryPlaces {
  /** The working tree's top folder. */
  top: string;
  /** Where refs and objects are, for all working trees together. */
  common: string;
  /** From `top` to the workspace, with "/" at its end; empty where they are the same. */
  prefix: string;
}

/** The repository that a workspace is in, through the user's own git. */
export class Repository implements Git {
  readonly places: RepositoryPlaces;
  readonly run: RunGit;
  #signs: boolean | undefined;

  private constructor(places: RepositoryPlaces, run: RunGit) {
    this.places = places;
    this.run = run;
  }

  /** Rejects with a GitError that says what is in the way. */
  static async open(workspace: string, environment: NodeJS.ProcessEnv): Promise<Repository> {
    const version = await gitVersion(workspace, environment);
    if (!version)
      throw new GitError('no-git', `There is no git on the PATH. Delivery needs git ${OLDEST_GIT} or newer.`);
    if (!version.enough)
      throw new GitError('old-git', `Delivery needs git ${OLDEST_GIT} or newer; this is ${version.version}.`);
    const run = gitIn(workspace, environment);
    const found = await run(['rev-parse', '--show-toplevel', '--git-common-dir', '--show-prefix']);
    if (found.code !== 0) throw await noWorkTree(run, workspace, found.err);
    const [top = '', common = '', prefix = ''] = found.out.split('\n');
    const programs = await ownPrograms(run);
    if (programs.length > 0)
      throw new GitError(
        'own-programs',
        `This repository's own settings name programs that git would run (${programs.join(', ')}), and they may have come with it. Where you trust them, move them to your own settings: git config --global.`,
      );
    return new Repository({ top, common: resolve(workspace, common), prefix }, run);
  }

  async tip(ref: string): Promise<Oid | undefined> {
    const format = '%(refname) %(objectname) %(symref)';
    const { out } = await must(this.run(['for-each-ref', `--format=${format}`, ref]), `looking for ${ref}`);
    for (const found of out.split('\n')) {
      const [name, oid, leadsTo] = found.split(' ');
      if (name !== ref) continue;
      if (leadsTo) throw new GitError('no-branch', `${ref} is another name for ${leadsTo}: name that one.`);
      return oid;
    }
    return undefined;
  }

  async commitOf(revision: string): Promise<Oid | undefined> {
    const found = await this.run(['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`]);
    return found.code === 0 ? line(found) : undefined;
  }

  async treeOf(commit: Oid): Promise<Oid> {
    return line(await must(this.run(['rev-parse', '--verify', `${commit}^{tree}`]), `reading ${commit}`));
  }

  /** What a file holds in a commit; undefined where there is none. */
  async contentAt(commit: Oid, path: string): Promise<Uint8Array | undefined> {
    const found = await this.run(['cat-file', '--filters', `${commit}:${path}`], { cwd: this.places.top });
    return found.code === 0 ? found.bytes : undefined;
  }

  async isAncestor(older: Oid, newer: Oid): Promise<boolean> {
    if (older === newer) return true;
    const found = await this.run(['merge-base', '--is-ancestor', older, newer]);
    if (found.code > 1 || found.code < 0) await must(Promise.resolve(found), `comparing ${older} with ${newer}`);
    return found.code === 0;
  }

  async checkedOut(): Promise<ReadonlyMap<string, string[]>> {
    const { out } = await must(this.run(['worktree', 'list', '--porcelain', '-z']), 'listing working trees');
    const found = new Map<string, string[]>();
    const add = (ref: string, path: string) => found.set(ref, [...(found.get(ref) ?? []), path]);
    for (const tree of out.split('\0\0')) {
      const lines = tree.split('\0');
      const path = lines.find(each => each.startsWith('worktree '))?.slice('worktree '.length) ?? '';
      const ref = lines.find(each => each.startsWith('branch '))?.slice('branch '.length);
      if (ref) add(ref, path);
    }
    for (const ref of await refsUnderWay(this.places.common)) add(ref, this.places.top);
    return found;
  }

  async merge(ours: Oid, theirs: Oid): Promise<Merged> {
    const found = await this.run(['-c', 'merge.conflictStyle=merge', 'merge-tree', '--write-tree', '-z', ours, theirs]);
    if (found.code === 0) return { ok: true, tree: found.out.split('\0')[0] ?? '' };
    if (found.code === 1) return { ok: false, conflicts: await conflictsIn(this.run, found.out) };
    if (/unrelated histories/.test(found.err))
      throw new GitError(
        'no-history',
        `Git knows no common ancestor of ${ours} and ${theirs}. In a shallow clone, fetch the rest first: git fetch --unshallow.`,
      );
    await must(Promise.resolve(found), 'merging');
    throw new Error('unreachable');
  }

  async commit({ tree, parents, message }: CommitRequest): Promise<Oid> {
    const signed = (await this.signs()) ? ['-S'] : [];
    const args = ['commit-tree', ...signed, tree, ...parents.flatMap(parent => ['-p', parent])];
    return line(await must(this.run(args, { input: message }), 'making a commit'));
  }

  async updateRef(ref: string, to: Oid | undefined, from: Oid | undefined, reason: string): Promise<RefUpdate> {
    const args = ['update-ref', '--no-deref', '-m', reason, '--create-reflog'];
    const done =
      to === undefined
        ? await this.run(['update-ref', '--no-deref', '-m', reason, '-d', ref, ...(from === undefined ? [] : [from])])
        : await this.run([...args, ref, to, from ?? '']);
    if (done.code === 0) return { ok: true };
    const now = await this.tip(ref);
    if (now === to) return { ok: true };
    return { ok: false, reason: now === from ? 'failed' : 'moved', message: done.err };
  }

  /** Whether the user's configuration signs commits. */
  async signs(): Promise<boolean> {
    this.#signs ??= line(await this.run(['config', '--type=bool', '--get', 'commit.gpgSign'])) === 'true';
    return this.#signs;
  }

  /** Rejects where git does not know who commits. */
  async mustKnowWho(): Promise<void> {
    for (const [key, what] of [
      ['user.name', 'your name'],
      ['user.email', 'your e-mail address'],
    ] as const) {
      const found = await this.run(['config', '--get', key]);
      if (found.code !== 0 || line(found) === '')
        throw new GitError(
          'no-identity',
          `Git does not know ${what}, which stands in every commit. Tell it: git config --global ${key} "…"`,
        );
    }
  }

  /** The branch that is checked out here. */
  async currentBranch(): Promise<string> {
    const found = await this.run(['symbolic-ref', '--quiet', 'HEAD']);
    const ref = line(found);
    if (found.code !== 0 || !ref.startsWith('refs/heads/'))
      throw new GitError('detached', 'No branch is checked out here (HEAD is detached). Name one: --target BRANCH.');
    return ref.slice('refs/heads/'.length);
  }

  /** Rejects for what is no name of a branch. */
  async mustBeName(branch: string): Promise<void> {
    const found = await this.run(['check-ref-format', '--branch', branch]);
    if (found.code !== 0 || line(found) !== branch || branch.startsWith('-'))
      throw new GitError('bad-name', `"${branch}" cannot be the name of a branch.`);
  }
}

async function noWorkTree(run: RunGit, workspace: string, message: string): Promise<GitError> {
  if (/bare repository|must be run in a work tree/.test(message))
    return new GitError('bare', `${workspace} is a bare repository: deliver from a clone or a working tree of it.`);
  if (/dubious ownership/.test(message))
    return new GitError('no-repository', `Git does not trust the owner of ${workspace}: ${message.split('\n')[0]}`);
  const { out } = await run(['rev-parse', '--is-bare-repository']);
  if (out.trim() === 'true') return noWorkTree(run, workspace, 'bare repository');
  return new GitError(
    'no-repository',
    `${workspace} is in no git repository, and delivery goes through one. Make one with a first commit: git init.`,
  );
}
