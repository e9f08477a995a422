import { copyFile, lstat, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Oid } from '../../core/delivery/git.ts';
import type { Repository } from './repository.ts';
import { line, must } from './run-git.ts';

interface Changed {
  path: string;
  /** Undefined where it is to be taken away. */
  oid: Oid | undefined;
}

/**
 * Brings this checkout from one commit to a later one. What of it stands in the files already, as after a session that
 * worked right here, is no change of the user's that would be in the way. Undefined: done; else why git would not, and
 * then nothing at all was changed.
 */
export async function bringForward(repository: Repository, from: Oid, to: Oid): Promise<string | undefined> {
  const { run, places } = repository;
  const top = { cwd: places.top };
  const same = await thereAlready(repository, await changedBetween(repository, from, to));
  const input = same.map(path => `${path}\0`).join('');
  const take = ['update-index', '--add', '--remove', '-z', '--stdin'];
  const index = resolve(
    places.top,
    line(await must(run(['rev-parse', '--git-path', 'index'], top), 'looking for the index')),
  );
  const folder = await mkdtemp(join(tmpdir(), 'orchestrate-index-'));
  try {
    const copy = join(folder, 'index');
    await copyFile(index, copy);
    const tried = { ...top, env: { GIT_INDEX_FILE: copy } };
    if (input !== '') await must(run(take, { ...tried, input }), 'comparing your files');
    const fits = await run(['read-tree', '-n', '-m', '-u', from, to], tried);
    if (fits.code !== 0) return fits.err;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  if (input !== '') await must(run(take, { ...top, input }), 'comparing your files');
  const merged = await run(['-c', 'merge.autoStash=false', 'merge', '--ff-only', '--quiet', to], top);
  return merged.code === 0 ? undefined : merged.err;
}

async function changedBetween({ run }: Repository, from: Oid, to: Oid): Promise<Changed[]> {
  const { out } = await must(run(['diff-tree', '-r', '-z', '--no-renames', from, to]), 'comparing commits');
  const parts = out.split('\0');
  const found: Changed[] = [];
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const [, mode, , oid] = (parts[at] ?? '').split(' ');
    found.push({ path: parts[at + 1] ?? '', oid: mode === '000000' ? undefined : oid });
  }
  return found;
}

/** Those whose file is what it is to become. */
async function thereAlready({ run, places }: Repository, changed: readonly Changed[]): Promise<string[]> {
  const kinds = await Promise.all(
    changed.map(({ path }) =>
      lstat(join(places.top, path)).then(
        found => (found.isFile() && !path.includes('\n') ? 'file' : 'other'),
        () => 'none',
      ),
    ),
  );
  const files = changed.filter((_, i) => kinds[i] === 'file');
  const input = files.map(({ path }) => `${path}\n`).join('');
  const { out } = await must(run(['hash-object', '--stdin-paths'], { cwd: places.top, input }), 'reading your files');
  const hashes = out.split('\n');
  const same = files.filter(({ oid }, i) => oid !== undefined && oid === hashes[i]);
  const gone = changed.filter(({ oid }, i) => oid === undefined && kinds[i] === 'none');
  return [...same, ...gone].map(({ path }) => path);
}
