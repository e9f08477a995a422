import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { imagesOf } from '../../../src/node/handed-in.ts';
import { pixelPng } from '../../support/pixel.ts';
import { tempFolder } from '../../support/temp-folder.ts';

describe('Images that a text names', () => {
  const temp = tempFolder();

  async function lab() {
    const workspace = join(temp.path, 'workspace');
    await mkdir(join(workspace, 'docs'), { recursive: true });
    const secret = join(temp.path, 'my id.png');
    for (const path of [secret, join(workspace, 'docs', 'look.png')]) await writeFile(path, pixelPng);
    return { workspace, secret };
  }

  it('are those of the workspace, by their paths; a name without a file is a word', async () => {
    const { workspace } = await lab();
    const read = await imagesOf('Like @docs/look.png, not @docs/none.png or a@b.png', workspace);
    assert.ok(read.ok);
    assert.deepEqual(
      read.images.map(({ name, mediaType }) => [name, mediaType]),
      [['look.png', 'image/png']],
    );
    assert.equal(read.text, 'Like docs/look.png, not @docs/none.png or a@b.png');
  });

  it('outside of it are read only where the person has chosen them, whoever wrote the text', async () => {
    const { workspace, secret } = await lab();
    await symlink(secret, join(workspace, 'link.png'));
    const text = `Yes @"${secret}" @"../my id.png" @link.png`;
    const read = await imagesOf(text, workspace);
    assert.ok(read.ok);
    assert.deepEqual([read.images, read.text], [[], text]);
    assert.deepEqual(read.passedOver, [secret, '../my id.png', 'link.png']);
    const chosen = await imagesOf(`Like @"${secret}"`, workspace, { chosen: path => path === secret });
    assert.ok(chosen.ok);
    assert.deepEqual([chosen.images.map(({ name }) => name), chosen.text], [['my-id.png'], 'Like my-id.png']);
    const given = await imagesOf('Like this', workspace, { given: [secret] });
    assert.ok(given.ok);
    assert.equal(given.images.length, 1);
  });
});
