import assert from 'node:assert/strict';
import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { thisProcess } from '../../../src/node/session/identity.ts';
import { Outbox } from '../../../src/server/outbox.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const kept = (id: string, at: number) => ({ hook: 'chat', letter: { id, body: '{}', at, tries: 1 } });
/** As a server was that is gone: no process has that number. */
const gone = async () => ({ ...(await thisProcess()), pid: 2 ** 22 + 1 });

describe('What addresses have not taken', () => {
  const temp = tempFolder();

  it('is left to the next server by one that is gone, once, the oldest first, and by one that runs to nobody', async () => {
    const dead = new Outbox(temp.path, gone);
    for (const [id, at] of [
      ['b', 2],
      ['a', 1],
      ['c', 3],
    ] as const)
      await dead.keep(kept(id, at));
    await dead.drop(kept('c', 3));
    await new Outbox(temp.path).keep(kept('mine', 0));
    const [one, other] = [new Outbox(temp.path), new Outbox(temp.path)];
    assert.deepEqual(await one.takeOver(), [kept('a', 1), kept('b', 2)]);
    assert.deepEqual(await other.takeOver(), []);
    await one.drop(kept('a', 1));
    assert.equal((await readdir(join(temp.path, 'http-outbox'))).length, 2);
  });

  it('is for the eyes of its user only, and what is damaged is thrown away', async () => {
    const outbox = new Outbox(temp.path, gone);
    assert.deepEqual(await new Outbox(temp.path).takeOver(), []);
    await outbox.keep(kept('a', 1));
    const folder = join(temp.path, 'http-outbox');
    const [file = ''] = await readdir(folder);
    assert.match(file, /\.key$/);
    if (process.platform !== 'win32') assert.equal((await stat(join(folder, file))).mode & 0o777, 0o600);
    await writeFile(join(folder, file), '{"hook":');
    assert.deepEqual(await new Outbox(temp.path).takeOver(), []);
    assert.deepEqual(await readdir(folder), []);
  });
});
