import { lstat, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { GitError, type Oid } from '../../core/delivery/git.ts';
import type { Repository } from './repository.ts';
import { line, must } from './run-git.ts';
import { spellingOf } from './spelling.ts';

/** What becomes of a file, as paths of the workspace; null: there is none. */
export interface FileStep {
  path: string;
  before: Uint8Array | null;
  after: Uint8Array | null;
  /** Another name, which it had before. */
  from?: string;
  executable?: boolean;
}

interface Entry {
  mode: string;
  oid: Oid;
}
type Entries = ReadonlyMap<string, Entry>;
/** undefined takes a path away. */
type Edits = Map<string, Entry | undefined>;

interface Step {
  path: string;
  from: string;
  before: Oid | undefined;
  after: Oid | undefined;
  executable: boolean;
}

export interface BuiltTree {
  tree: Oid;
  /** Left out, because git ignores them. */
  ignored: string[];
}

/**
 * The tree of a commit with steps made on it, round by round, in an index of its own. A step that was made on another
 * content than the base has is merged, so that what is the user's in a file stays out.
 */
export async function buildTree(
  repository: Repository,
  base: Oid,
  rounds: readonly (readonly FileStep[])[],
): Promise<BuiltTree> {
  const { places } = repository;
  let tree = await repository.treeOf(base);
  let entries = await entriesOf(repository, tree);
  const spelled = await spellingOf(repository, entries.keys());
  const named = rounds.map(round =>
    round.map(step => {
      const [path, from] = [places.prefix + step.path, places.prefix + (step.from ?? step.path)];
      // Another spelling of its own name is what a step may be about.
      return { ...step, path: step.from === undefined ? spelled(path) : path, from: spelled(from) };
    }),
  );
  const paths = [...new Set(named.flat().map(step => step.path))];
  await mustBeOurs(repository, entries, paths);
  const ignored = new Set((await ignoredOf(repository, paths)).filter(path => !entries.has(path)));
  const kept = paths.filter(path => !ignored.has(path));
  await mustHaveFilters(repository, kept);
  for (const round of named) {
    const steps: Step[] = [];
    for (const step of round) {
      if (ignored.has(step.path)) continue;
      const before = await hashed(repository, step.from, step.before);
      const after = await hashed(repository, step.path, step.after);
      steps.push({ ...step, before, after, executable: step.executable ?? false });
    }
    tree = await withSteps(repository, tree, entries, steps);
    if (named.length > 1) entries = await entriesOf(repository, tree);
  }
  return { tree, ignored: [...ignored].map(path => path.slice(places.prefix.length)) };
}

async function withSteps(repository: Repository, tree: Oid, entries: Entries, steps: readonly Step[]): Promise<Oid> {
  const open = steps.filter(step => entries.get(step.path)?.oid !== step.after || step.from !== step.path);
  if (open.length === 0) return tree;
  const after = editsOf(entries, open, 'after');
  if (open.every(step => entries.get(step.from)?.oid === step.before)) return edited(repository, tree, after);
  // Somebody else's lines are in what it was made on, or in what it is to be made on: three sides are needed to tell.
  const commit = async (of: Oid, parents: Oid[]) =>
    line(
      await must(
        repository.run(['commit-tree', of, ...parents.flatMap(parent => ['-p', parent])], { input: 'merge\n' }),
        'preparing a merge',
      ),
    );
  const ancestor = await edited(repository, tree, editsOf(entries, open, 'before'));
  const root = await commit(ancestor, []);
  const theirs = await commit(await edited(repository, ancestor, after), [root]);
  const merged = await repository.merge(await commit(tree, [root]), theirs);
  if (merged.ok) return merged.tree;
  const places = merged.conflicts.map(({ path, about }) => `${path} (${about})`).join('; ');
  throw new GitError(
    'overlap',
    `What was accepted was made on lines that the branch does not have, such as changes of yours that are not committed: ${places}. Commit those first, and deliver then.`,
  );
}

/** A step's file at `before`, or at `after`; a new one gets its mode. */
function editsOf(entries: Entries, steps: readonly Step[], side: 'before' | 'after'): Edits {
  const edits: Edits = new Map();
  for (const step of steps) {
    const path = side === 'before' ? step.from : step.path;
    const oid = step[side];
    const mode =
      entries.get(step.path)?.mode ?? entries.get(step.from)?.mode ?? (step.executable ? '100755' : '100644');
    if (side === 'after' && step.from !== step.path) edits.set(step.from, undefined);
    edits.set(path, oid === undefined ? undefined : { mode, oid });
  }
  return edits;
}

async function edited(repository: Repository, tree: Oid, edits: Edits): Promise<Oid> {
  const folder = await mkdtemp(join(tmpdir(), 'orchestrate-index-'));
  try {
    const call = { cwd: repository.places.top, env: { GIT_INDEX_FILE: join(folder, 'index') } };
    await must(repository.run(['read-tree', tree], call), 'reading a tree');
    const lines = [...edits]
      .sort(([, one], [, other]) => Number(one !== undefined) - Number(other !== undefined))
      .map(([path, entry]) =>
        entry ? `${entry.mode} ${entry.oid}\t${path}\0` : `0 ${'0'.repeat(tree.length)}\t${path}\0`,
      );
    const input = lines.join('');
    await must(repository.run(['update-index', '-z', '--index-info'], { ...call, input }), 'building a tree');
    return line(await must(repository.run(['write-tree'], call), 'writing a tree'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function entriesOf(repository: Repository, tree: Oid): Promise<Entries> {
  const { out } = await must(repository.run(['ls-tree', '-r', '-z', '--full-tree', tree]), 'listing a tree');
  const found = new Map<string, Entry>();
  for (const each of out.split('\0')) {
    const [head = '', path] = each.split('\t', 2);
    const [mode = '', , oid = ''] = head.split(' ');
    if (path !== undefined) found.set(each.slice(head.length + 1), { mode, oid });
  }
  return found;
}

/** As git keeps it: with line ends, encodings and large files treated as the repository says. */
async function hashed(repository: Repository, path: string, content: Uint8Array | null): Promise<Oid | undefined> {
  if (content === null) return undefined;
  const call = { input: content, cwd: repository.places.top };
  return line(await must(repository.run(['hash-object', '-w', '--stdin', `--path=${path}`], call), `keeping ${path}`));
}

async function ignoredOf(repository: Repository, paths: readonly string[]): Promise<string[]> {
  if (paths.length === 0) return [];
  const call = { input: paths.map(path => `${path}\0`).join(''), cwd: repository.places.top };
  const asked = await repository.run(['check-ignore', '-z', '--stdin'], call);
  if (asked.code > 1) await must(Promise.resolve(asked), 'asking what it ignores');
  return asked.out.split('\0').filter(Boolean);
}

/** Rejects for files that another repository keeps, and for links. */
async function mustBeOurs(repository: Repository, entries: Entries, paths: readonly string[]): Promise<void> {
  const { top } = repository.places;
  const nested = new Map<string, boolean>();
  for (const path of paths) {
    if (entries.get(path)?.mode === '120000')
      throw new GitError('link', `${path} is a link in the branch, and agents' files are not delivered through links.`);
    for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
      if (entries.get(folder)?.mode === '160000')
        throw new GitError(
          'submodule',
          `${path} lies in the submodule ${folder}, a repository of its own: deliver it from there, and then its new commit by hand.`,
        );
      if (!nested.has(folder))
        nested.set(
          folder,
          await lstat(join(top, folder, '.git')).then(
            () => true,
            () => false,
          ),
        );
      if (nested.get(folder))
        throw new GitError(
          'nested',
          `${path} lies in ${folder}, a repository of its own, which the branch does not keep: deliver it from there.`,
        );
    }
  }
}

/** Rejects where files go through a filter, as those of Git LFS, which is not set up: git would keep them whole. */
async function mustHaveFilters(repository: Repository, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  const call = { input: paths.map(path => `${path}\0`).join(''), cwd: repository.places.top };
  const { out } = await must(repository.run(['check-attr', '-z', '--stdin', 'filter'], call), 'asking for filters');
  const parts = out.split('\0');
  const known = new Map<string, boolean>();
  for (let at = 0; at + 2 < parts.length; at += 3) {
    const [path = '', , filter = ''] = parts.slice(at, at + 3);
    if (['unspecified', 'unset', 'set', ''].includes(filter)) continue;
    if (!known.has(filter)) {
      const asked = await repository.run(['config', '--get-regexp', `^filter\\.${escaped(filter)}\\.(clean|process)$`]);
      known.set(filter, asked.code === 0);
    }
    if (known.get(filter)) continue;
    const how = filter === 'lfs' ? 'Set up Git LFS for you first: git lfs install.' : 'Set the filter up first.';
    throw new GitError(
      'lfs',
      `${path} goes through the filter "${filter}", which your git does not have: it would be kept whole. ${how}`,
    );
  }
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
