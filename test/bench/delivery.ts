/**
 * `npm run bench -- delivery [BRANCHES] [FILES]`: how long landing takes beyond the checks, and what it takes on the disk.
 * Every branch changes a file of its own; the target is checked out, and so they land beside it.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { branchRef } from '../../src/core/delivery/git.ts';
import { Train } from '../../src/core/delivery/train.ts';
import { systemClock } from '../../src/node/clock.ts';
import { Repository } from '../../src/node/git/repository.ts';
import { TreePool } from '../../src/node/git/trees.ts';
import { BookDisk, MemoryBook } from '../support/delivery/memory-book.ts';
import { gitSync, userEnvironment } from '../support/delivery/sample-repository.ts';

const branches = Number(process.argv[2] ?? 50);
const files = Number(process.argv[3] ?? 10_000);
const folder = await mkdtemp(join(tmpdir(), 'orchestrate-bench-'));

async function bytesIn(path: string): Promise<number> {
  const entries = await readdir(path, { withFileTypes: true, recursive: true });
  const sizes = await Promise.all(
    entries.map(async entry => (entry.isFile() ? (await stat(join(entry.parentPath, entry.name))).size : 0)),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** One stream for git: a commit with all files, and from it a commit for each branch. */
function* history(): Generator<string> {
  const who = 'committer Ada <ada@example.org> 1 +0000\ndata 1\nx\n';
  yield `commit refs/heads/main\nmark :1\n${who}`;
  for (let i = 0; i < files; i++) {
    const text = `export const value${i} = ${i};\n`.repeat(20);
    yield `M 644 inline src/${i % 100}/${i}.ts\ndata ${text.length}\n${text}\n`;
  }
  for (let i = 0; i < branches; i++) {
    const text = `export const changed = ${i};\n`;
    yield `commit refs/heads/feature/${i}\n${who}from :1\nM 644 inline src/${i % 100}/${i}.ts\ndata ${text.length}\n${text}\n`;
  }
}

try {
  const home = folder;
  const top = join(folder, 'repository');
  execFileSync('git', ['init', '-q', '-b', 'main', top], { env: userEnvironment(home) });
  gitSync(top, home, ['config', '--global', 'user.name', 'Ada']);
  gitSync(top, home, ['config', '--global', 'user.email', 'ada@example.org']);
  gitSync(top, home, ['fast-import', '--quiet'], [...history()].join(''));
  gitSync(top, home, ['checkout', '-q', '-f', 'main']);
  const disk = new BookDisk();
  const book = new MemoryBook(disk);
  const base = gitSync(top, home, ['rev-parse', 'main']);
  const tips = gitSync(top, home, ['for-each-ref', '--format=%(refname:lstrip=3) %(objectname)', 'refs/heads/feature']);
  await book.change(async (_, put) => {
    for (const tip of tips.split('\n')) {
      const [i = '', commit = ''] = tip.split(' ');
      const [delivery, branch] = [`d${i}`, `feature/${i}`];
      const what = { delivery, title: delivery, session: 's', target: 'main', branch, base, authors: [], files: [] };
      await put({ type: 'delivery-opened', ...what });
      await put({ type: 'ref-intent', step: `s${i}`, kind: 'branch', ref: branchRef(branch), to: commit, delivery });
      await put({ type: 'ref-outcome', step: `s${i}`, outcome: 'done' });
    }
  });
  const repository = await Repository.open(top, userEnvironment(home));
  const trees = new TreePool({
    repository,
    folder: join(folder, 'cache'),
    most: 1,
    clock: systemClock,
    host: 'terminal',
  });
  let ids = 0;
  for (const most of [1, 8]) {
    const state = disk.records.length;
    let treeMs = 0;
    const train = new Train(
      {
        git: repository,
        book,
        newId: prefix => `${prefix}-${ids++}`,
        rule: 'none',
        most,
        // The checks themselves take nothing here: what counts is the tree that they would run in.
        async check(commit) {
          const from = performance.now();
          const tree = await trees.take(commit, 'check');
          await tree.release();
          treeMs += performance.now() - from;
          return { ok: true };
        },
      },
      'main',
    );
    const before = await bytesIn(join(top, '.git'));
    const from = performance.now();
    const { landed } = await train.run(new AbortController().signal);
    const ms = performance.now() - from;
    const each = ms / branches;
    const grown = (await bytesIn(join(top, '.git'))) - before;
    console.log(
      `${branches} branches on ${files} files, ${most} at a time: ${landed.length} landings, ${(ms / 1000).toFixed(1)} s in all, ${each.toFixed(0)} ms a branch (of which ${(treeMs / branches).toFixed(0)} ms for working trees); repository +${(grown / 1e6).toFixed(1)} MB, working tree ${((await bytesIn(join(folder, 'cache'))) / 1e6).toFixed(1)} MB`,
    );
    // From the beginning once more, for the other size of a batch.
    disk.records.length = state;
    gitSync(top, home, ['update-ref', '-d', 'refs/heads/orchestrate/main']);
  }
} finally {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}
