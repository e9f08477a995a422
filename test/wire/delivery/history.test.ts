import assert from 'node:assert/strict';
import { access, chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NodeHistory } from '../../../src/node/git/history.ts';
import { stoodOn } from '../../../src/node/git/stood-on.ts';
import { gitSync } from '../../support/delivery/sample-repository.ts';
import { tempFolder } from '../../support/temp-folder.ts';

describe('What lies between two commits', () => {
  const temp = tempFolder();
  const git = (...args: string[]) => gitSync(temp.path, temp.path, args).trim();
  const short = (commit: string) => commit.slice(0, 10);
  const commit = (subject: string, ...more: string[]) => {
    git('commit', '-q', '--allow-empty', '-m', subject, ...more);
    return git('rev-parse', 'HEAD');
  };
  const between = (from: string, to: string, folder = temp.path) =>
    new NodeHistory(folder, { ...process.env, HOME: temp.path }).between(from, to);

  beforeEach(async () => {
    await writeFile(
      join(temp.path, '.gitconfig'),
      '[user]\n\tname = Ada\n\temail = ada@example.org\n[init]\n\tdefaultBranch = main\n',
    );
    git('init', '-q');
  });

  it('is who made them and what they say, the newest first, and how many more there are', async () => {
    const from = commit('first');
    for (let i = 0; i < 24; i++) commit(`change ${i}`, '--author', 'Bea <bea@example.org>');
    const to = commit('last\n\nwith more words');
    const { commits, more, note } = await between(from, to);
    assert.deepEqual([commits.length, more, note], [20, 5, undefined]);
    assert.deepEqual(commits[0], { id: to, author: 'Ada', subject: 'last' });
    assert.deepEqual([commits[1]?.author, commits[1]?.subject], ['Bea', 'change 23']);
    assert.deepEqual(await between(to, to), { commits: [], more: 0 });
  });

  it('is the same where your own settings show the signatures of commits', async function () {
    if (process.platform === 'win32') this.skip();
    const program = join(temp.path, 'signs');
    const signed = '-----BEGIN PGP SIGNATURE-----\\n\\nx\\n-----END PGP SIGNATURE-----\\n';
    await writeFile(
      program,
      `#!/bin/sh\ncase "$*" in *--verify*) echo "signed by somebody" >&2;; *) cat >/dev/null; printf '\\n[GNUPG:] SIG_CREATED \\n' >&2; printf '%b' '${signed}';; esac\n`,
    );
    await chmod(program, 0o755);
    git('config', '--global', 'gpg.program', program);
    git('config', '--global', 'log.showSignature', 'true');
    const from = commit('first');
    const to = commit('second', '-S');
    assert.match(git('log', '-1'), /signed by somebody/);
    assert.deepEqual((await between(from, to)).commits, [{ id: to, author: 'Ada', subject: 'second' }]);
  });

  it('is said to be less than all where the branch was set back, was rewritten, or the commit is gone', async () => {
    const first = commit('first');
    const second = commit('second');
    assert.match((await between(second, first)).note ?? '', /^The branch was set back/);
    git('reset', '-q', '--hard', first);
    const other = commit('second, anew');
    const rewritten = await between(second, other);
    assert.deepEqual(
      rewritten.commits.map(({ subject }) => subject),
      ['second, anew'],
    );
    assert.match(
      rewritten.note ?? '',
      new RegExp(`the history was rewritten, or it is another branch; both go back to ${short(first)}`),
    );
    git('reflog', 'expire', '--expire=now', '--all');
    git('gc', '-q', '--prune=now');
    assert.match(
      (await between(second, other)).note ?? '',
      /no commit \w{10} here any more, as after the history was rewritten/,
    );
  });

  it('is not known in a shallow clone that does not reach back, which is said', async () => {
    const first = commit('first');
    commit('second');
    const third = commit('third');
    const clone = join(temp.path, 'clone');
    git('clone', '-q', '--depth', '1', `file://${temp.path}`, clone);
    assert.match((await between(first, third, clone)).note ?? '', /The clone is shallow and does not reach back/);
  });

  it('begins with what a check ran on: a commit, and what is beside it', async () => {
    const environment = { ...process.env, HOME: temp.path };
    const { files: on, commit: at } = stoodOn(temp.path, environment, () => true);
    await writeFile(join(temp.path, '.git/info/exclude'), '.gitconfig\n');
    assert.deepEqual([await on(), await at()], [undefined, undefined], 'there is no commit yet');
    const first = commit('first');
    assert.equal(await at(), first);
    assert.deepEqual(await on(), { commit: first });
    for (const name of ['one', 'a b c', 'ä', 'x\ty', 'five', 'six']) await writeFile(join(temp.path, name), '');
    git('add', 'one', 'a b c');
    assert.deepEqual(await on(), {
      commit: first,
      changed: { count: 6, files: ['a b c', 'one', 'five', 'six', 'x\ty'] },
    });
    git('add', '.');
    git('commit', '-qm', 'files');
    await writeFile(join(temp.path, 'ä'), 'changed');
    assert.deepEqual((await on())?.changed, { count: 1, files: ['ä'] });
    const nobody = stoodOn('/', { ...environment, PATH: '/nowhere' }, () => true);
    assert.deepEqual([await nobody.files(), await nobody.commit()], [undefined, undefined]);
    assert.equal(await stoodOn(temp.path, environment, () => false).files(), undefined, 'git may not be asked');
  });

  it('is not asked of a program that the repository’s own settings name, nor of a git that is stopped', async () => {
    const environment = { ...process.env, HOME: temp.path };
    await writeFile(join(temp.path, 'a.own'), 'one');
    await writeFile(join(temp.path, '.gitattributes'), '*.own filter=own\n');
    git('add', 'a.own', '.gitattributes');
    commit('first');
    await writeFile(join(temp.path, 'a.own'), 'two');
    const { files, commit: at } = stoodOn(temp.path, environment, () => true);
    assert.equal(await files(AbortSignal.abort()), undefined);
    assert.equal(await at(AbortSignal.abort()), undefined);
    git('config', 'filter.own.clean', 'touch it-ran; cat');
    assert.equal(await files(), undefined);
    await assert.rejects(access(join(temp.path, 'it-ran')));
    git('status');
    await access(join(temp.path, 'it-ran'));
  });
});
