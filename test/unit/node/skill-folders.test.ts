import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { skillFolders } from '../../../src/node/skill-folders.ts';
import { tempFolder } from '../../support/temp-folder.ts';

describe('Folders of skills', () => {
  const temp = tempFolder();
  const at = (path: string) => join(temp.path, path);
  const put = async (path: string, text: string) => {
    await mkdir(dirname(at(path)), { recursive: true });
    await writeFile(at(path), text);
  };
  const found = () => skillFolders(at('ws'), at('home'));

  it('are those of the user, then those of the workspace, wherever tools keep them', async () => {
    for (const path of ['ws/.claude/skills/a', 'ws/.github/skills/b', 'ws/.agents/skills/c', 'home/.claude/skills/d'])
      await put(`${path}/SKILL.md`, path);
    await put('home/.copilot/skills/e/SKILL.md', 'e');
    await put('ws/.claude/skills/README.md', 'no skill');
    const folders = await found();
    assert.deepEqual(
      folders.map(({ path, own }) => `${path} ${own}`),
      [
        '~/.claude/skills/d true',
        '~/.copilot/skills/e true',
        '.agents/skills/c false',
        '.claude/skills/a false',
        '.github/skills/b false',
      ],
    );
    assert.deepEqual(await skillFolders(at('none'), at('nobody')), []);
    assert.equal(await folders.at(-1)?.read('SKILL.md', 100), 'ws/.github/skills/b');
  });

  it('are read without what links lead to outside, and without secrets', async function () {
    if (process.platform === 'win32') this.skip();
    await put('outside/secret.md', 'canary');
    await put('ws/.env', 'canary');
    await put('ws/.claude/skills/a/SKILL.md', 'a');
    await put('ws/.claude/skills/a/.env', 'canary');
    await put('ws/.claude/skills/a/docs/deep.md', 'deep');
    await symlink(at('outside/secret.md'), at('ws/.claude/skills/a/linked.md'));
    await symlink(at('ws/.env'), at('ws/.claude/skills/a/env.md'));
    await symlink(at('outside'), at('ws/.claude/skills/a/folder'));
    await symlink('.', at('ws/.claude/skills/a/loop'));
    await symlink(at('outside'), at('ws/.claude/skills/elsewhere'));
    const [a, ...others] = await found();
    assert.ok(a);
    assert.deepEqual(others, [], 'a link to a folder is no skill of a clone');
    assert.deepEqual(await a.files(100), ['SKILL.md', 'docs/deep.md']);
    assert.equal(await a.read('docs/deep.md', 100), 'deep');
    for (const file of ['linked.md', 'env.md', '.env', 'folder/secret.md', '../../../.env', '/etc/passwd', 'docs', ''])
      assert.equal(await a.read(file, 100), undefined, file);
  });

  it('of the user may be links to where they keep them, and nothing of them leads out of there', async function () {
    if (process.platform === 'win32') this.skip();
    await put('dotfiles/skills/d/SKILL.md', 'mine');
    await put('dotfiles/other.md', 'not of it');
    await mkdir(at('home/.claude/skills'), { recursive: true });
    await mkdir(at('home/.agents/skills'), { recursive: true });
    await symlink(at('dotfiles/skills/d'), at('home/.claude/skills/d'));
    await symlink(at('dotfiles/skills/d'), at('home/.agents/skills/d'));
    await symlink(at('dotfiles/other.md'), at('dotfiles/skills/d/other.md'));
    const folders = await found();
    assert.equal(folders.length, 1, 'one folder under two names is one skill');
    assert.equal(await folders[0]?.read('SKILL.md', 100), 'mine');
    assert.equal(await folders[0]?.read('other.md', 100), undefined);
    assert.equal(await folders[0]?.read('../../other.md', 100), undefined);
  });

  it('with more than anybody reads are listed up to a limit', async () => {
    for (let n = 0; n < 30; n++) await put(`ws/.claude/skills/a/f${n}.md`, 'x');
    const [a] = await found();
    assert.equal((await a?.files(10))?.length, 10);
  });
});
