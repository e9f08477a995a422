import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { type Changes, createChanges } from '../../../src/core/changes/changes.ts';
import type { Author } from '../../../src/core/changes/contract.ts';
import { NodeWorkspace } from '../../../src/node/workspace.ts';
import { type MemoryJournal, memoryJournal } from '../../support/memory-journal.ts';
import { sha256 } from '../../support/memory-workspace.ts';

const run = promisify(execFile);
const ada = { agent: 'ada', task: 'ui', model: 'anthropic/opus' };
const bob = { agent: 'bob', task: 'api' };
let count = 0;

const begun = Array.from({ length: 8 }, (_, line) => `${line + 1}\n`).join('');

/** A git repository with a session whose agents write into it. */
class Repository implements AsyncDisposable {
  readonly #folder: string;
  readonly #workspace: NodeWorkspace;
  journal: MemoryJournal = memoryJournal();
  changes: Changes;
  /** Lines of agents that were accepted or rejected. */
  readonly decided = new Set<string>();

  private constructor(folder: string) {
    this.#folder = folder;
    this.#workspace = new NodeWorkspace(folder);
    this.changes = this.#changes();
  }

  static async create(): Promise<Repository> {
    const repository = new Repository(await realpath(await mkdtemp(join(tmpdir(), 'orchestrate-git-'))));
    await repository.git('init', '-q', '-b', 'main');
    for (const path of ['a.txt', 'b.txt']) await repository.put(path, begun);
    await repository.git('add', '.');
    await repository.git('commit', '-qm', 'begin');
    await repository.git('branch', 'other');
    return repository;
  }

  #changes(): Changes {
    const newId = (prefix: string) => `${prefix}-${++count}`;
    return createChanges({ files: this.#workspace, journal: this.journal, hash: sha256, newId });
  }

  /** True when git did it: it may refuse, and then nothing happens. */
  async git(...args: string[]): Promise<boolean> {
    const env = {
      PATH: process.env.PATH,
      HOME: this.#folder,
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_SYSTEM: '/dev/null',
      GIT_AUTHOR_NAME: 'a',
      GIT_AUTHOR_EMAIL: 'a@example.org',
      GIT_COMMITTER_NAME: 'a',
      GIT_COMMITTER_EMAIL: 'a@example.org',
    };
    return run('git', args, { cwd: this.#folder, env }).then(
      () => true,
      () => false,
    );
  }

  async text(path: string): Promise<string | undefined> {
    return readFile(join(this.#folder, path), 'utf8').catch(() => undefined);
  }

  async put(path: string, text: string): Promise<void> {
    await writeFile(join(this.#folder, path), text);
  }

  async write(path: string, content: string | null, author: Author = ada): Promise<void> {
    const seen = (await this.#workspace.read(path))?.hash ?? null;
    const result = await this.changes.agentFiles.write({ path, content, author, seen });
    assert.ok(result.ok, JSON.stringify(result));
  }

  /** As the editor does when files change. */
  async look(): Promise<void> {
    for (const path of this.changes.known()) await this.changes.noteUserEdit(path);
  }

  /** Another window, or the same one after a reload. */
  async reopen(): Promise<void> {
    const again = memoryJournal(() => 0, this.journal.events);
    for (const [hash, bytes] of this.journal.blobs) again.blobs.set(hash, bytes);
    this.journal = again;
    this.changes = this.#changes();
    await this.changes.open();
  }

  waiting(): string[] {
    return this.changes.pendingFiles().map(({ path, hunks }) => `${path} ${hunks}`);
  }

  async decide(action: 'accept' | 'reject', path: string, which: number): Promise<void> {
    await this.changes.noteUserEdit(path);
    const file = this.changes.peek(path);
    const hunk = file?.hunks[which % Math.max(1, file.hunks.length)];
    if (!file || !hunk) return;
    const before = linesOf(await this.text(path));
    await this.changes[action]({ path, hunks: [hunk.id] }, new Map([[path, file.view]]), {
      edits: 'keep',
      force: true,
    });
    const { start, count } = hunk.current;
    for (const line of before.slice(start, start + count)) this.decided.add(line);
    if (hunk.kind === 'file-deleted') for (const line of before) this.decided.add(line);
  }

  /** Each line of an agent is pending, decided, or not there. */
  async assertNothingForgotten(): Promise<void> {
    for (const path of ['a.txt', 'b.txt']) {
      const hunks = this.changes.peek(path)?.hunks ?? [];
      for (const [index, line] of linesOf(await this.text(path)).entries()) {
        if (!line.startsWith('agent') || this.decided.has(line)) continue;
        const span = hunks
          .flatMap(({ spans }) => spans)
          .find(({ start, count }) => index >= start && index < start + count);
        const by = typeof span?.by === 'object' ? span.by.agent : span?.by;
        assert.equal(by, line.split(' ')[1], `"${line}" in ${path} is nobody's any more`);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

const linesOf = (text: string | undefined) => text?.split('\n').slice(0, -1) ?? [];

describe('what waits for review in a git repository', function () {
  this.timeout(240_000);

  it('is gone with git stash, and waits again after git stash pop', async () => {
    await using repository = await Repository.create();
    await repository.write('a.txt', '1\n2\nagent ada 1\n4\n5\n6\n7\n8\nagent ada 2\n');
    await repository.write('b.txt', '1\n2\n4\n5\n6\n7\n8\n', bob);
    const before = repository.waiting();
    assert.deepEqual(before, ['a.txt 2', 'b.txt 1']);
    await repository.git('stash', '-q');
    await repository.look();
    assert.deepEqual(repository.waiting(), []);
    await repository.git('checkout', '-q', 'other');
    await repository.look();
    await repository.git('checkout', '-q', 'main');
    await repository.git('stash', 'pop', '-q');
    await repository.look();
    assert.deepEqual(repository.waiting(), before);
    await repository.reopen();
    assert.deepEqual(repository.waiting(), before);
  });

  it('waits again when it came back while no window was open', async () => {
    await using repository = await Repository.create();
    await repository.write('a.txt', '1\n2\nagent ada 1\n4\n5\n6\n7\n8\n');
    await repository.write('new.txt', 'agent ada 2\n');
    await repository.git('stash', '-qu');
    await repository.look();
    await repository.reopen();
    assert.deepEqual(repository.waiting(), []);
    await repository.git('stash', 'pop', '-q');
    await repository.reopen();
    assert.deepEqual(repository.waiting(), ['a.txt 1', 'new.txt 1']);
    assert.deepEqual(repository.changes.peek('a.txt')?.authors, [ada]);
    await repository.changes.reject({}, repository.changes.views());
    assert.equal(await repository.text('a.txt'), '1\n2\n3\n4\n5\n6\n7\n8\n');
    assert.equal(await repository.text('new.txt'), undefined);
  });

  it('waits again when git puts it into a file that has moved on meanwhile', async () => {
    await using repository = await Repository.create();
    await repository.write('a.txt', '1\n2\n3\n4\n5\n6\nagent ada 1\n8\n');
    await repository.git('stash', '-q');
    await repository.look();
    await repository.put('a.txt', 'mine\n1\n2\n3\n4\n5\n6\n7\n8\n');
    await repository.git('commit', '-qam', 'mine');
    await repository.write('a.txt', 'mine\n1\nagent bob 1\n2\n3\n4\n5\n6\n7\n8\n', bob);
    await repository.git('commit', '-qam', "bob's");
    await repository.git('stash', 'pop', '-q');
    await repository.look();
    assert.deepEqual(
      repository.changes.peek('a.txt')?.hunks.map(({ kind, authors }) => `${kind} ${authors[0]?.agent}`),
      ['added bob', 'changed ada'],
    );
    await repository.changes.reject({ agent: 'ada' }, repository.changes.views());
    assert.equal(await repository.text('a.txt'), 'mine\n1\nagent bob 1\n2\n3\n4\n5\n6\n7\n8\n');
  });

  it('does not wait again when it was accepted before it came back', async () => {
    await using repository = await Repository.create();
    await repository.write('a.txt', 'agent ada 1\n2\n3\n4\n5\n6\n7\nagent ada 2\n');
    await repository.decide('accept', 'a.txt', 0);
    await repository.git('stash', '-q');
    await repository.look();
    await repository.git('stash', 'pop', '-q');
    await repository.look();
    assert.deepEqual(
      repository.changes.peek('a.txt')?.hunks.map(({ current }) => current.start),
      [7],
    );
  });

  const path = fc.constantFrom('a.txt', 'a.txt', 'a.txt', 'b.txt');
  const at = fc.nat(20);
  const git = (...steps: string[]) => fc.constantFrom(...steps.map(step => ({ do: 'git' as const, step })));
  const move = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('write' as const),
        path,
        at,
        removed: fc.nat(2),
        added: fc.nat(3),
        author: fc.constantFrom(ada, bob),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('type' as const), path, at, removed: fc.nat(1), added: fc.nat(2) }),
    },
    {
      weight: 8,
      arbitrary: git(
        'stash -q',
        'stash -qu',
        'stash pop -q',
        'stash pop -q',
        'stash apply -q',
        'checkout -q -m main',
        'checkout -q -m other',
        'commit -qam some; checkout -q other',
        'commit -qam some; checkout -q main',
        'commit -qam some; merge -q main',
        'commit -qam some; merge -q other',
        'commit -qam some; stash pop -q',
        'merge --abort',
        'reset -q --hard',
        'reset -q --hard HEAD~1',
        'revert --no-edit HEAD',
        'checkout -q -- a.txt',
        'cherry-pick other',
      ),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('decide' as const),
        action: fc.constantFrom('accept' as const, 'reject'),
        path,
        which: fc.nat(3),
      }),
    },
    { weight: 2, arbitrary: fc.constant({ do: 'reopen' as const }) },
  );

  it('is pending, decided, or its text is gone, whatever git does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(move, { minLength: 6, maxLength: 16, size: 'max' }), async moves => {
        await using repository = await Repository.create();
        for (const path of ['a.txt', 'b.txt']) {
          const text = Array.from({ length: 20 }, (_, line) => `${path} ${line}\n`).join('');
          await repository.put(path, text);
        }
        await repository.git('commit', '-qam', 'longer');
        await repository.git('branch', '-f', 'other');
        let lines = 0;
        for (const one of moves) {
          if (one.do === 'git') for (const step of one.step.split('; ')) await repository.git(...step.split(' '));
          else if (one.do === 'reopen') await repository.reopen();
          else if (one.do === 'decide') await repository.decide(one.action, one.path, one.which);
          else {
            const standing = linesOf(await repository.text(one.path));
            const who = one.do === 'write' ? `agent ${one.author.agent}` : 'user';
            const added = Array.from({ length: one.added }, () => `${who} ${++lines}`);
            standing.splice(Math.min(one.at, standing.length), one.removed, ...added);
            const text = standing.map(line => `${line}\n`).join('');
            if (one.do === 'write') await repository.write(one.path, text, one.author);
            else await repository.put(one.path, text);
          }
          await repository.look();
          await repository.assertNothingForgotten();
        }
      }),
      { numRuns: Number(process.env.GIT_RUNS ?? 60) },
    );
  });
});
