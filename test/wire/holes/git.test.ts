import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { plant } from '../../support/file-tree.ts';
import { command, type HoleCase, type HoleFolders, holes, leavesMark } from '../../support/hole-lab.ts';

const exec = promisify(execFile);
const survives = (line: string, cwd?: string): HoleCase => ({ call: command(line, cwd), ends: 'anyhow' });
const works = (line: string, cwd?: string): HoleCase => ({ call: command(line, cwd), ends: 'ok' });

/** Settings that name a program, by the key; each leaves a mark of its own when it is run. */
const programs = {
  'core.fsmonitor': 'fsmonitor',
  'core.pager': 'pager',
  'core.editor': 'editor',
  'core.sshCommand': 'ssh',
  'core.askPass': 'askpass',
  'core.hooksPath': 'hooks',
  'diff.external': 'external',
  'diff.evil.command': 'diff-command',
  'diff.evil.textconv': 'textconv',
  'filter.evil.clean': 'clean',
  'filter.evil.smudge': 'smudge',
  'gpg.program': 'gpg',
  'credential.helper': 'helper',
  'pager.log': 'pager-log',
  'pager.status': 'pager-status',
  'sequence.editor': 'sequence',
  'merge.evil.driver': 'merge',
  'alias.st': 'alias',
  'interactive.diffFilter': 'diff-filter',
};

async function git(folder: string, ...args: string[]): Promise<void> {
  const identity = ['-c', 'user.name=a', '-c', 'user.email=a@example.com', '-c', 'commit.gpgsign=false'];
  const env = { PATH: process.env.PATH, HOME: '/nonexistent', GIT_CONFIG_NOSYSTEM: '1' };
  await exec('git', [...identity, ...args], { cwd: folder, env });
}

/** A repository with a history and with something to show as changed. */
async function history(folder: string): Promise<void> {
  await git(folder, 'init', '-q', '-b', 'main');
  await plant(folder, { 'a.txt': 'one\n', 'b.evil': 'one\n', '.gitattributes': '*.evil diff=evil filter=evil\n' });
  await git(folder, 'add', '.');
  await git(folder, 'commit', '-qm', 'One');
  await plant(folder, { 'a.txt': 'one\ntwo\n', 'b.evil': 'one\ntwo\n' });
}

const programFiles = Object.fromEntries([
  ...Object.values(programs)
    .filter(name => name !== 'hooks')
    .map(name => [`programs/${name}`, leavesMark(name)]),
  ...['post-index-change', 'post-checkout', 'pre-commit'].map(name => [`programs/hooks/${name}`, leavesMark(name)]),
]);

/** Everything in a bare repository that a clone brings along as plain files. */
async function bareInClone(folders: HoleFolders): Promise<void> {
  const { workspace } = folders;
  await history(workspace);
  const made = join(workspace, 'docs');
  await plant(made, { 'made/.keep': '' });
  await history(join(made, 'made'));
  await exec('mv', [join(made, 'made', '.git'), join(made, 'demo')]);
  const demo = join(made, 'demo');
  await git(demo, '--git-dir=.', 'config', 'core.bare', 'false');
  await git(demo, '--git-dir=.', 'config', 'core.worktree', join(made, 'made'));
  for (const [key, name] of Object.entries(programs))
    await git(demo, '--git-dir=.', 'config', key, `${workspace}/programs/${name}`);
  await plant(workspace, { 'docs/linked': { link: 'demo' } });
}

holes(
  'Git in a folder that is a bare repository which came with the clone',
  { workspace: programFiles, prepare: bareInClone, ignored: ['workspace/.git/index'] },
  [
    works('git status'),
    works('git diff --stat'),
    survives('cd docs/demo && git status'),
    survives('git status', 'docs/demo'),
    survives('git status', 'docs/linked'),
    survives('cd docs/linked && git status --short'),
    survives('(cd docs/demo; git status)'),
    survives('cd docs && cd demo && git status'),
    survives('git status', './docs/../docs/demo/'),
    survives('git status', 'docs/demo/objects'),
    survives('cd docs/demo/refs && git status'),
    survives('cd docs/demo && git diff'),
    survives('cd docs/demo && git --no-pager diff HEAD'),
    survives('cd docs/demo && git log -p'),
    survives('cd docs/demo && git show HEAD'),
    survives('cd docs/demo && git blame b.evil'),
    survives('cd docs/demo && git describe --dirty --always'),
    survives('cd docs/demo && git ls-files -m'),
    survives('cd docs/demo && git log --stat -3'),
    survives('cd docs/demo && git log -S two'),
    survives('env CI=1 bash -c "cd docs/demo && git status"'),
    survives('if cd docs/demo; then git status; fi'),
    survives('cd docs/demo && time git status'),
    survives('cd docs/demo && git st'),
    'git -C docs/demo status',
    'git --git-dir=docs/demo status',
    'git --git-dir docs/demo --work-tree docs/made status',
    'GIT_DIR=docs/demo git status',
    'env GIT_DIR=docs/demo git status',
    'cd docs/demo && GIT_DIR=. git status',
    'cd docs/demo && git --git-dir=. status',
    'cd docs/demo && git --bare status',
    'cd docs/demo && git -c safe.bareRepository=all status',
    'cd docs/demo && GIT_CONFIG_COUNT=0 git status',
    'cd docs/demo && env -u GIT_CONFIG_COUNT git status',
    'cd docs/demo && env -i git status',
    'cd docs/demo && env - git status',
    'cd docs/demo && exec -c git status',
    'cd docs/demo && exec -cl git status',
    'cd docs/demo && env -u GIT_CONFIG_COUNT -u X git status',
    'cd docs/demo && sh -lc "git status"',
    'cd docs/demo && unset GIT_CONFIG_COUNT && git status',
    'export GIT_DIR=docs/demo; git status',
    'git --exec-path=programs status',
    'git --config-env=core.fsmonitor=X status',
    'git --attr-source=HEAD status',
  ],
);

const evil = Object.fromEntries(
  ['external', 'diff-command', 'textconv', 'clean', 'smudge'].map(name => [`programs/${name}`, leavesMark(name)]),
);
/** What only the settings of a repository can say, one after the other, each in a repository of its own. */
const settings = {
  external: ['diff.external'],
  command: ['diff.evil.command'],
  textconv: ['diff.evil.textconv'],
  clean: ['filter.evil.clean'],
  upper: ['FILTER.evil.SMUDGE'],
};
const reads = ['git status', 'git diff', 'git log -p', 'git show HEAD', 'git blame b.evil', 'git log -S two'];

holes(
  'Git in a repository whose settings name programs',
  {
    workspace: { ...evil, '.gitconfig': '[filter "evil"]\n\tclean = programs/clean\n' },
    prepare: async ({ workspace }) => {
      await history(workspace);
      for (const [name, [key = '']] of Object.entries(settings)) {
        await plant(workspace, { [`${name}/.keep`]: '' });
        await history(join(workspace, name));
        const program = key.toLowerCase().replace(/^(?:diff|filter)\.(?:evil\.)?/, '');
        await git(
          join(workspace, name),
          'config',
          key,
          `${workspace}/programs/${program === 'command' ? 'diff-command' : program}`,
        );
      }
      await plant(workspace, { 'included/.keep': '', 'large/.keep': '', 'moved/.keep': '', 'tree/.keep': '' });
      await history(join(workspace, 'included'));
      await git(join(workspace, 'included'), 'config', 'include.path', '../../.gitconfig');
      await history(join(workspace, 'large'));
      await git(join(workspace, 'large'), 'config', 'filter.lfs.clean', 'git-lfs clean -- %f');
      await history(join(workspace, 'moved'));
      await git(join(workspace, 'moved'), 'config', 'diff.external', `${workspace}/programs/external`);
      await exec('mv', [join(workspace, 'moved/.git'), join(workspace, 'moved/store')]);
      await plant(workspace, { 'moved/.git': 'gitdir: store\n' });
      await git(join(workspace, 'external'), 'worktree', 'add', '-q', join(workspace, 'tree/of'));
    },
    ignored: ['workspace/.git/index'],
  },
  [
    ...reads.map(line => works(line)),
    works('git status', 'large'),
    works('git log --oneline -1', 'large'),
    works('git -P status --short', '.'),
    ...Object.keys(settings).flatMap(name => [
      { call: command('git status', name), rule: 'git' },
      { call: command(`cd ${name} && git diff`), rule: 'git' },
    ]),
    ...reads.map(line => ({ call: command(line, 'textconv') })),
    'cd included && git status',
    'cd moved && git diff',
    'cd tree/of && git diff',
    { call: command('git diff', 'tree/of') },
    'cd $UNKNOWN && git status',
  ],
);

/** A repository with others in it, of which the first is in order. */
async function archive({ workspace, outside }: HoleFolders): Promise<void> {
  await history(workspace);
  for (const name of ['good', 'clean', 'below', 'elsewhere', 'extended']) {
    await plant(workspace, { [`${name}/.keep`]: '' });
    await history(join(workspace, name));
  }
  const program = (name: string) => `${workspace}/programs/${name}`;
  await plant(workspace, { 'clean/part/.keep': '', 'below/part/within/.keep': '', 'good/part/.keep': '' });
  for (const part of ['clean/part', 'below/part/within', 'below/part', 'good/part'])
    await history(join(workspace, part));
  for (const [whole, part] of [
    ['clean', 'part'],
    ['below/part', 'within'],
    ['below', 'part'],
    ['good', 'part'],
  ] as const) {
    await git(join(workspace, whole), '-c', 'advice.addEmbeddedRepo=false', 'add', part);
    await git(join(workspace, whole), 'commit', '-qm', 'Part', '--allow-empty');
  }
  await git(join(workspace, 'clean/part'), 'config', 'filter.evil.clean', program('clean'));
  await git(join(workspace, 'below/part/within'), 'config', 'filter.evil.clean', program('clean'));
  await git(join(workspace, 'elsewhere'), 'config', 'core.worktree', outside);
  await git(join(workspace, 'extended'), 'config', 'filter.lfs.clean', 'git-lfs clean -- %f');
  await git(join(workspace, 'extended'), 'config', 'lfs.extension.evil.clean', program('clean'));
  await git(join(workspace, 'good/part'), 'config', 'core.worktree', '..');
}

holes(
  'Git in a repository that came in an archive, with its own settings and those of repositories in it',
  {
    workspace: { 'programs/clean': leavesMark('clean') },
    outside: { 'a.txt': 'canary-secret' },
    secrets: ['canary-secret'],
    prepare: archive,
    ignored: ['workspace/.git/index'],
  },
  [
    works('git status', 'good'),
    works('git diff --stat', 'good'),
    works('git log -p', 'good'),
    works('git log -p', 'clean'),
    ...['status', 'diff', 'status --short', 'describe --always --dirty'].flatMap(line =>
      ['clean', 'below', 'clean/part', 'elsewhere', 'extended'].map(cwd => ({
        call: command(`git ${line}`, cwd),
        rule: 'git',
      })),
    ),
    'cd clean && git status',
    'cd below/part && git diff',
    'cd elsewhere && git diff HEAD',
  ],
);

holes(
  'Subcommands and options of git that run programs, write or reach elsewhere',
  {
    workspace: { ...programFiles, x: leavesMark('x') },
    outside: { 'canary.txt': 'canary-secret' },
    secrets: ['canary-secret'],
    prepare: async ({ workspace }) => history(workspace),
    ignored: ['workspace/.git/index'],
  },
  [
    works('git status --short --branch'),
    works('git log --oneline -5'),
    works('git log -p -1 --format="%h %an %s"'),
    works('git diff HEAD -- a.txt'),
    works('git diff -U1 --word-diff=plain'),
    works('git show --stat HEAD'),
    works('git show HEAD:a.txt'),
    works('git blame -L 1,1 a.txt'),
    works('git branch -a'),
    works('git ls-files'),
    works('git rev-parse HEAD'),
    'git -c core.fsmonitor=./x status',
    'git -c alias.st=!./x st',
    'git -p -c core.pager=./x log',
    'git --paginate log',
    'git diff --ext-diff',
    'git diff --ext',
    'git log -p --textconv',
    'git log -p --text-conv',
    'git diff --output=a.txt',
    'git diff --outp=a.txt',
    'git log --output a.txt',
    'git show --output=a.txt HEAD',
    'git diff --no-index a.txt {outside}/canary.txt',
    'git diff --no-ind a.txt {outside}/canary.txt',
    'git diff -Oorder a.txt',
    'git diff --submodule=diff',
    'git diff --submod=log',
    'git log --show-signature',
    'git log --show-sig',
    'git log --format=%G?',
    'git log --pretty="%GG %s"',
    'git tag --format="%(signature)"',
    'git tag -v v1',
    'git verify-commit HEAD',
    'git log --remerge-diff',
    'git blame --contents {outside}/canary.txt a.txt',
    'git blame --ignore-revs-file={outside}/canary.txt a.txt',
    'git blame -S {outside}/canary.txt a.txt',
    'git ls-files -X {outside}/canary.txt',
    'git ls-files --exclude-from={outside}/canary.txt --others',
    'git grep -O./x one',
    'git grep --open-files-in-pager=./x one',
    'git difftool -x ./x',
    'git difftool --extcmd=./x',
    'git mergetool',
    'git bisect run ./x',
    'git rebase -x ./x HEAD',
    'git rebase --exec=./x HEAD',
    'git submodule foreach ./x',
    'git submodule update --init',
    'git hook run pre-commit',
    'git config core.fsmonitor ./x',
    'git config --global core.fsmonitor ./x',
    'git clone ext::./x y',
    'git fetch --upload-pack=./x .',
    'git ls-remote --upload-pack=./x .',
    'git ls-remote ext::./x',
    'git archive --remote=. --exec=./x HEAD',
    'git archive -o a.txt HEAD',
    'git bundle create a.txt HEAD',
    'git format-patch -o . HEAD',
    'git cat-file --textconv HEAD:b.evil',
    'git cat-file --filters HEAD:b.evil',
    'git filter-branch --tree-filter ./x',
    'git worktree add ../outside/w',
    'git init {outside}/new',
    'git apply x',
    'git am x',
    'git checkout main',
    'git add .',
    'git commit -m x',
    'git stash',
    'git merge x',
    'git cherry-pick HEAD',
    'git revert HEAD',
    'git gc',
    'git maintenance run',
    'git fsmonitor--daemon start',
    'git daemon --base-path=.',
    'git instaweb',
    'git web--browse x',
    'git help status',
    'git log --help',
    'git for-each-ref --shell',
    'git update-index --fsmonitor',
    'git update-index --refresh',
    'git shell -c ./x',
    'git upload-pack .',
    'git receive-pack .',
    'git credential fill',
    'git var GIT_EDITOR',
    'GIT_EXTERNAL_DIFF=./x git diff',
    'GIT_PAGER=./x git log',
    'PAGER=./x git log',
    'GIT_SSH_COMMAND=./x git status',
    'GIT_CONFIG_GLOBAL=x git status',
    'GIT_CONFIG_PARAMETERS="\'core.fsmonitor=./x\'" git status',
    'GIT_TRACE={outside}/trace git status',
    'GIT_TRACE2_EVENT={outside}/trace git status',
    'GIT_INDEX_FILE={outside}/index git status',
    'GIT_ALTERNATE_OBJECT_DIRECTORIES={outside} git status',
    'GIT_WORK_TREE={outside} git status',
    'GIT_ATTR_SOURCE=HEAD git diff',
    'HOME={workspace} git status',
    'XDG_CONFIG_HOME={workspace} git status',
  ],
);
