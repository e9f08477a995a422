import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { NodeProjectTexts } from '../../../src/node/project-texts.ts';
import { tempFolder } from '../../support/temp-folder.ts';

describe('the texts that configure a project', () => {
  const temp = tempFolder();
  const put = async (path: string, text: string) => {
    await mkdir(dirname(join(temp.path, path)), { recursive: true });
    await writeFile(join(temp.path, path), text);
  };

  it('are listed by folder and read up to a limit', async () => {
    await put('ws/.orchestrate/agents/a.md', 'Übung');
    await put('ws/.orchestrate/agents/deep/b.md', 'b');
    const texts = new NodeProjectTexts(join(temp.path, 'ws'));
    assert.deepEqual(await texts.list('.orchestrate/agents'), ['.orchestrate/agents/a.md']);
    assert.equal(await texts.read('.orchestrate/agents/a.md', 100), 'Übung');
    assert.equal(await texts.read('.orchestrate/agents/a.md', 3), 'Üb');
    assert.deepEqual(await texts.list('.claude/agents'), []);
    assert.equal(await texts.read('AGENTS.md', 10), undefined);
    assert.equal(await texts.read('.orchestrate', 10), undefined);
  });

  it('are not there when a link leads out of the workspace', async function () {
    await put('outside/secret.md', 'secret');
    await put('ws/README.md', 'x');
    const linked = symlink(join(temp.path, 'outside'), join(temp.path, 'ws', 'agents'), 'junction');
    await linked.catch(() => this.skip());
    const texts = new NodeProjectTexts(join(temp.path, 'ws'));
    assert.deepEqual(await texts.list('agents'), []);
    assert.equal(await texts.read('agents/secret.md', 10), undefined);
    assert.equal(await texts.read('../outside/secret.md', 10), undefined);
  });

  it('are not there when a link leads to a secret or into our own records', async function () {
    if (process.platform === 'win32') this.skip();
    const secrets = ['.env', '.git/config', 'keys/id_rsa', '.orchestrate/sessions/1/events.jsonl'];
    for (const path of secrets) await put(`ws/${path}`, 'canary');
    const links = ['AGENTS.md', 'CLAUDE.md', '.claude/agents/x.md', '.orchestrate/agents/y.md'];
    const texts = new NodeProjectTexts(join(temp.path, 'ws'));
    for (const [i, link] of links.entries()) {
      await put(`ws/${link}.folder`, '');
      await symlink(join(temp.path, 'ws', secrets[i] ?? ''), join(temp.path, 'ws', link));
      assert.equal(await texts.read(link, 100), undefined, link);
    }
    await put('ws/docs/AGENTS.md', 'all of us');
    await symlink('../docs/AGENTS.md', join(temp.path, 'ws/src-AGENTS.md').replace('src-', 'keys/'));
    assert.equal(await texts.read('keys/AGENTS.md', 100), 'all of us');
    await symlink('../.git', join(temp.path, 'ws/.github'));
    assert.equal(await texts.read('.github/config', 100), undefined);
  });
});
